// Steps that have a length of their own for every parameter, by how large its gradients have been.

extension Optimizer {
  /// AdaGrad: parameters with large gradients so far take short steps. Duchi et al., "Adaptive subgradient methods for online
  /// learning and stochastic optimization", JMLR 2011.
  ///
  ///     s ← s + g²,  s = 0 at first
  ///     p ← p - lr·g / (√s + ε)
  ///
  /// PyTorch: `Adagrad`.
  public static func adagrad(lr: some LearningRate = 0.01, epsilon: Double = 1e-10) -> Optimizer {
    Optimizer(memorySize: 1) { gradients, memory, _, progress in
      let squares = memory[0] + gradients.squared
      return (P.Scalar(-lr(progress)) * gradients.divided(byRootsOf: squares, epsilon), [squares])
    }
  }

  /// RMSprop: like AdaGrad, with gradients long ago forgotten. Tieleman and Hinton, "Lecture 6.5", Coursera 2012.
  ///
  ///     s ← α·s + (1 - α)·g²,  s = 0 at first
  ///     p ← p - lr·g / (√s + ε)
  ///
  /// PyTorch: `RMSprop`.
  public static func rmsprop(lr: some LearningRate = 0.01, alpha: Double = 0.99, epsilon: Double = 1e-8) -> Optimizer {
    Optimizer(memorySize: 1) { gradients, memory, _, progress in
      let squares = P.Scalar(alpha) * memory[0] + P.Scalar(1 - alpha) * gradients.squared
      return (P.Scalar(-lr(progress)) * gradients.divided(byRootsOf: squares, epsilon), [squares])
    }
  }

  /// Adam: momentum and RMSprop, both corrected for beginning at zero. Kingma and Ba, "Adam: a method for stochastic
  /// optimization", ICLR 2015. At step t = 1, 2, …:
  ///
  ///     m ← β₁·m + (1 - β₁)·g,   v ← β₂·v + (1 - β₂)·g²,   both 0 at first
  ///     p ← p - lr·(m / (1 - β₁ᵗ)) / (√(v / (1 - β₂ᵗ)) + ε)
  ///
  /// PyTorch: `Adam`.
  public static func adam(
    lr: some LearningRate = 0.001, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8
  ) -> Optimizer {
    Optimizer(memorySize: 2) { gradients, memory, _, progress in
      let t = progress.step + 1
      let rule = AdamRule(
        beta1: beta1, beta2: beta2, epsilon: epsilon, rate: -lr(progress) / (1 - power(beta1, t)),
        rootOfCorrection: (1 - power(beta2, t)).squareRoot())
      let next = [gradients, memory[0], memory[1]].transposed { P.Scalar.adam(rule, $0[0], $0[1], $0[2]) }
      return (next[0], [next[1], next[2]])
    }
  }

  /// Adam with weight decay that is not part of the gradient: `p ← p - lr·λ·p` beside the step of Adam. Loshchilov and Hutter,
  /// "Decoupled weight decay regularization", ICLR 2019. PyTorch: `AdamW`.
  public static func adamW(
    lr: some LearningRate = 0.001, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    weightDecay: Double = 0.01
  ) -> Optimizer {
    let adam = adam(lr: lr, beta1: beta1, beta2: beta2, epsilon: epsilon)
    return Optimizer(memorySize: 2) { gradients, memory, params, progress in
      let (updates, next) = adam.update(gradients, memory, params, progress)
      return (updates + P.Scalar(-lr(progress) * weightDecay) * params, next)
    }
  }
}

/// A step of Adam as numbers.
public struct AdamRule: Equatable, Sendable {
  public let beta1: Double
  public let beta2: Double
  public let epsilon: Double

  /// -lr / (1 - β₁ᵗ)
  public let rate: Double

  /// √(1 - β₂ᵗ)
  public let rootOfCorrection: Double
}

extension Real {
  public static func adam(_ rule: AdamRule, _ g: [Self], _ m: [Self], _ v: [Self]) -> [[Self]] {
    let (beta1, beta2, rest1, rest2) = (
      Self(rule.beta1), Self(rule.beta2), Self(1 - rule.beta1), Self(1 - rule.beta2)
    )
    let (epsilon, rate, root) = (Self(rule.epsilon), Self(rule.rate), Self(rule.rootOfCorrection))
    var (updates, m, v) = (g, m, v)
    updates.withUnsafeMutableBufferPointer { updates in
      m.withUnsafeMutableBufferPointer { m in
        v.withUnsafeMutableBufferPointer { v in
          for i in 0..<updates.count {
            let g = updates[i]
            m[i] = beta1 * m[i] + rest1 * g
            v[i] = beta2 * v[i] + rest2 * (g * g)
            updates[i] = rate * m[i] / (v[i].squareRoot() / root + epsilon)
          }
        }
      }
    }
    return [updates, m, v]
  }
}

extension Parameters {
  fileprivate var squared: Self { map { $0 * $0 } }

  fileprivate func divided(byRootsOf squares: Self, _ epsilon: Double) -> Self {
    zip(squares) { $0 / ($1.map(.squareRoot) + Tensor(scalar: Scalar(epsilon))) }
  }
}

extension Array where Element: Parameters {
  /// From records of one shape to others: `f` takes the tensors of one name, and gives as many.
  fileprivate func transposed(_ f: ([[Element.Scalar]]) -> [[Element.Scalar]]) -> [Element] {
    let columns = map(\.named)
    let results = columns[0].indices.map { place in f(columns.map { $0[place].tensor.elements }) }
    return indices.map { record in
      var place = 0
      return self[record].traverse { _, tensor in
        defer { place += 1 }
        return Tensor(shape: tensor.shape, elements: results[place][record])
      }
    }
  }
}

/// xⁿ by multiplication alone, for the same bits everywhere.
func power(_ x: Double, _ n: Int) -> Double {
  var (result, square, rest) = (1.0, x, n)
  while rest > 0 {
    if rest & 1 == 1 { result *= square }
    square *= square
    rest >>= 1
  }
  return result
}
