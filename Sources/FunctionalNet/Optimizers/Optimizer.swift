/// How gradients become steps: a pair of pure functions.
///
///     memory = initial(params)
///     (updates, memory) = update(gradients, memory, params, progress);  params = params + updates
///
/// The memory is a list of records shaped like the parameters, all zero at first: none for plain gradient descent, a velocity
/// for momentum, two moments for Adam.
public struct Optimizer<P: Parameters>: Sendable {
  public typealias Memory = [P]
  public typealias Update =
    @Sendable (
      _ gradients: P, _ memory: Memory, _ params: P, _ progress: Progress
    ) -> (updates: P, memory: Memory)

  /// The number of records that it remembers.
  public let memorySize: Int

  /// What to add to the parameters, and what to remember for the next step.
  public let update: Update

  /// The numbers of plain momentum at any time, where that is what this optimizer is: a fused step may then take its place.
  var momentumRule: (@Sendable (Progress) -> MomentumRule)?

  public init(memorySize: Int = 0, update: @escaping Update) { (self.memorySize, self.update) = (memorySize, update) }

  /// What the optimizer remembers before the first step.
  public func initial(_ params: P) -> Memory { Array(repeating: params.zero, count: memorySize) }
}

/// How far training is.
public struct Progress: Equatable, Sendable {
  /// The number of steps taken.
  public let step: Int

  /// The loss that was measured after each epoch, for schedules that wait for it to fall.
  public let history: [Double]

  public init(step: Int, history: [Double] = []) { (self.step, self.history) = (step, history) }
}

/// `v = momentum·v + g, w = w - lr·v`, as numbers.
public struct MomentumRule: Equatable, Sendable {
  public let lr: Double
  public let momentum: Double
}

// MARK: Several, one after the other

extension Optimizer {
  /// Optimizers in a row: what one makes of the gradients is what the next takes for gradients. Clipping and weight decay
  /// come first, what scales by the learning rate last.
  public static func chain(_ parts: Optimizer...) -> Optimizer { chain(parts) }

  public static func chain(_ parts: [Optimizer]) -> Optimizer {
    if parts.count == 1 { return parts[0] }
    return Optimizer(memorySize: parts.reduce(0) { $0 + $1.memorySize }) { gradients, memory, params, progress in
      var (updates, left, remembered) = (gradients, memory[...], Memory())
      for part in parts {
        let (next, memory) = part.update(updates, Array(left.prefix(part.memorySize)), params, progress)
        updates = next
        left = left.dropFirst(part.memorySize)
        remembered += memory
      }
      return (updates, remembered)
    }
  }
}
