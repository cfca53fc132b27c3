/// A file in ONNX: a graph with its inputs, outputs and texts, as the messages of `onnx.proto`. The numbers of the fields are
/// those of that file.
struct ONNXModel {
  /// An input or an output, `[batch, ...]`, whose batch size is free.
  struct Port {
    let name: String

    /// The shape of one sample.
    let shape: [Int]
  }

  let graph: ONNXGraph
  let inputs: [Port]
  let outputs: [Port]
  let metadata: [(name: String, text: String)]

  /// The version of the operators: the first that has `LayerNormalization`; ONNX Runtime reads it from 1.12 on.
  static let opset = 17

  /// The version of the file format that came with these operators.
  static let irVersion = 8

  var bytes: [UInt8] {
    var model = ProtobufMessage()
    model.add(1, Self.irVersion)
    model.add(2, "functional-net")
    model.add(7) { graph in
      for node in self.graph.nodes { graph.add(1, node.write) }
      graph.add(2, "network")
      for constant in self.graph.constants { graph.add(5, constant.write) }
      for input in inputs { graph.add(11, input.write) }
      for output in outputs { graph.add(12, output.write) }
    }
    model.add(8) { $0.add(2, Self.opset) }
    for (name, text) in metadata {
      model.add(14) {
        $0.add(1, name)
        $0.add(2, text)
      }
    }
    return model.bytes
  }
}

extension ONNXGraph.Node {
  fileprivate func write(_ node: inout ProtobufMessage) {
    for input in inputs { node.add(1, input) }
    node.add(2, output)
    node.add(3, output)  // its name
    node.add(4, operation)
    for (name, value) in attributes {
      node.add(5) { attribute in
        attribute.add(1, name)
        switch value {
        case .number(let number):
          attribute.add(2, Float(number))
          attribute.add(20, 1)
        case .integer(let number):
          attribute.add(3, number)
          attribute.add(20, 2)
        case .integers(let numbers):
          for number in numbers { attribute.add(8, number) }
          attribute.add(20, 7)
        }
      }
    }
  }
}

extension ONNXGraph.Constant {
  fileprivate func write(_ tensor: inout ProtobufMessage) {
    for length in shape { tensor.add(1, length) }
    tensor.add(2, type.rawValue)
    tensor.add(8, name)
    tensor.add(9, bytes)
  }
}

extension ONNXModel.Port {
  fileprivate func write(_ port: inout ProtobufMessage) {
    port.add(1, name)
    port.add(2) { type in
      type.add(1) { tensor in
        tensor.add(1, ONNXGraph.ElementType.float.rawValue)
        tensor.add(2) { shape in
          shape.add(1) { $0.add(2, "batch") }
          for length in self.shape { shape.add(1) { $0.add(1, length) } }
        }
      }
    }
  }
}
