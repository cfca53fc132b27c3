/// How long steps are: a number, or a `Schedule` of how far training is.
public protocol LearningRate: Sendable {
  func callAsFunction(_ progress: Progress) -> Double
}

extension Double: LearningRate {
  public func callAsFunction(_ progress: Progress) -> Double { self }
}

extension Float: LearningRate {
  public func callAsFunction(_ progress: Progress) -> Double { Double(self) }
}

/// A learning rate that changes as training goes on.
public struct Schedule: LearningRate {
  private let rate: @Sendable (Progress) -> Double

  public init(_ rate: @escaping @Sendable (Progress) -> Double) { self.rate = rate }

  public func callAsFunction(_ progress: Progress) -> Double { rate(progress) }
}

extension LearningRate where Self == Schedule {
  /// A rate that stays.
  public static func constant(_ lr: Double) -> Schedule { Schedule { _ in lr } }

  // MARK: Rates that fall with the steps

  /// `lr·factorᵏ` after every k·`every` steps. PyTorch: `StepLR`.
  public static func step(_ lr: Double, every: Int, factor: Double = 0.1) -> Schedule {
    require(every > 0, "a rate that falls every \(every) steps")
    return Schedule { lr * power(factor, $0.step / every) }
  }

  /// `lr·factorᵗ` at step t. PyTorch: `ExponentialLR`.
  public static func exponential(_ lr: Double, factor: Double) -> Schedule {
    Schedule { lr * power(factor, $0.step) }
  }

  /// Half a cosine from lr down to `end` over some steps, and `end` after them. Loshchilov and Hutter, "SGDR: stochastic
  /// gradient descent with warm restarts", ICLR 2017. PyTorch: `CosineAnnealingLR`.
  public static func cosine(_ lr: Double, steps: Int, end: Double = 0) -> Schedule {
    require(steps > 0, "a rate that falls over \(steps) steps")
    return Schedule { progress in
      end + (lr - end) * (1 + cosineOfHalfTurns(Double(min(progress.step, steps)) / Double(steps))) / 2
    }
  }

}

extension LearningRate {
  // MARK: Changes to any rate

  /// A straight line from 0 up to this rate over some steps: at step t < steps its rate times (t + 1) / steps.
  public func warmedUp(over steps: Int) -> Schedule {
    Schedule { progress in
      let rate = self(progress)
      return progress.step < steps ? rate * Double(progress.step + 1) / Double(steps) : rate
    }
  }

  /// This rate times `factor` for every time that the loss measured after an epoch has not fallen below
  /// (1 - `threshold`) times its best for more than `patience` epochs. PyTorch: `ReduceLROnPlateau`.
  public func reducedOnPlateau(factor: Double = 0.1, patience: Int = 10, threshold: Double = 1e-4) -> Schedule {
    Schedule { progress in
      var (best, stale, rate) = (Double.infinity, 0, self(progress))
      for loss in progress.history {
        if loss < best * (1 - threshold) { (best, stale) = (loss, 0) } else { stale += 1 }
        if stale > patience { (rate, stale) = (rate * factor, 0) }
      }
      return rate
    }
  }
}

/// cos(π·x) for 0 ≤ x ≤ 1, from its Taylor series, for the same bits everywhere.
func cosineOfHalfTurns(_ x: Double) -> Double {
  if x > 0.5 { return -cosineOfHalfTurns(1 - x) }
  let square = -(Double.pi * x) * (Double.pi * x)
  var (sum, term) = (1.0, 1.0)
  for k in stride(from: 1.0, through: 25, by: 2) {
    term *= square / (k * (k + 1))
    sum += term
  }
  return sum
}
