// Batch normalisation: every channel is moved and scaled to mean 0 and variance 1 over the batch, and then to a learned mean
// and deviation. Ioffe and Szegedy, "Batch normalization: accelerating deep network training by reducing internal covariate
// shift", ICML 2015.
//
//     y = (x - mean) / √(variance + epsilon) · weight + bias
//
// In training, mean and variance are those of the batch, the variance divided by the number of values N; what is remembered is
// `running = (1 - momentum)·running + momentum·batch`, the variance there divided by N - 1. Inference uses what is remembered.

/// The parameters of a normalisation.
public struct NormParams<Scalar: Real>: Parameters {
  public let weight: Tensor<Scalar>  // [channels], or the shape of a sample
  public let bias: Tensor<Scalar>  // the same

  public init(weight: Tensor<Scalar>, bias: Tensor<Scalar>) {
    require(weight.shape == bias.shape, "a weight of shape \(weight.shape) and a bias of shape \(bias.shape)")
    (self.weight, self.bias) = (weight, bias)
  }

  /// The parameters that change nothing.
  static func identity(_ shape: [Int]) -> NormParams {
    NormParams(weight: Tensor(shape: shape, repeating: 1), bias: .zeros(shape))
  }

  public func traverse(_ visit: (String, Tensor<Scalar>) throws -> Tensor<Scalar>) rethrows -> NormParams {
    NormParams(weight: try visit("weight", weight), bias: try visit("bias", bias))
  }
}

/// What batch normalisation remembers.
public struct RunningStatistics<Scalar: Real>: Parameters {
  public let mean: Tensor<Scalar>  // [channels], 0 at first
  public let variance: Tensor<Scalar>  // [channels], 1 at first

  /// The number of training passes, a single number; nothing here depends on it, but PyTorch's files have it.
  public let batches: Tensor<Scalar>  // []

  public init(mean: Tensor<Scalar>, variance: Tensor<Scalar>, batches: Tensor<Scalar>) {
    (self.mean, self.variance, self.batches) = (mean, variance, batches)
  }

  public func traverse(_ visit: (String, Tensor<Scalar>) throws -> Tensor<Scalar>) rethrows -> RunningStatistics {
    RunningStatistics(
      mean: try visit("running_mean", mean), variance: try visit("running_var", variance),
      batches: try visit("num_batches_tracked", batches))
  }
}

/// Batch normalisation of some kind of samples; their first dimension are the channels. All of it but the kind is here.
public protocol BatchNorm<Scalar>: Layer where Params == NormParams<Scalar>, State == RunningStatistics<Scalar> {
  var epsilon: Double { get }

  /// The weight of a batch in what is remembered.
  var momentum: Double { get }
}

/// Batch normalisation of images by channel, `[n, channels, height, width]`. PyTorch: `BatchNorm2d`.
public struct BatchNorm2D<Scalar: Real>: BatchNorm {
  public let epsilon: Double
  public let momentum: Double

  public init(epsilon: Double = 1e-5, momentum: Double = 0.1) { (self.epsilon, self.momentum) = (epsilon, momentum) }

  public var notation: String { normNotation("batchnorm2d", epsilon, momentum) }

  public func outputShape(for shape: [Int]) throws(ShapeError) -> [Int] {
    try requireImage(shape)
    return shape
  }
}

/// Batch normalisation of vectors by place, `[n, channels]`. PyTorch: `BatchNorm1d`.
public struct BatchNorm1D<Scalar: Real>: BatchNorm {
  public let epsilon: Double
  public let momentum: Double

  public init(epsilon: Double = 1e-5, momentum: Double = 0.1) { (self.epsilon, self.momentum) = (epsilon, momentum) }

  public var notation: String { normNotation("batchnorm1d", epsilon, momentum) }

  public func outputShape(for shape: [Int]) throws(ShapeError) -> [Int] {
    guard shape.count == 1 else { throw ShapeError(layer: name, "takes vectors, not samples of shape \(shape)") }
    return shape
  }
}

/// The notation of a normalisation, with the numbers that are not the usual ones.
func normNotation(_ name: String, _ epsilon: Double, _ momentum: Double = 0.1) -> String {
  let arguments =
    (epsilon == 1e-5 ? [] : ["epsilon=\(number(epsilon))"]) + (momentum == 0.1 ? [] : ["momentum=\(number(momentum))"])
  return name + (arguments.isEmpty ? "" : "(\(arguments.joined(separator: ",")))")
}

extension BatchNorm {
  public func size(for shape: [Int]) -> LayerSize { LayerSize(parameters: area([2, shape[0]])) }

  public func initialParams(for shape: [Int], key: Key) -> NormParams<Scalar> { .identity([shape[0]]) }

  public func initialState(for shape: [Int]) -> RunningStatistics<Scalar> {
    let channels = shape[0]
    return RunningStatistics(
      mean: .zeros([channels]), variance: Tensor(shape: [channels], repeating: 1), batches: .zeros([]))
  }

  public func pass(
    _ params: NormParams<Scalar>, _ state: RunningStatistics<Scalar>, _ x: Tensor<Scalar>, _ mode: Mode
  ) -> Pass<NormParams<Scalar>, RunningStatistics<Scalar>> {
    require(
      (try? outputShape(for: Array(x.shape.dropFirst()))) != nil && params.weight.shape == [x.shape[1]]
        && state.mean.shape == params.weight.shape,
      "\(name) of \(params.weight.shape) channels does not take an input of shape \(x.shape)")
    let grouping = Grouping(blocks: x.shape[0], groups: x.shape[1], length: x.rowSize / x.shape[1])
    guard case .training = mode else {
      let normal = Normalized(
        x, grouping, means: state.mean.elements.map { Double($0) },
        variances: state.variance.elements.map { Double($0) }, epsilon: epsilon)
      return Pass(output: normal.scaled(params), state: state) { dOutput in
        (normal.paramGradients(dOutput), { normal.inputGradient(dOutput, params.weight.elements) })
      }
    }
    let (means, variances) = moments(x, grouping)
    let normal = Normalized(x, grouping, means: means, variances: variances, epsilon: epsilon)
    let count = Double(grouping.size)
    func remembered(_ old: Tensor<Scalar>, _ new: [Double]) -> Tensor<Scalar> {
      Tensor(zip(old.elements, new).map { Scalar((1 - momentum) * Double($0) + momentum * $1) })
    }
    // One value has no unbiased variance; what is remembered of it stays.
    let variance = count > 1 ? remembered(state.variance, variances.map { $0 * count / (count - 1) }) : state.variance
    let next = RunningStatistics(
      mean: remembered(state.mean, means), variance: variance, batches: state.batches + Tensor(scalar: 1)
    )
    return Pass(output: normal.scaled(params), state: next) { dOutput in
      let gradients = normal.paramGradients(dOutput)
      return (gradients, { normal.inputGradient(dOutput, params.weight.elements, through: gradients) })
    }
  }
}

extension Normalized {
  /// `x̂·weight + bias`, by channel.
  fileprivate func scaled(_ params: NormParams<Scalar>) -> Tensor<Scalar> {
    affine(values, scale: params.weight.elements, shift: params.bias.elements)
  }

  fileprivate func paramGradients(_ dOutput: Tensor<Scalar>) -> NormParams<Scalar> {
    NormParams(
      weight: Tensor(Scalar.groupDots(dOutput.elements, values.elements, grouping).map { Scalar($0) }),
      bias: Tensor(Scalar.groupSums(dOutput.elements, grouping).map { Scalar($0) }))
  }

  /// Where mean and variance do not depend on the input.
  fileprivate func inputGradient(_ dOutput: Tensor<Scalar>, _ weight: [Scalar]) -> Tensor<Scalar> {
    affine(dOutput, scale: zip(weight, factors).map { $0 * $1 }, shift: weight.map { _ in 0 })
  }

  /// Where they are those of the input; `gradients` are those of weight and bias.
  fileprivate func inputGradient(
    _ dOutput: Tensor<Scalar>, _ weight: [Scalar], through gradients: NormParams<Scalar>
  ) -> Tensor<Scalar> {
    let scales = zip(weight, factors).map { $0 * $1 }
    return inputGradient(
      dOutput, scales: scales, dots: gradients.weight.elements, sums: gradients.bias.elements)
  }
}
