import FunctionalNet

/// A layer that can say in ONNX what it does in inference. All layers of this library can; so can one of your own:
///
///     extension Square: ONNXLayer {
///       func onnx(_ params: Params, _ state: State, _ x: ONNXGraph.Value, in graph: inout ONNXGraph) -> ONNXGraph.Value {
///         graph.add("Mul", [x, x])
///       }
///     }
public protocol ONNXLayer<Scalar>: Layer {
  /// Adds what this layer does outside training to a graph.
  ///
  /// - Parameter x: the input, `[batch, ...]`.
  /// - Returns: the output, `[batch, ...]`.
  /// - Throws: `ONNXError`, where a layer within this one cannot be had in ONNX.
  func onnx(
    _ params: Params, _ state: State, _ x: ONNXGraph.Value, in graph: inout ONNXGraph
  ) throws(ONNXError) -> ONNXGraph.Value
}

/// Such a layer that neither learns nor remembers.
public protocol ONNXFixedLayer<Scalar>: ONNXLayer, FixedLayer {
  /// Adds what this layer does outside training to `x`, `[batch, ...]`.
  func onnx(_ x: ONNXGraph.Value, in graph: inout ONNXGraph) -> ONNXGraph.Value
}

extension ONNXFixedLayer {
  public func onnx(
    _ params: Empty<Scalar>, _ state: Empty<Scalar>, _ x: ONNXGraph.Value, in graph: inout ONNXGraph
  ) -> ONNXGraph.Value {
    onnx(x, in: &graph)
  }
}

/// What keeps a network from being written as ONNX.
public struct ONNXError: Error, Equatable, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }
}

extension ONNXLayer {
  /// The same for records of unknown types.
  fileprivate func onnx(
    erased params: any Parameters<Scalar>, _ state: any Parameters<Scalar>, _ x: ONNXGraph.Value,
    in graph: inout ONNXGraph
  ) throws(ONNXError) -> ONNXGraph.Value {
    guard let params = params as? Params, let state = state as? State else {
      throw ONNXError(
        "layer \(name) takes parameters \(Params.self) and state \(State.self), not \(type(of: params)) and "
          + "\(type(of: state))")
    }
    return try onnx(params, state, x, in: &graph)
  }
}

// MARK: Layers of layers

extension Layer {
  /// - Throws: `ONNXError` where parameters and state are those of another network.
  fileprivate func requireParts(_ count: Int, _ params: Stack<Scalar>, _ state: Stack<Scalar>) throws(ONNXError) {
    guard params.parts.count == count, state.parts.count == count else {
      throw ONNXError(
        "\(name): parameters of \(params.parts.count) layers and state of \(state.parts.count) for \(count) layers")
    }
  }
}

extension Sequential: ONNXLayer {
  public func onnx(
    _ params: Stack<Scalar>, _ state: Stack<Scalar>, _ x: ONNXGraph.Value, in graph: inout ONNXGraph
  ) throws(ONNXError) -> ONNXGraph.Value {
    try requireParts(layers.count, params, state)
    var value = x
    for (position, layer) in layers.enumerated() {
      graph.position.append(position)
      guard let exported = layer as? any ONNXLayer<Scalar> else {
        throw ONNXError(
          "layer \(counted(graph.position)) \(layer.name): it does not say what it is in ONNX; make it an ONNXLayer")
      }
      value = try exported.onnx(erased: params.parts[position], state.parts[position], value, in: &graph)
      graph.position.removeLast()
    }
    return value
  }
}

extension Residual: ONNXLayer {
  public func onnx(
    _ params: Stack<Scalar>, _ state: Stack<Scalar>, _ x: ONNXGraph.Value, in graph: inout ONNXGraph
  ) throws(ONNXError) -> ONNXGraph.Value {
    try requireParts(2, params, state)
    var sides: [ONNXGraph.Value] = []
    for (position, side) in [body, shortcut].enumerated() {
      graph.position.append(position)
      sides.append(try side.onnx(erased: params.parts[position], state.parts[position], x, in: &graph))
      graph.position.removeLast()
    }
    return graph.add("Add", sides)
  }
}
