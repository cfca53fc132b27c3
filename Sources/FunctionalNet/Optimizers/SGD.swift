// Gradient descent, in order of difficulty: plain, with momentum, with Nesterov's momentum.

extension Optimizer {
  /// Stochastic gradient descent: `p ← p - lr·g`.
  public static func sgd(lr: Double) -> Optimizer {
    Optimizer(
      initial: { _ in [] },
      update: { gradients, _, _ in (P.Scalar(-lr) * gradients, []) })
  }

  /// Gradient descent with momentum (Polyak 1964), in PyTorch's form:
  ///
  ///     v ← μ·v + g,  v = 0 at first
  ///     p ← p - lr·v
  ///
  /// Velocities below the smallest normal number become zero: those of pixels that are always black would otherwise
  /// decay into denormal numbers, which many processors handle very slowly.
  public static func momentum(lr: Double, momentum: Double = 0.9) -> Optimizer {
    var optimizer = Optimizer(
      initial: { [$0.zero] },
      update: { gradients, memory, _ in
        let velocity = nextVelocity(memory[0], gradients, momentum)
        return (P.Scalar(-lr) * velocity, [velocity])
      })
    optimizer.momentumRule = MomentumRule(lr: lr, momentum: momentum)
    return optimizer
  }

  /// Nesterov's momentum (Nesterov 1983), in PyTorch's form: the step looks one velocity ahead.
  ///
  ///     v ← μ·v + g,  v = 0 at first
  ///     p ← p - lr·(g + μ·v)
  public static func nesterov(lr: Double, momentum: Double = 0.9) -> Optimizer {
    Optimizer(
      initial: { [$0.zero] },
      update: { gradients, memory, _ in
        let velocity = nextVelocity(memory[0], gradients, momentum)
        return (P.Scalar(-lr) * (gradients + P.Scalar(momentum) * velocity), [velocity])
      })
  }

  private static func nextVelocity(_ velocity: P, _ gradients: P, _ momentum: Double) -> P {
    (P.Scalar(momentum) * velocity + gradients).map { $0.map(.flushDenormal) }
  }
}
