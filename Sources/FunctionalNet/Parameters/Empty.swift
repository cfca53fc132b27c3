/// The record of a layer that has nothing to learn, or nothing to remember.
public struct Empty<Scalar: Real>: Parameters {
  public init() {}

  public func traverse(_ visit: (String, Tensor<Scalar>) throws -> Tensor<Scalar>) rethrows -> Empty { self }
}
