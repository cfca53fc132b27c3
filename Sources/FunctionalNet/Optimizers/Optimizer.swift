/// How gradients become steps: a pair of pure functions.
///
///     memory = initial(params)
///     (updates, memory) = update(gradients, memory, params);  params = params + updates
///
/// The memory is a list of records shaped like the parameters: none for plain gradient descent, a velocity for momentum.
public struct Optimizer<P: Parameters>: Sendable {
  public typealias Memory = [P]

  /// What the optimizer remembers before the first step.
  public let initial: @Sendable (P) -> Memory

  /// What to add to the parameters, and what to remember for the next step.
  public let update: @Sendable (_ gradients: P, _ memory: Memory, _ params: P) -> (updates: P, memory: Memory)

  /// The numbers of plain momentum, where that is what this optimizer is: a fused step may then take its place.
  var momentumRule: MomentumRule?

  public init(
    initial: @escaping @Sendable (P) -> Memory,
    update: @escaping @Sendable (_ gradients: P, _ memory: Memory, _ params: P) -> (updates: P, memory: Memory)
  ) {
    (self.initial, self.update) = (initial, update)
  }
}

/// `v = momentum·v + g, w = w - lr·v`, as numbers.
public struct MomentumRule: Equatable, Sendable {
  public let lr: Double
  public let momentum: Double
}
