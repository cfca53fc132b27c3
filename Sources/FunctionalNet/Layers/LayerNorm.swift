/// Every sample is moved and scaled to mean 0 and variance 1 over all of its numbers, and then scaled and moved number by
/// number: `y = (x - mean) / √(variance + epsilon) · weight + bias`, the variance divided by the number of values. Ba et al.,
/// "Layer normalization", 2016. PyTorch: `LayerNorm` with the shape of a sample.
public struct LayerNorm<Scalar: Real>: Layer {
  public let epsilon: Double

  public init(epsilon: Double = 1e-5) { self.epsilon = epsilon }

  public var notation: String { normNotation("layernorm", epsilon) }

  /// Vectors and images; matrices are what files hold turned.
  public func outputShape(for shape: [Int]) throws(ShapeError) -> [Int] {
    guard shape.count != 2 else {
      throw ShapeError(layer: name, "takes vectors or images, not samples of shape \(shape)")
    }
    return shape
  }

  public func size(for shape: [Int]) -> LayerSize { LayerSize(parameters: area([2] + shape)) }

  public func initialParams(for shape: [Int], key: Key) -> NormParams<Scalar> { .identity(shape) }

  public func pass(
    _ params: NormParams<Scalar>, _ state: Empty<Scalar>, _ x: Tensor<Scalar>, _ mode: Mode
  ) -> Pass<NormParams<Scalar>, Empty<Scalar>> {
    require(
      Array(x.shape.dropFirst()) == params.weight.shape,
      "layer normalisation of samples \(params.weight.shape) does not take an input of shape \(x.shape)")
    let grouping = Grouping(blocks: 1, groups: x.rowCount, length: x.rowSize)
    let (means, variances) = moments(x, grouping)
    let normal = Normalized(x, grouping, means: means, variances: variances, epsilon: epsilon)
    return Pass(output: normal.values * params.weight + params.bias, state: state) { dOutput in
      (
        NormParams(weight: (dOutput * normal.values).sum(axis: 0), bias: dOutput.sum(axis: 0)),
        {
          let dNormal = (dOutput * params.weight).elements
          let dots = Scalar.groupDots(dNormal, normal.values.elements, grouping)
          return normal.inputGradient(
            Tensor(shape: x.shape, elements: dNormal), scales: normal.factors, dots: dots.map { Scalar($0) },
            sums: Scalar.groupSums(dNormal, grouping).map { Scalar($0) })
        }
      )
    }
  }
}
