/// What is in an ONNX file, as far as the tests look; read by the numbers of the fields in `onnx.proto`.
struct ONNXFile {
  struct Tensor: Equatable {
    let type: Int
    let shape: [Int]
    let elements: [Double]
  }

  struct Node {
    let operation: String
    let name: String
    let inputs: [String]
    let outputs: [String]
    var integers: [String: [Int]] = [:]
    var numbers: [String: Float] = [:]
  }

  /// The lengths of dimensions, or their names.
  struct Port: Equatable {
    let name: String
    let type: Int
    let shape: [String]
  }

  let irVersion: Int
  let opset: Int
  let nodes: [Node]
  let constants: [String: Tensor]
  let inputs: [Port]
  let outputs: [Port]
  let metadata: [String: String]

  init(_ bytes: [UInt8]) throws {
    let model = try ProtobufFields(bytes)
    let graph = try model.message(7)
    irVersion = try model.integer(1)
    opset = try model.message(8).integer(2)
    nodes = try graph.messages(1).map(Node.init)
    let tensors = try graph.messages(5).map { (try $0.text(8), try Tensor($0)) }
    constants = Dictionary(tensors) { _, _ in fatalError("two constants of one name") }
    inputs = try graph.messages(11).map(Port.init)
    outputs = try graph.messages(12).map(Port.init)
    metadata = Dictionary(
      uniqueKeysWithValues: try model.messages(14).map { (try $0.text(1), try $0.text(2)) })
  }
}

extension ONNXFile.Node {
  fileprivate init(_ fields: ProtobufFields) throws {
    (operation, name) = (try fields.text(4), try fields.text(3))
    (inputs, outputs) = (fields.texts(1), fields.texts(2))
    for attribute in try fields.messages(5) {
      let name = try attribute.text(1)
      switch try attribute.integer(20) {
      case 1: numbers[name] = Float(bitPattern: UInt32(try attribute.integer(2)))
      case 2: integers[name] = [try attribute.integer(3)]
      case 7: integers[name] = attribute.integers(8)
      case let type: throw ProtobufFields.Wrong(text: "attribute of type \(type)")
      }
    }
  }
}

extension ONNXFile.Tensor {
  fileprivate init(_ fields: ProtobufFields) throws {
    (type, shape) = (try fields.integer(2), fields.integers(1))
    let bytes = fields.bytes(9)
    elements = try bytes.withUnsafeBytes { bytes in
      switch try fields.integer(2) {
      case 1:
        stride(from: 0, to: bytes.count, by: 4).map { Double(bytes.loadUnaligned(fromByteOffset: $0, as: Float.self)) }
      case 7:
        stride(from: 0, to: bytes.count, by: 8).map { Double(bytes.loadUnaligned(fromByteOffset: $0, as: Int64.self)) }
      case 11: stride(from: 0, to: bytes.count, by: 8).map { bytes.loadUnaligned(fromByteOffset: $0, as: Double.self) }
      case let type: throw ProtobufFields.Wrong(text: "tensor of type \(type)")
      }
    }
    guard elements.count == shape.reduce(1, *) else { throw ProtobufFields.Wrong(text: "a tensor of another size") }
  }
}

extension ONNXFile.Port {
  fileprivate init(_ fields: ProtobufFields) throws {
    let tensor = try fields.message(2).message(1)
    name = try fields.text(1)
    type = try tensor.integer(1)
    shape = try tensor.message(2).messages(1).map { dimension in
      try dimension.texts(2).first ?? "\(dimension.integer(1))"
    }
  }
}

/// The fields of a message of Protocol Buffers in order.
struct ProtobufFields {
  struct Wrong: Error { let text: String }

  private enum Value {
    case integer(Int)
    case bytes([UInt8])
  }

  private var fields: [(number: Int, value: Value)] = []

  init(_ bytes: [UInt8]) throws {
    var place = 0
    func varint() throws -> UInt64 {
      var (value, shift) = (UInt64(0), UInt64(0))
      while true {
        guard place < bytes.count, shift < 64 else { throw Wrong(text: "a number without end") }
        value |= UInt64(bytes[place] & 0x7F) << shift
        shift += 7
        place += 1
        if bytes[place - 1] < 0x80 { return value }
      }
    }
    func take(_ count: Int) throws -> [UInt8] {
      guard count <= bytes.count - place else { throw Wrong(text: "\(count) bytes beyond the end") }
      defer { place += count }
      return Array(bytes[place..<place + count])
    }
    while place < bytes.count {
      let key = Int(try varint())
      switch key & 7 {
      case 0: fields.append((key >> 3, .integer(Int(truncatingIfNeeded: try varint()))))
      case 2: fields.append((key >> 3, .bytes(try take(Int(clamping: try varint())))))
      case 5:
        let bits = try take(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        fields.append((key >> 3, .integer(bits)))
      default: throw Wrong(text: "a value written in way \(key & 7)")
      }
    }
  }

  func integers(_ number: Int) -> [Int] {
    fields.compactMap { field in
      if case .integer(let value) = field.value, field.number == number { value } else { nil }
    }
  }

  private func all(_ number: Int) -> [[UInt8]] {
    fields.compactMap { field in
      if case .bytes(let value) = field.value, field.number == number { value } else { nil }
    }
  }

  func bytes(_ number: Int) -> [UInt8] { all(number).first ?? [] }
  func texts(_ number: Int) -> [String] { all(number).map { String(decoding: $0, as: UTF8.self) } }
  func messages(_ number: Int) throws -> [ProtobufFields] { try all(number).map { try ProtobufFields($0) } }

  func integer(_ number: Int) throws -> Int { try one(integers(number), number) }
  func text(_ number: Int) throws -> String { try one(texts(number), number) }
  func message(_ number: Int) throws -> ProtobufFields { try one(try messages(number), number) }

  private func one<T>(_ values: [T], _ number: Int) throws -> T {
    guard values.count == 1 else { throw Wrong(text: "field \(number) is there \(values.count) times") }
    return values[0]
  }
}
