import FunctionalNet

extension Model {
  /// The model as the bytes of an ONNX file, the same for the same model.
  ///
  /// Its input `input`, `[batch, ...]` with the shape of a sample, takes numbers as a data file has them: their scaling is part
  /// of the graph. Its outputs are `scores`, `[batch, outputs]`, and, where they stand for classes, `probabilities`,
  /// `[batch, classes]`, as `probabilities(_:)` has them. All of them are Float, whatever the precision of the model.
  /// The names of the classes, the network and its settings are in the metadata.
  ///
  /// - Throws: `ONNXError` where a layer is none of ONNX, where a number is too large for Float, or the whole for a file, or
  ///   where the description does not fit the network.
  public func onnx() throws(ONNXError) -> [UInt8] {
    if let misfit { throw ONNXError(misfit) }
    for (name, tensor) in tensors.named where Scalar.self != Float.self {
      guard tensor.converted(to: Float.self).elements.allSatisfy(\.isFinite) else {
        throw ONNXError("tensor '\(name)' has numbers that are too large for Float, which ONNX files are written in")
      }
    }
    let sampleShape: [Int]
    do throws(ShapeError) { sampleShape = try network.sampleShape(for: description.inputShape) } catch {
      throw ONNXError("\(error)")
    }
    var graph = ONNXGraph()
    var x = graph.input("input")
    x = description.scaling.onnx(x, shape: description.inputShape, in: &graph)
    x = description.scaling.onnxFilled(x, in: &graph)
    if sampleShape != description.inputShape {
      let shape = graph.constant(  // a length of 0 stands for the one that there is
        "input.shape", .int64, [sampleShape.count + 1], [0] + sampleShape.map { Int64($0) })
      x = graph.add("Reshape", [x, shape])
    }
    let scores = graph.name(try network.onnx(params, state, x, in: &graph), "scores")
    let count = (try? network.outputShape(for: sampleShape))?.reduce(1, *) ?? 0
    var outputs = [ONNXModel.Port(name: scores.name, shape: [count])]
    if !description.classNames.isEmpty {
      let probabilities = graph.name(onnxProbabilities(scores, count, in: &graph), "probabilities")
      outputs.append(.init(name: probabilities.name, shape: [description.classNames.count]))
    }
    let size = graph.constants.reduce(0) { $0 + $1.bytes.count }
    guard size < Int(Int32.max) - (1 << 24) else {  // the rest is for all texts
      throw ONNXError("\(size) bytes of numbers are more than an ONNX file can hold, which has at most 2 GB")
    }
    return ONNXModel(
      graph: graph, inputs: [.init(name: "input", shape: description.inputShape)], outputs: outputs,
      metadata: metadata.filter { $0.name != "input_scaling" }.map { (name: $0.name, text: $0.value) }
    ).bytes
  }

  /// Probabilities of scores, as `probabilities(_:)` has them.
  private func onnxProbabilities(
    _ scores: ONNXGraph.Value, _ count: Int, in graph: inout ONNXGraph
  ) -> ONNXGraph.Value {
    let activation = activation(ofOutputs: count)
    if count == 1 {
      let second = activation == nil ? scores : graph.add("Sigmoid", [scores])
      let first = graph.add("Sub", [graph.tensor("one", Tensor<Float>(scalar: 1)), second])
      return graph.add("Concat", [first, second], ["axis": .integer(1)])
    }
    return activation == nil ? scores : graph.add("Softmax", [scores], ["axis": .integer(1)])
  }
}

extension InputScaling {
  /// Adds `(x - offset) / divisor` for samples of a shape: in Double, and then rounded once, as it is when the model predicts;
  /// in Float, to the same bits, where Float has the divisors and nothing is subtracted.
  fileprivate func onnx(_ x: ONNXGraph.Value, shape: [Int], in graph: inout ONNXGraph) -> ONNXGraph.Value {
    let (moves, divides) = (offset.contains { $0 != 0 }, divisor.contains { $0 != 1 })
    let shape = isSameForAllInputs ? [] : shape
    if !moves && divisor.allSatisfy({ Double(Float($0)) == $0 }) {
      if !divides { return x }
      return graph.add("Div", [x, graph.tensor("input.divisor", Tensor(shape: shape, elements: divisor))])
    }
    var value = graph.add("Cast", [x], ["to": .integer(ONNXGraph.ElementType.double.rawValue)])
    if moves { value = graph.add("Sub", [value, graph.constant("input.offset", .double, shape, offset)]) }
    if divides { value = graph.add("Div", [value, graph.constant("input.divisor", .double, shape, divisor)]) }
    return graph.add("Cast", [value], ["to": .integer(ONNXGraph.ElementType.float.rawValue)])
  }

  /// Missing values as zeros, where they are to be filled.
  fileprivate func onnxFilled(_ x: ONNXGraph.Value, in graph: inout ONNXGraph) -> ONNXGraph.Value {
    guard fillsMissing else { return x }
    return graph.add("Where", [graph.add("IsNaN", [x]), graph.tensor("input.missing", Tensor<Float>(scalar: 0)), x])
  }
}
