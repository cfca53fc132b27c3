/// A convolution of images, `[n, channels, height, width] -> [n, outputs, height', width']`:
///
///     y[o, i, j] = Σ over c, k, l of weight[o, c, k, l] · x[c, i·stride + k - padding, j·stride + l - padding] + bias[o]
///
/// where x is zero outside the image, and height' = ⌊(height + 2·padding - kernel) / stride⌋ + 1. LeCun et al., "Gradient-based
/// learning applied to document recognition", Proceedings of the IEEE 86, 1998. PyTorch: `Conv2d`.
public struct Conv2D<Scalar: Real>: Layer {
  public struct Params: Parameters {
    public let weight: Tensor<Scalar>  // [outputs, channels, kernel height, kernel width]
    public let bias: Tensor<Scalar>  // [outputs]

    public init(weight: Tensor<Scalar>, bias: Tensor<Scalar>) {
      require(
        weight.shape.count == 4 && bias.shape == [weight.shape[0]],
        "parameters of a convolution do not fit: weight \(weight.shape), bias \(bias.shape)")
      (self.weight, self.bias) = (weight, bias)
    }

    public func traverse(_ visit: (String, Tensor<Scalar>) throws -> Tensor<Scalar>) rethrows -> Params {
      Params(weight: try visit("weight", weight), bias: try visit("bias", bias))
    }
  }

  /// The channels of the input; nil where any will do.
  public let channels: Int?
  public let outputs: Int
  public let kernel: Size2D
  public let stride: Size2D
  public let padding: Size2D
  public let initializer: Initializer

  /// How biases begin.
  public let bias: Double

  /// A layer for as many channels as there will be.
  public init(
    _ outputs: Int, kernel: some Size2DConvertible = 3, stride: some Size2DConvertible = 1,
    padding: some Size2DConvertible = 0, initializer: Initializer = .xavier, bias: Double = 0
  ) {
    self.init(nil, outputs, kernel.size2D, stride.size2D, padding.size2D, initializer, bias)
  }

  public init(
    _ channels: Int, _ outputs: Int, kernel: some Size2DConvertible = 3, stride: some Size2DConvertible = 1,
    padding: some Size2DConvertible = 0, initializer: Initializer = .xavier, bias: Double = 0
  ) {
    self.init(channels, outputs, kernel.size2D, stride.size2D, padding.size2D, initializer, bias)
  }

  private init(
    _ channels: Int?, _ outputs: Int, _ kernel: Size2D, _ stride: Size2D, _ padding: Size2D,
    _ initializer: Initializer, _ bias: Double
  ) {
    require(
      channels ?? 1 > 0 && outputs > 0 && kernel.holds(1) && stride.holds(1) && padding.holds(0),
      "a convolution of \(channels ?? 1) channels to \(outputs), kernel \(kernel), stride \(stride), padding \(padding)"
    )
    (self.channels, self.outputs, self.kernel) = (channels, outputs, kernel)
    (self.stride, self.padding, self.initializer, self.bias) = (stride, padding, initializer, bias)
  }

  public var notation: String {
    var arguments = ["\(outputs)"]
    if kernel != 3 { arguments.append("kernel=\(kernel)") }
    if stride != 1 { arguments.append("stride=\(stride)") }
    if padding != 0 { arguments.append("padding=\(padding)") }
    return "conv2d(\(arguments.joined(separator: ",")))"
  }

  public func outputShape(for shape: [Int]) throws(ShapeError) -> [Int] {
    try requireImage(shape)
    if let channels, shape[0] != channels {
      throw ShapeError(layer: name, "takes \(channels) channels, not \(shape[0])")
    }
    guard Size2D(maximumSampleSize).holds(padding) else {
      throw ShapeError(layer: name, "a padding of \(padding) is more than an image can have")
    }
    let padded = Size2D(shape[1] + 2 * padding.height, shape[2] + 2 * padding.width)
    guard padded.holds(kernel) else {
      throw ShapeError(
        layer: name,
        "a kernel of \(kernel.height)×\(kernel.width) does not fit into an image of \(shape[1])×\(shape[2])")
    }
    let output = padded.windows(of: kernel, stride: stride)
    return [outputs, output.height, output.width]
  }

  public func size(for shape: [Int]) -> LayerSize {
    let weights = area([outputs, shape[0], kernel.height, kernel.width])
    let places = area(((try? outputShape(for: shape)) ?? []).dropFirst())
    return LayerSize(parameters: weights, multiplyAdds: area([weights, places])) + LayerSize(parameters: outputs)
  }

  public func initialParams(for shape: [Int], key: Key) -> Params {
    Params(
      weight: initializer.weights(
        [outputs, shape[0], kernel.height, kernel.width], fanIn: shape[0] * kernel.area,
        fanOut: outputs * kernel.area, key: key),
      bias: Tensor(shape: [outputs], repeating: Scalar(bias)))
  }

  public func pass(
    _ params: Params, _ state: Empty<Scalar>, _ x: Tensor<Scalar>, _ mode: Mode
  ) -> Pass<Params, Empty<Scalar>> {
    let (weight, bias) = (params.weight, params.bias)
    require(
      x.shape.count == 4 && weight.shape == [outputs, x.shape[1], kernel.height, kernel.width],
      "a convolution with weight \(weight.shape) does not take an input of shape \(x.shape)")
    let sizes = Convolution(
      channels: x.shape[1], input: Size2D(x.shape[2], x.shape[3]), outputs: outputs, kernel: kernel, stride: stride,
      padding: padding)
    let shape = [x.shape[0], outputs, sizes.output.height, sizes.output.width]
    let y = Scalar.convolve(sizes, x.elements, weight: weight.elements, bias: bias.elements)
    return Pass(output: Tensor(shape: shape, elements: y), state: state) { dOutput in
      let gradients = Scalar.convolutionParamGradients(sizes, x.elements, dOutput.elements)
      return (
        Params(weight: Tensor(shape: weight.shape, elements: gradients.weight), bias: Tensor(gradients.bias)),
        {
          Tensor(
            shape: x.shape,
            elements: Scalar.convolutionInputGradient(sizes, dOutput.elements, weight: weight.elements))
        }
      )
    }
  }
}

extension Layer {
  /// - Throws: `ShapeError` where no sample can have a shape: where a length is below 1, or where there are too many numbers.
  func requireLengths(_ shape: [Int]) throws(ShapeError) {
    guard shape.allSatisfy({ $0 > 0 }) else {
      throw ShapeError(layer: name, "takes samples whose lengths are 1 or more, not of shape \(shape)")
    }
    guard area(shape) <= maximumSampleSize else {
      throw ShapeError(layer: name, "takes samples of at most \(maximumSampleSize) numbers, not of shape \(shape)")
    }
  }

  /// - Throws: `ShapeError` where samples are not images.
  func requireImage(_ shape: [Int]) throws(ShapeError) {
    guard shape.count == 3 else {
      throw ShapeError(layer: name, "takes images [channels, height, width], not samples of shape \(shape)")
    }
    try requireLengths(shape)
  }
}
