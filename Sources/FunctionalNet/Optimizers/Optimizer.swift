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

  public init(
    initial: @escaping @Sendable (P) -> Memory,
    update: @escaping @Sendable (_ gradients: P, _ memory: Memory, _ params: P) -> (updates: P, memory: Memory)
  ) {
    (self.initial, self.update) = (initial, update)
  }
}
