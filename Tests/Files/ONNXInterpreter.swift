import Foundation

/// Runs an ONNX file in Double, each operator as its definition says, in the plainest way.
struct ONNXInterpreter {
  struct Wrong: Error { let text: String }

  struct Value: Equatable {
    let shape: [Int]
    let elements: [Double]
  }

  let file: ONNXFile

  /// All outputs by name.
  func callAsFunction(_ input: Value) throws -> [String: Value] {
    var values = file.constants.mapValues { Value(shape: $0.shape, elements: $0.elements) }
    values[file.inputs[0].name] = input
    for node in file.nodes {
      let inputs = try node.inputs.map { name in
        guard let value = values[name] else { throw Wrong(text: "\(node.name) takes '\(name)', which nothing made") }
        return value
      }
      guard node.outputs.count == 1, values[node.outputs[0]] == nil else {
        throw Wrong(text: "outputs of \(node.name)")
      }
      values[node.outputs[0]] = try run(node, inputs)
    }
    return values.filter { name, _ in file.outputs.contains { $0.name == name } }
  }

  private func run(_ node: ONNXFile.Node, _ inputs: [Value]) throws -> Value {
    let x = inputs[0]
    func map(_ function: (Double) -> Double) -> Value { Value(shape: x.shape, elements: x.elements.map(function)) }
    let alpha = Double(node.numbers["alpha"] ?? 0)
    switch node.operation {
    case "Identity": return x
    case "Cast": return node.integers["to"] == [1] ? map { Double(Float($0)) } : x
    case "Add": return try combine(x, inputs[1], +)
    case "Sub": return try combine(x, inputs[1], -)
    case "Mul": return try combine(x, inputs[1], *)
    case "Div": return try combine(x, inputs[1], /)
    case "Relu": return map { max($0, 0) }
    case "LeakyRelu": return map { $0 < 0 ? alpha * $0 : $0 }
    case "Elu": return map { $0 < 0 ? alpha * (exp($0) - 1) : $0 }
    case "Sigmoid": return map { 1 / (1 + exp(-$0)) }
    case "Tanh": return map { tanh($0) }
    case "Abs": return map { abs($0) }
    case "Erf": return map { erf($0) }
    case "Reshape":
      let shape = zip(inputs[1].elements, 0...).map { $0 == 0 ? x.shape[$1] : Int($0) }
      return Value(shape: shape, elements: x.elements)
    case "Flatten":
      guard node.integers["axis"] == [1] else { throw Wrong(text: "axis of Flatten") }
      return Value(shape: [x.shape[0], x.shape.dropFirst().reduce(1, *)], elements: x.elements)
    case "Concat":
      guard node.integers["axis"] == [1], inputs.allSatisfy({ $0.shape == [x.shape[0], 1] }) else {
        throw Wrong(text: "Concat")
      }
      let elements = (0..<x.shape[0]).flatMap { row in inputs.map { $0.elements[row] } }
      return Value(shape: [x.shape[0], inputs.count], elements: elements)
    case "Softmax":
      guard node.integers["axis"] == [1], x.shape.count == 2 else { throw Wrong(text: "axis of Softmax") }
      return byRow(x) { row in
        let powers = row.map { exp($0 - row.max()!) }
        return powers.map { $0 / powers.reduce(0, +) }
      }
    case "Gemm": return try product(x, inputs[1], inputs[2], isTurned: node.integers["transB"] == [1])
    case "Conv": return try convolution(node, x, inputs[1], inputs[2])
    case "MaxPool": return windows(node, x) { $0.max()! }
    case "AveragePool": return windows(node, x) { $0.reduce(0, +) / Double($0.count) }
    case "BatchNormalization":
      let epsilon = Double(node.numbers["epsilon"] ?? 1e-5)
      let area = x.shape.dropFirst(2).reduce(1, *)
      return Value(
        shape: x.shape,
        elements: x.elements.indices.map { i in
          let channel = i / area % x.shape[1]
          let (scale, shift, mean, variance) = (inputs[1], inputs[2], inputs[3], inputs[4])
          return (x.elements[i] - mean.elements[channel]) / (variance.elements[channel] + epsilon).squareRoot()
            * scale.elements[channel] + shift.elements[channel]
        })
    case "LayerNormalization":
      guard node.integers["axis"] == [1], inputs[1].shape == Array(x.shape.dropFirst()) else {
        throw Wrong(text: "axis of LayerNormalization")
      }
      let epsilon = Double(node.numbers["epsilon"] ?? 1e-5)
      return byRow(x) { row in
        let mean = row.reduce(0, +) / Double(row.count)
        let variance = row.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(row.count)
        return row.indices.map {
          (row[$0] - mean) / (variance + epsilon).squareRoot() * inputs[1].elements[$0] + inputs[2].elements[$0]
        }
      }
    default: throw Wrong(text: "operator \(node.operation)")
    }
  }

  private func byRow(_ x: Value, _ function: ([Double]) -> [Double]) -> Value {
    let size = x.shape.dropFirst().reduce(1, *)
    let rows = (0..<x.shape[0]).map { Array(x.elements[$0 * size..<($0 + 1) * size]) }
    return Value(shape: x.shape, elements: rows.flatMap(function))
  }

  /// Number by number, where a tensor of fewer dimensions is repeated.
  private func combine(_ a: Value, _ b: Value, _ function: (Double, Double) -> Double) throws -> Value {
    let (long, short) = a.shape.count >= b.shape.count ? (a, b) : (b, a)
    guard short.shape == Array(long.shape.suffix(short.shape.count)) else {
      throw Wrong(text: "shapes \(a.shape) and \(b.shape)")
    }
    return Value(
      shape: long.shape,
      elements: long.elements.indices.map {
        function(a.elements[$0 % a.elements.count], b.elements[$0 % b.elements.count])
      })
  }

  private func product(_ x: Value, _ weight: Value, _ bias: Value, isTurned: Bool) throws -> Value {
    let (outputs, inputs) = isTurned ? (weight.shape[0], weight.shape[1]) : (weight.shape[1], weight.shape[0])
    guard x.shape.count == 2, x.shape[1] == inputs, bias.shape == [outputs] else { throw Wrong(text: "shapes of Gemm") }
    return Value(
      shape: [x.shape[0], outputs],
      elements: (0..<x.shape[0] * outputs).map { place in
        let (row, output) = (place / outputs, place % outputs)
        return (0..<inputs).reduce(bias.elements[output]) { sum, i in
          sum + x.elements[row * inputs + i] * weight.elements[isTurned ? output * inputs + i : i * outputs + output]
        }
      })
  }

  private func convolution(_ node: ONNXFile.Node, _ x: Value, _ weight: Value, _ bias: Value) throws -> Value {
    let (kernel, pads) = (node.integers["kernel_shape"]!, node.integers["pads"]!)  // top, left, bottom, right
    guard weight.shape == [bias.shape[0], x.shape[1]] + kernel else { throw Wrong(text: "shapes of Conv") }
    let (height, width) = (x.shape[2] + pads[0] + pads[2], x.shape[3] + pads[1] + pads[3])
    var padded = [Double](repeating: 0, count: x.shape[0] * x.shape[1] * height * width)
    for (i, element) in x.elements.enumerated() {
      let (row, column) = (i / x.shape[3] % x.shape[2] + pads[0], i % x.shape[3] + pads[1])
      padded[(i / (x.shape[2] * x.shape[3]) * height + row) * width + column] = element
    }
    let planes = windowElements(node, Value(shape: Array(x.shape.prefix(2)) + [height, width], elements: padded))
    let area = planes.shape[2] * planes.shape[3]
    var elements: [Double] = []
    for sample in 0..<x.shape[0] {
      for output in 0..<bias.shape[0] {
        for place in 0..<area {
          var sum = bias.elements[output]
          for channel in 0..<x.shape[1] {
            let window = planes.windows[(sample * x.shape[1] + channel) * area + place]
            let start = (output * x.shape[1] + channel) * window.count
            for tap in window.indices { sum += window[tap] * weight.elements[start + tap] }
          }
          elements.append(sum)
        }
      }
    }
    return Value(shape: [x.shape[0], bias.shape[0]] + planes.shape[2...], elements: elements)
  }

  private func windows(_ node: ONNXFile.Node, _ x: Value, _ function: ([Double]) -> Double) -> Value {
    let planes = windowElements(node, x)
    return Value(shape: planes.shape, elements: planes.windows.map(function))
  }

  /// The numbers in every window, for the shape that the windows make together.
  private func windowElements(_ node: ONNXFile.Node, _ x: Value) -> (shape: [Int], windows: [[Double]]) {
    let (kernel, strides) = (node.integers["kernel_shape"]!, node.integers["strides"] ?? [1, 1])
    let (height, width) = ((x.shape[2] - kernel[0]) / strides[0] + 1, (x.shape[3] - kernel[1]) / strides[1] + 1)
    var windows: [[Double]] = []
    for plane in 0..<x.shape[0] * x.shape[1] {
      for place in 0..<height * width {
        let (top, left) = (place / width * strides[0], place % width * strides[1])
        windows.append(
          (0..<kernel[0] * kernel[1]).map { tap in
            let (row, column) = (top + tap / kernel[1], left + tap % kernel[1])
            return x.elements[(plane * x.shape[2] + row) * x.shape[3] + column]
          })
      }
    }
    return (Array(x.shape.prefix(2)) + [height, width], windows)
  }
}
