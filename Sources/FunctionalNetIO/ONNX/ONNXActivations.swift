import FunctionalNet

// Functions of every number by itself, and softmax.

extension ReLU: ONNXFixedLayer {
  public func onnx(_ x: ONNXGraph.Value, in graph: inout ONNXGraph) -> ONNXGraph.Value {
    graph.add("Relu", [x])
  }
}

extension LeakyReLU: ONNXFixedLayer {
  public func onnx(_ x: ONNXGraph.Value, in graph: inout ONNXGraph) -> ONNXGraph.Value {
    graph.add("LeakyRelu", [x], ["alpha": .number(slope)])
  }
}

extension Sigmoid: ONNXFixedLayer {
  public func onnx(_ x: ONNXGraph.Value, in graph: inout ONNXGraph) -> ONNXGraph.Value {
    graph.add("Sigmoid", [x])
  }
}

extension Tanh: ONNXFixedLayer {
  public func onnx(_ x: ONNXGraph.Value, in graph: inout ONNXGraph) -> ONNXGraph.Value {
    graph.add("Tanh", [x])
  }
}

extension Abs: ONNXFixedLayer {
  public func onnx(_ x: ONNXGraph.Value, in graph: inout ONNXGraph) -> ONNXGraph.Value {
    graph.add("Abs", [x])
  }
}

extension ELU: ONNXFixedLayer {
  public func onnx(_ x: ONNXGraph.Value, in graph: inout ONNXGraph) -> ONNXGraph.Value {
    graph.add("Elu", [x], ["alpha": .number(alpha)])
  }
}

extension Softmax: ONNXFixedLayer {
  public func onnx(_ x: ONNXGraph.Value, in graph: inout ONNXGraph) -> ONNXGraph.Value {
    graph.add("Softmax", [x], ["axis": .integer(1)])
  }
}

extension GELU: ONNXFixedLayer {
  /// `x·(½·(1 + erf(x / √2)))`; ONNX has no `Gelu` before its operators of version 20.
  public func onnx(_ x: ONNXGraph.Value, in graph: inout ONNXGraph) -> ONNXGraph.Value {
    func number(_ name: String, _ value: Double) -> ONNXGraph.Value {
      graph.tensor(name, Tensor(scalar: value))
    }
    let erf = graph.add("Erf", [graph.add("Div", [x, number("root_of_two", 2.0.squareRoot())])])
    let sum = graph.add("Add", [erf, number("one", 1)])
    return graph.add("Mul", [x, graph.add("Mul", [sum, number("half", 0.5)])])
  }
}
