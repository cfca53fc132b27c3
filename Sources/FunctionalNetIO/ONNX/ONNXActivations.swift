import FunctionalNet

// Functions of every number by itself, and softmax.

extension ReLU: ONNXLayer {
  public func onnx(
    _ params: Empty<Scalar>, _ state: Empty<Scalar>, _ x: ONNXGraph.Value, in graph: inout ONNXGraph
  ) -> ONNXGraph.Value {
    graph.add("Relu", [x])
  }
}

extension LeakyReLU: ONNXLayer {
  public func onnx(
    _ params: Empty<Scalar>, _ state: Empty<Scalar>, _ x: ONNXGraph.Value, in graph: inout ONNXGraph
  ) -> ONNXGraph.Value {
    graph.add("LeakyRelu", [x], ["alpha": .number(slope)])
  }
}

extension Sigmoid: ONNXLayer {
  public func onnx(
    _ params: Empty<Scalar>, _ state: Empty<Scalar>, _ x: ONNXGraph.Value, in graph: inout ONNXGraph
  ) -> ONNXGraph.Value {
    graph.add("Sigmoid", [x])
  }
}

extension Tanh: ONNXLayer {
  public func onnx(
    _ params: Empty<Scalar>, _ state: Empty<Scalar>, _ x: ONNXGraph.Value, in graph: inout ONNXGraph
  ) -> ONNXGraph.Value {
    graph.add("Tanh", [x])
  }
}

extension Abs: ONNXLayer {
  public func onnx(
    _ params: Empty<Scalar>, _ state: Empty<Scalar>, _ x: ONNXGraph.Value, in graph: inout ONNXGraph
  ) -> ONNXGraph.Value {
    graph.add("Abs", [x])
  }
}

extension ELU: ONNXLayer {
  public func onnx(
    _ params: Empty<Scalar>, _ state: Empty<Scalar>, _ x: ONNXGraph.Value, in graph: inout ONNXGraph
  ) -> ONNXGraph.Value {
    graph.add("Elu", [x], ["alpha": .number(alpha)])
  }
}

extension Softmax: ONNXLayer {
  public func onnx(
    _ params: Empty<Scalar>, _ state: Empty<Scalar>, _ x: ONNXGraph.Value, in graph: inout ONNXGraph
  ) -> ONNXGraph.Value {
    graph.add("Softmax", [x], ["axis": .integer(1)])
  }
}

extension GELU: ONNXLayer {
  /// `x·(½·(1 + erf(x / √2)))`; ONNX has no `Gelu` before its operators of version 20.
  public func onnx(
    _ params: Empty<Scalar>, _ state: Empty<Scalar>, _ x: ONNXGraph.Value, in graph: inout ONNXGraph
  ) -> ONNXGraph.Value {
    func number(_ name: String, _ value: Double) -> ONNXGraph.Value {
      graph.tensor(name, Tensor(shape: [], elements: [value]))
    }
    let erf = graph.add("Erf", [graph.add("Div", [x, number("root_of_two", 2.0.squareRoot())])])
    let sum = graph.add("Add", [erf, number("one", 1)])
    return graph.add("Mul", [x, graph.add("Mul", [sum, number("half", 0.5)])])
  }
}
