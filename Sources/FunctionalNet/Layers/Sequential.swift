/// Layers one after the other. It is a layer itself, so it may be part of another.
///
///     let network = Sequential<Float> {
///       Linear(784, 100)
///       ReLU()
///       Linear(100, 10)
///     }
///
/// The parameters of the layer at position i are called `i.weight` and so on, as PyTorch's `Sequential` calls them.
public struct Sequential<Scalar: Real>: Layer {
  public let layers: [any Layer<Scalar>]

  public init(_ layers: [any Layer<Scalar>]) { self.layers = layers }

  public init(@SequentialBuilder<Scalar> _ layers: () -> [any Layer<Scalar>]) { self.init(layers()) }

  /// The layers in order; a network among them is `sequential(…)`.
  public var notation: String {
    layers.map { layer in
      layer is Sequential ? "sequential(\(layer.notation))" : layer.notation
    }.joined(separator: " ")
  }

  public var name: String { "sequential" }

  /// - Throws: `ShapeError` that names the first layer that cannot take what the one before it gives.
  public func outputShape(for shape: [Int]) throws(ShapeError) -> [Int] { try shapes(for: shape).last! }

  /// The shape of the input, and of the output of every layer.
  public func shapes(for shape: [Int]) throws(ShapeError) -> [[Int]] {
    try requireLengths(shape)
    var shapes = [shape]
    for (position, layer) in layers.enumerated() {
      do throws(ShapeError) { shapes.append(try layer.outputShape(for: shapes[position])) } catch {
        throw error.inside(position)
      }
      let output = shapes[position + 1]
      guard output.allSatisfy({ $0 > 0 }), area(output) <= maximumSampleSize else {
        throw ShapeError(
          position: [position], layer: layer.name,
          "makes \(output) of a sample of \(shapes[position]); its lengths must be 1 or more, and it may have at most "
            + "\(maximumSampleSize) numbers")
      }
    }
    return shapes
  }

  /// The shape in which samples of a data set go into this network: as they are, with a channel in front of a height and a
  /// width, or, where it takes nothing else, as vectors.
  ///
  /// - Throws: the error of the shape that gets through more layers; of the first shape, where both get equally far.
  public func sampleShape(for shape: [Int]) throws(ShapeError) -> [Int] {
    var shapes = [shape.count == 2 ? [1] + shape : shape]
    if shape.count > 1 { shapes.append([area(shape)]) }
    var error: ShapeError?
    for shape in shapes {
      do throws(ShapeError) {
        _ = try outputShape(for: shape)
        return shape
      } catch let other {
        if error.map(other.isFurther) ?? true { error = other }
      }
    }
    throw error!
  }

  public func size(for shape: [Int]) -> LayerSize { sizes(for: shape).reduce(LayerSize(), +) }

  /// The size of every layer.
  public func sizes(for shape: [Int]) -> [LayerSize] {
    zip(layers, checkedShapes(for: shape)).map { $0.size(for: $1) }
  }

  public func initialParams(for shape: [Int], key: Key) -> Stack<Scalar> {
    Stack(
      zip(layers, checkedShapes(for: shape)).enumerated().map { position, layer in
        layer.0.initialParams(for: layer.1, key: key.child(position))
      })
  }

  public func initialState(for shape: [Int]) -> Stack<Scalar> {
    Stack(zip(layers, checkedShapes(for: shape)).map { $0.initialState(for: $1) })
  }

  private func checkedShapes(for shape: [Int]) -> [[Int]] {
    do throws(ShapeError) { return try shapes(for: shape) } catch { fatalError(error.description) }
  }

  public func pass(
    _ params: Stack<Scalar>, _ state: Stack<Scalar>, _ x: Tensor<Scalar>, _ mode: Mode
  ) -> Pass<Stack<Scalar>, Stack<Scalar>> {
    require(
      params.parts.count == layers.count && state.parts.count == layers.count,
      "a network of \(layers.count) layers takes as many records, not \(params.parts.count) and \(state.parts.count)")
    var output = x
    var states: [any Parameters<Scalar>] = []
    var pullbacks: [ErasedPass<Scalar>.Pullback] = []
    for (position, layer) in layers.enumerated() {
      let pass = layer.erasedPass(
        params.parts[position], state.parts[position], output, mode.child(position), at: position)
      output = pass.output
      states.append(pass.state)
      pullbacks.append(pass.pullback)
    }
    let firstThatLearns = params.parts.firstIndex { !($0 is Empty<Scalar>) } ?? layers.count
    return Pass(output: output, state: Stack(states)) { dOutput in
      var gradients = params.parts
      var dNext = { dOutput }
      for (position, pullback) in pullbacks.enumerated().reversed() {
        if position >= firstThatLearns {
          let (gradient, dInput) = pullback(dNext())
          gradients[position] = gradient
          dNext = dInput
        } else {  // nothing below learns: only who asks for the derivatives of the input needs to go on
          let dOutput = dNext
          dNext = { pullback(dOutput()).input() }
        }
      }
      return (Stack(gradients), dNext)
    }
  }
}

/// How many numbers a sample may have at most, between layers too.
let maximumSampleSize = 1 << 30

/// A list of layers and networks, with loops and conditions.
@resultBuilder
public enum SequentialBuilder<Scalar: Real> {
  public static func buildExpression(_ layer: some Layer<Scalar>) -> [any Layer<Scalar>] { [layer] }
  public static func buildExpression(_ layers: [any Layer<Scalar>]) -> [any Layer<Scalar>] { layers }
  public static func buildBlock(_ parts: [any Layer<Scalar>]...) -> [any Layer<Scalar>] { parts.flatMap { $0 } }
  public static func buildArray(_ parts: [[any Layer<Scalar>]]) -> [any Layer<Scalar>] { parts.flatMap { $0 } }
  public static func buildOptional(_ part: [any Layer<Scalar>]?) -> [any Layer<Scalar>] { part ?? [] }
  public static func buildEither(first part: [any Layer<Scalar>]) -> [any Layer<Scalar>] { part }
  public static func buildEither(second part: [any Layer<Scalar>]) -> [any Layer<Scalar>] { part }
}

// MARK: Layers of unknown types

/// A pass whose records are of types that only the layer knows.
private struct ErasedPass<Scalar: Real> {
  typealias Pullback = (_ dOutput: Tensor<Scalar>) -> (params: any Parameters<Scalar>, input: () -> Tensor<Scalar>)

  let output: Tensor<Scalar>
  let state: any Parameters<Scalar>
  let pullback: Pullback
}

extension Layer {
  fileprivate func erasedPass(
    _ params: any Parameters<Scalar>, _ state: any Parameters<Scalar>, _ x: Tensor<Scalar>, _ mode: Mode,
    at position: Int
  ) -> ErasedPass<Scalar> {
    guard let params = params as? Params, let state = state as? State else {
      fatalError(
        "layer \(position + 1) \(name) takes parameters \(Params.self) and state \(State.self), not \(type(of: params)) "
          + "and \(type(of: state))")
    }
    let pass = pass(params, state, x, mode)
    return ErasedPass(output: pass.output, state: pass.state) { pass.pullback($0) }
  }
}
