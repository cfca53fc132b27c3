// Gradient descent, in order of difficulty: plain, with momentum, with Nesterov's momentum.

extension Optimizer {
  /// Stochastic gradient descent: `p ← p - lr·g`. PyTorch: `SGD`.
  public static func sgd(lr: some LearningRate) -> Optimizer {
    Optimizer { gradients, _, _, progress in (P.Scalar(-lr(progress)) * gradients, []) }
  }

  /// Gradient descent with momentum (Polyak 1964), in PyTorch's form:
  ///
  ///     v ← μ·v + g,  v = 0 at first
  ///     p ← p - lr·v
  ///
  /// Velocities below the smallest normal number become zero: those of pixels that are always black would otherwise
  /// decay into denormal numbers, which many processors handle very slowly. PyTorch: `SGD(momentum=μ)`.
  public static func momentum(lr: some LearningRate, momentum: Double = 0.9) -> Optimizer {
    var optimizer = Optimizer(memorySize: 1) { gradients, memory, _, progress in
      let velocity = nextVelocity(memory[0], gradients, momentum)
      return (P.Scalar(-lr(progress)) * velocity, [velocity])
    }
    optimizer.momentumRule = { MomentumRule(lr: lr($0), momentum: momentum) }
    return optimizer
  }

  /// Nesterov's momentum (Nesterov 1983), in PyTorch's form: the step looks one velocity ahead.
  ///
  ///     v ← μ·v + g,  v = 0 at first
  ///     p ← p - lr·(g + μ·v)
  ///
  /// PyTorch: `SGD(momentum=μ, nesterov=True)`.
  public static func nesterov(lr: some LearningRate, momentum: Double = 0.9) -> Optimizer {
    Optimizer(memorySize: 1) { gradients, memory, _, progress in
      let velocity = nextVelocity(memory[0], gradients, momentum)
      return (P.Scalar(-lr(progress)) * (gradients + P.Scalar(momentum) * velocity), [velocity])
    }
  }

  private static func nextVelocity(_ velocity: P, _ gradients: P, _ momentum: Double) -> P {
    (P.Scalar(momentum) * velocity + gradients).map { $0.map(.flushDenormal) }
  }
}
