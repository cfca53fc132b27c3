/// Every output is a weighted sum of all inputs: `y = x·w + b`, `[n, inputs] -> [n, outputs]`. PyTorch: `Linear`.
public struct Linear<Scalar: Real>: Layer {
  public struct Params: Parameters {
    public let weight: Tensor<Scalar>  // [inputs, outputs]; files hold it as [outputs, inputs]
    public let bias: Tensor<Scalar>  // [outputs]

    public init(weight: Tensor<Scalar>, bias: Tensor<Scalar>) {
      require(
        weight.shape.count == 2 && bias.shape == [weight.shape[1]],
        "parameters of a linear layer do not fit: weight \(weight.shape), bias \(bias.shape)")
      (self.weight, self.bias) = (weight, bias)
    }

    public func traverse(_ visit: (String, Tensor<Scalar>) throws -> Tensor<Scalar>) rethrows -> Params {
      Params(weight: try visit("weight", weight), bias: try visit("bias", bias))
    }
  }

  /// The number of inputs; nil where any will do.
  public let inputs: Int?
  public let outputs: Int
  public let initializer: Initializer

  /// How biases begin.
  public let bias: Double

  /// A layer for as many inputs as there will be.
  public init(_ outputs: Int, initializer: Initializer = .xavier, bias: Double = 0) {
    self.init(inputs: nil, outputs, initializer, bias)
  }

  public init(_ inputs: Int, _ outputs: Int, initializer: Initializer = .xavier, bias: Double = 0) {
    self.init(inputs: inputs, outputs, initializer, bias)
  }

  private init(inputs: Int?, _ outputs: Int, _ initializer: Initializer, _ bias: Double) {
    require(outputs > 0 && inputs ?? 1 > 0, "a linear layer has inputs and outputs, not \(inputs ?? 1) and \(outputs)")
    (self.inputs, self.outputs, self.initializer, self.bias) = (inputs, outputs, initializer, bias)
  }

  public var notation: String { "linear(\(outputs))" }

  public func outputShape(for shape: [Int]) throws(ShapeError) -> [Int] {
    guard shape.count == 1 else {
      throw ShapeError(layer: name, "takes vectors, not samples of shape \(shape); flatten makes vectors of them")
    }
    if let inputs, shape != [inputs] {
      throw ShapeError(layer: name, "takes \(quantity(inputs, "input")), not \(shape[0])")
    }
    return [outputs]
  }

  public func size(for shape: [Int]) -> LayerSize {
    LayerSize(parameters: area([shape[0] + 1, outputs]), multiplyAdds: area([shape[0], outputs]))
  }

  public func initialParams(for shape: [Int], key: Key) -> Params {
    Params(
      weight: initializer.weights(inputs: shape[0], outputs: outputs, key: key),
      bias: Tensor(shape: [outputs], repeating: Scalar(bias)))
  }

  public func pass(
    _ params: Params, _ state: Empty<Scalar>, _ x: Tensor<Scalar>, _ mode: Mode
  ) -> Pass<Params, Empty<Scalar>> {
    require(
      x.shape.count == 2 && x.shape[1] == params.weight.shape[0],
      "a linear layer with weight \(params.weight.shape) does not take an input of shape \(x.shape)")
    return Pass(output: matmul(x, params.weight, plus: params.bias), state: state) { dOutput in
      (
        Params(weight: matmul(x.transposed, dOutput), bias: dOutput.sum(axis: 0)),
        { matmul(dOutput, params.weight.transposed) }
      )
    }
  }
}
