/// A layer of a network, as a value that knows its configuration and nothing else. What training changes (`Params`), what
/// a training pass leaves behind (`State`), randomness and inputs come in as arguments; the output, the next state and the
/// way back come out.
///
/// A layer of your own needs `pass`, beside it `initialParams` if it learns, and `outputShape` if that is not the shape of
/// its input; one that has nothing to learn is a `FixedLayer`. `checkLayer` then checks all of it.
public protocol Layer<Scalar>: Sendable {
  associatedtype Scalar: Real

  /// What training changes.
  associatedtype Params: Parameters<Scalar> = Empty<Scalar>

  /// What a training pass leaves behind for inference, such as running statistics.
  associatedtype State: Parameters<Scalar> = Empty<Scalar>

  /// The layer in the notation of networks, such as `conv2d(8,3)`, and its name there, `conv2d`.
  var notation: String { get }
  var name: String { get }

  /// The shape of one sample of the output, for samples of a shape. Neither counts the samples.
  ///
  /// - Throws: `ShapeError` where the layer cannot take such samples.
  func outputShape(for shape: [Int]) throws(ShapeError) -> [Int]

  /// The parameters before training, for samples of a shape that `outputShape` takes.
  func initialParams(for shape: [Int], key: Key) -> Params

  /// The state before training.
  func initialState(for shape: [Int]) -> State

  /// How many parameters there will be for samples of a shape, and what a sample costs.
  func size(for shape: [Int]) -> LayerSize

  /// The output for inputs `x`, `[samples, ...]`.
  func pass(_ params: Params, _ state: State, _ x: Tensor<Scalar>, _ mode: Mode) -> Pass<Params, State>
}

/// What a pass is for. Only learning may roll dice, so only learning carries a key.
public enum Mode: Equatable, Sendable {
  case inference
  case training(Key)

  /// The mode for the layer at a position, whose dice are independent of all others.
  func child(_ position: Int) -> Mode {
    switch self {
    case .inference: .inference
    case .training(let key): .training(key.child(position))
    }
  }
}

/// What a layer makes of an input.
public struct Pass<Params: Parameters, State: Parameters> where Params.Scalar == State.Scalar {
  public typealias Scalar = Params.Scalar

  /// From the derivatives of any function with respect to the output, those with respect to the parameters and, when they
  /// are asked for, to the input.
  public typealias Pullback = (_ dOutput: Tensor<Scalar>) -> (params: Params, input: () -> Tensor<Scalar>)

  /// `[samples, ...]`
  public let output: Tensor<Scalar>

  /// What to remember; after inference it is what was remembered before.
  public let state: State
  public let pullback: Pullback

  public init(output: Tensor<Scalar>, state: State, pullback: @escaping Pullback) {
    (self.output, self.state, self.pullback) = (output, state, pullback)
  }
}

/// How large a layer is. Numbers too large to count stay at the largest one.
public struct LayerSize: Equatable, Sendable {
  /// The numbers that training changes.
  public let parameters: Int

  /// The multiply-adds of a sample on its way forward.
  public let multiplyAdds: Int

  public init(parameters: Int = 0, multiplyAdds: Int = 0) {
    (self.parameters, self.multiplyAdds) = (parameters, multiplyAdds)
  }

  static func + (a: LayerSize, b: LayerSize) -> LayerSize {
    func sum(_ a: Int, _ b: Int) -> Int {
      let (sum, isTooLarge) = a.addingReportingOverflow(b)
      return isTooLarge ? .max : sum
    }
    return LayerSize(
      parameters: sum(a.parameters, b.parameters), multiplyAdds: sum(a.multiplyAdds, b.multiplyAdds))
  }
}

/// The product of lengths; the largest number where it is larger than that.
func area(_ lengths: some Sequence<Int>) -> Int {
  lengths.reduce(1) { area, length in
    let (product, isTooLarge) = area.multipliedReportingOverflow(by: length)
    return isTooLarge ? .max : product
  }
}

// MARK: What most layers need not say

extension Layer {
  public var name: String { String(notation.prefix { $0 != "(" }) }

  public var notation: String { String(describing: Self.self).prefix { $0 != "<" }.lowercased() }

  public func outputShape(for shape: [Int]) throws(ShapeError) -> [Int] { shape }

  /// Without a word from the layer itself, its parameters are counted, and its arithmetic is taken for none.
  public func size(for shape: [Int]) -> LayerSize {
    LayerSize(parameters: initialParams(for: shape, key: Key(0)).count)
  }
}

extension Layer where Params == Empty<Scalar> {
  public func initialParams(for shape: [Int], key: Key) -> Empty<Scalar> { Empty() }
}

extension Layer where State == Empty<Scalar> {
  public func initialState(for shape: [Int]) -> Empty<Scalar> { Empty() }
}

// MARK: Layers without records

/// A layer that neither learns nor remembers: a function of its input, and in training perhaps of dice.
public protocol FixedLayer<Scalar>: Layer where Params == Empty<Scalar>, State == Empty<Scalar> {
  func pass(_ x: Tensor<Scalar>, _ mode: Mode) -> FixedPass<Scalar>
}

/// What such a layer makes of an input.
public struct FixedPass<Scalar: Real> {
  public let output: Tensor<Scalar>

  /// From the derivatives of any function with respect to the output, those with respect to the input.
  public let pullback: (_ dOutput: Tensor<Scalar>) -> Tensor<Scalar>

  public init(output: Tensor<Scalar>, pullback: @escaping (_ dOutput: Tensor<Scalar>) -> Tensor<Scalar>) {
    (self.output, self.pullback) = (output, pullback)
  }
}

extension FixedLayer {
  public func size(for shape: [Int]) -> LayerSize { LayerSize() }

  public func pass(
    _ params: Empty<Scalar>, _ state: Empty<Scalar>, _ x: Tensor<Scalar>, _ mode: Mode
  ) -> Pass<Empty<Scalar>, Empty<Scalar>> {
    let pass = pass(x, mode)
    return Pass(output: pass.output, state: state) { dOutput in (params, { pass.pullback(dOutput) }) }
  }
}

// MARK: What follows

extension Layer {
  /// The output for inputs `x` outside training.
  public func callAsFunction(_ params: Params, _ state: State, _ x: Tensor<Scalar>) -> Tensor<Scalar> {
    pass(params, state, x, .inference).output
  }
}
