import FunctionalNet

// Functions of every number by itself, and softmax.

/// A layer that is one operator of ONNX.
protocol ONNXOperator: ONNXLayer where Params == Empty<Scalar>, State == Empty<Scalar> {
  var onnxOperator: (name: String, attributes: KeyValuePairs<String, ONNXGraph.Attribute>) { get }
}

extension ONNXOperator {
  public func onnx(
    _ params: Empty<Scalar>, _ state: Empty<Scalar>, _ x: ONNXGraph.Value, in graph: inout ONNXGraph
  ) -> ONNXGraph.Value {
    let (name, attributes) = onnxOperator
    return graph.add(name, [x], attributes)
  }
}

extension ReLU: ONNXOperator {
  var onnxOperator: (name: String, attributes: KeyValuePairs<String, ONNXGraph.Attribute>) { ("Relu", [:]) }
}

extension LeakyReLU: ONNXOperator {
  var onnxOperator: (name: String, attributes: KeyValuePairs<String, ONNXGraph.Attribute>) {
    ("LeakyRelu", ["alpha": .number(slope)])
  }
}

extension Sigmoid: ONNXOperator {
  var onnxOperator: (name: String, attributes: KeyValuePairs<String, ONNXGraph.Attribute>) { ("Sigmoid", [:]) }
}

extension Tanh: ONNXOperator {
  var onnxOperator: (name: String, attributes: KeyValuePairs<String, ONNXGraph.Attribute>) { ("Tanh", [:]) }
}

extension Abs: ONNXOperator {
  var onnxOperator: (name: String, attributes: KeyValuePairs<String, ONNXGraph.Attribute>) { ("Abs", [:]) }
}

extension ELU: ONNXOperator {
  var onnxOperator: (name: String, attributes: KeyValuePairs<String, ONNXGraph.Attribute>) {
    ("Elu", ["alpha": .number(alpha)])
  }
}

extension Softmax: ONNXOperator {
  var onnxOperator: (name: String, attributes: KeyValuePairs<String, ONNXGraph.Attribute>) {
    ("Softmax", ["axis": .integer(1)])
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
