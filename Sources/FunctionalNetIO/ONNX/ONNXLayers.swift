import FunctionalNet

// Layers that learn, and those that change shapes. Tensors have the names and the orientation of PyTorch's `state_dict`.

extension Linear: ONNXLayer {
  public func onnx(
    _ params: Params, _ state: Empty<Scalar>, _ x: ONNXGraph.Value, in graph: inout ONNXGraph
  ) -> ONNXGraph.Value {
    let weight = graph.tensor("weight", params.weight.transposed.copy())
    return graph.add("Gemm", [x, weight, graph.tensor("bias", params.bias)], ["transB": .integer(1)])
  }
}

extension Conv2D: ONNXLayer {
  public func onnx(
    _ params: Params, _ state: Empty<Scalar>, _ x: ONNXGraph.Value, in graph: inout ONNXGraph
  ) -> ONNXGraph.Value {
    graph.add(
      "Conv", [x, graph.tensor("weight", params.weight), graph.tensor("bias", params.bias)],
      [
        "kernel_shape": .integers(kernel.pair), "strides": .integers(stride.pair),
        "pads": .integers(padding.pair + padding.pair),  // before the image, and behind it
      ])
  }
}

extension MaxPool2D: ONNXFixedLayer {
  public func onnx(_ x: ONNXGraph.Value, in graph: inout ONNXGraph) -> ONNXGraph.Value {
    graph.add("MaxPool", [x], ["kernel_shape": .integers(kernel.pair), "strides": .integers(stride.pair)])
  }
}

extension AveragePool2D: ONNXFixedLayer {
  public func onnx(_ x: ONNXGraph.Value, in graph: inout ONNXGraph) -> ONNXGraph.Value {
    graph.add("AveragePool", [x], ["kernel_shape": .integers(kernel.pair), "strides": .integers(stride.pair)])
  }
}

extension BatchNorm1D: ONNXLayer {
  public func onnx(
    _ params: NormParams<Scalar>, _ state: RunningStatistics<Scalar>, _ x: ONNXGraph.Value, in graph: inout ONNXGraph
  ) -> ONNXGraph.Value {
    batchNorm(params, state, epsilon, x, in: &graph)
  }
}

extension BatchNorm2D: ONNXLayer {
  public func onnx(
    _ params: NormParams<Scalar>, _ state: RunningStatistics<Scalar>, _ x: ONNXGraph.Value, in graph: inout ONNXGraph
  ) -> ONNXGraph.Value {
    batchNorm(params, state, epsilon, x, in: &graph)
  }
}

private func batchNorm<S>(
  _ params: NormParams<S>, _ state: RunningStatistics<S>, _ epsilon: Double, _ x: ONNXGraph.Value,
  in graph: inout ONNXGraph
) -> ONNXGraph.Value {
  let tensors = [
    graph.tensor("weight", params.weight), graph.tensor("bias", params.bias),
    graph.tensor("running_mean", state.mean), graph.tensor("running_var", state.variance),
  ]
  return graph.add("BatchNormalization", [x] + tensors, ["epsilon": .number(epsilon)])
}

extension LayerNorm: ONNXLayer {
  public func onnx(
    _ params: NormParams<Scalar>, _ state: Empty<Scalar>, _ x: ONNXGraph.Value, in graph: inout ONNXGraph
  ) -> ONNXGraph.Value {
    graph.add(
      "LayerNormalization", [x, graph.tensor("weight", params.weight), graph.tensor("bias", params.bias)],
      ["axis": .integer(1), "epsilon": .number(epsilon)])
  }
}

extension Dropout: ONNXFixedLayer {
  /// Nothing happens outside training.
  public func onnx(_ x: ONNXGraph.Value, in graph: inout ONNXGraph) -> ONNXGraph.Value { x }
}

extension Flatten: ONNXFixedLayer {
  public func onnx(_ x: ONNXGraph.Value, in graph: inout ONNXGraph) -> ONNXGraph.Value {
    graph.add("Flatten", [x], ["axis": .integer(1)])
  }
}

extension Size2D {
  fileprivate var pair: [Int] { [height, width] }
}
