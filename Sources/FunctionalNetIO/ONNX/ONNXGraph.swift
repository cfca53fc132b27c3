import FunctionalNet

/// A computation in ONNX under construction: operators in the order in which they run, and the tensors that they need.
///
/// Numbers are Float: ONNX Runtime has no convolutions, means of windows, error functions or ELUs in Double.
public struct ONNXGraph: Sendable {
  /// What an operator makes or takes: `[batch, ...]`, or a tensor of the model.
  public struct Value: Equatable, Sendable {
    let name: String
  }

  /// A setting of an operator.
  public enum Attribute: Equatable, Sendable {
    case number(Double)
    case integer(Int)
    case integers([Int])
  }

  struct Node: Sendable {
    let operation: String
    let inputs: [String]
    var output: String
    let attributes: [(name: String, value: Attribute)]
  }

  /// The types of numbers, with the codes that files have for them.
  enum ElementType: Int {
    case float = 1
    case int64 = 7
    case double = 11
  }

  struct Constant: Sendable {
    let name: String
    let type: ElementType
    let shape: [Int]
    let bytes: [UInt8]
  }

  private(set) var nodes: [Node] = []
  private(set) var constants: [Constant] = []
  private var names: Set<String> = []

  /// The names that `name(_:_:)` gave: they stay.
  private var lastingNames: Set<String> = []

  /// The position of the layer whose operators are being added, from the outside in; empty outside all layers.
  var position: [Int] = []

  init() {}

  /// Adds an operator with one output.
  ///
  /// - Parameter operation: its name among the operators of ONNX, version 17, such as `Relu`.
  public mutating func add(
    _ operation: String, _ inputs: [Value], _ attributes: KeyValuePairs<String, Attribute> = [:]
  ) -> Value {
    let output = name(operation)
    nodes.append(
      Node(
        operation: operation, inputs: inputs.map(\.name), output: output,
        attributes: attributes.map { (name: $0.key, value: $0.value) }))
    return Value(name: output)
  }

  /// Adds a tensor as it lies in memory, under a name in the current layer such as `weight`; rounded to Float.
  public mutating func tensor<S>(_ name: String, _ tensor: Tensor<S>) -> Value {
    constant(name, .float, tensor.shape, tensor.converted(to: Float.self).elements)
  }

  mutating func constant<T: BitwiseCopyable>(
    _ name: String, _ type: ElementType, _ shape: [Int], _ elements: [T]
  ) -> Value {
    let name = self.name(name)
    constants.append(Constant(name: name, type: type, shape: shape, bytes: elements.withUnsafeBytes { Array($0) }))
    return Value(name: name)
  }

  /// A value that comes from outside, under this name.
  mutating func input(_ name: String) -> Value {
    names.insert(name)
    return Value(name: name)
  }

  /// A value under a name of its own: whatever made it last makes it under that name, or else a copy is added.
  mutating func name(_ value: Value, _ name: String) -> Value {
    if nodes.last?.output == value.name && !lastingNames.contains(value.name) {
      nodes[nodes.count - 1].output = name
    } else {
      nodes.append(Node(operation: "Identity", inputs: [value.name], output: name, attributes: []))
    }
    names.insert(name)
    lastingNames.insert(name)
    return Value(name: name)
  }

  /// A name in the current layer that nothing else has: `1.0.weight`, `3.Mul`, `3.Mul.1`.
  private mutating func name(_ name: String) -> String {
    let full = (position.map(String.init) + [name]).joined(separator: ".")
    var unique = full
    var count = 0
    while !names.insert(unique).inserted {
      count += 1
      unique = "\(full).\(count)"
    }
    return unique
  }
}
