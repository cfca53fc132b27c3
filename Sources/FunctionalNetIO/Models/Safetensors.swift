import FunctionalNet

/// A safetensors file: the length of a header (8 bytes, least significant first), the header in JSON, which names each
/// tensor's type, shape and place, and the tensors' bytes. Python's `safetensors` reads and writes the same.
public struct Safetensors: Sendable {
  /// One tensor of the file.
  public struct Entry: Equatable, Sendable {
    public let name: String

    /// `F32`, `F64` and others that are not read here.
    public let type: String
    public let shape: [Int]

    /// Where its elements are in `data`.
    public let range: Range<Int>
  }

  /// Texts under names, for whatever the file should say of itself.
  public let metadata: [String: String]
  public let entries: [Entry]

  /// The bytes of all tensors.
  public let data: [UInt8]

  /// What messages call the file.
  public let file: String

  init(metadata: [String: String], entries: [Entry], data: [UInt8], file: String) {
    (self.metadata, self.entries, self.data, self.file) = (metadata, entries, data, file)
  }

  /// - Throws: `FileError` where the bytes are not a safetensors file to the last one.
  public init(_ bytes: [UInt8], file: String) throws(FileError) {
    if let mismatch = FileKind.mismatch(bytes, expected: .network, file: file) { throw mismatch }
    guard bytes.count >= 8 else { throw FileError(file, .byte(bytes.count), "too short for a safetensors file") }
    let size = bytes[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard size <= UInt64(bytes.count - 8) else {
      let problem =
        size > UInt64(Safetensors.largestHeader) ? "" : ", or cut: a header of \(size) bytes is not all here"
      throw FileError(file, .byte(0), "not a safetensors file\(problem)")
    }
    guard size <= Safetensors.largestHeader else {
      throw FileError(
        file, .byte(0), "a header of \(size) bytes; the format allows \(Safetensors.largestHeader) at most")
    }
    let start = 8 + Int(size)
    let header: JSON
    do throws(JSON.ParseError) { header = try JSON(parsing: bytes[8..<start]) } catch {
      throw FileError(file, .byte(8 + error.offset), "in the header: \(error.message)")
    }
    guard case .object(let members) = header else { throw FileError(file, .byte(8), "the header is not an object") }
    var metadata: [String: String] = [:]
    var entries: [Entry] = []
    for member in members {
      if member.name == "__metadata__" {
        guard case .object(let texts) = member.value else {
          throw FileError(file, .byte(8), "the header's __metadata__ is not an object")
        }
        for text in texts {
          guard let value = text.value.stringValue else {
            throw FileError(file, .byte(8), "metadata '\(text.name)' is not a string")
          }
          metadata[text.name] = value
        }
      } else {
        entries.append(try Entry(member, dataSize: bytes.count - start, file: file))
      }
    }
    entries.sort {
      ($0.range.lowerBound, $0.range.upperBound, $0.name) < ($1.range.lowerBound, $1.range.upperBound, $1.name)
    }
    var end = 0
    for entry in entries {
      guard entry.range.lowerBound == end else {
        throw FileError(
          file, .tensor(entry.name), "begins at byte \(entry.range.lowerBound) of the data, expected \(end)")
      }
      end = entry.range.upperBound
    }
    guard end == bytes.count - start else {
      throw FileError(file, .byte(start + end), "\(bytes.count - start - end) bytes follow the last tensor")
    }
    (self.metadata, self.entries, self.data, self.file) = (metadata, entries, Array(bytes[start...]), file)
  }

  /// The most bytes that a header has, as in Python's `safetensors`.
  private static let largestHeader = 100_000_000

  /// Every tensor under its name, converted to `S` where it has another precision. Matrices are turned: files hold
  /// PyTorch's `[outputs, inputs]`, memory `[inputs, outputs]`.
  public func tensors<S: Real>(_ type: S.Type = S.self) throws(FileError) -> [String: Tensor<S>] {
    var result: [String: Tensor<S>] = [:]
    for entry in entries {
      let tensor: Tensor<S> =
        switch entry.type {
        case "F32": Tensor(shape: entry.shape, elements: scalars(entry.range, as: Float.self)).converted()
        case "F64": Tensor(shape: entry.shape, elements: scalars(entry.range, as: Double.self)).converted()
        case "I64": Tensor(shape: entry.shape, elements: scalars(entry.range, as: Int64.self).map { S($0) })
        default: throw unsupported(entry)
        }
      result[entry.name] = tensor.shape.count == 2 ? tensor.transposed.copy() : tensor
    }
    return result
  }

  /// - Throws: `FileError` that names the first tensor of a type that is not read here.
  func checkTypes() throws(FileError) {
    if let entry = entries.first(where: { !["F32", "F64", "I64"].contains($0.type) }) { throw unsupported(entry) }
  }

  private func unsupported(_ entry: Entry) -> FileError {
    FileError(file, .tensor(entry.name), "type \(entry.type) is not supported; F32, F64 and I64 are")
  }

  private func scalars<T: BitwiseCopyable>(_ range: Range<Int>, as type: T.Type) -> [T] {
    let count = range.count / MemoryLayout<T>.stride
    return [T](unsafeUninitializedCapacity: count) { target, initialized in
      UnsafeMutableRawBufferPointer(target).copyBytes(from: data[range])
      initialized = count
    }
  }
}

extension Safetensors.Entry {
  fileprivate init(_ member: JSON.Member, dataSize: Int, file: String) throws(FileError) {
    func wrong(_ message: String) -> FileError { FileError(file, .tensor(member.name), message) }
    guard let type = member.value["dtype"]?.stringValue else { throw wrong("the header has no dtype for it") }
    guard let shape = member.value["shape"]?.arrayValue?.map(\.integerValue), !shape.contains(where: { $0 ?? -1 < 0 })
    else { throw wrong("the header has no proper shape for it") }
    guard let offsets = member.value["data_offsets"]?.arrayValue?.compactMap(\.integerValue), offsets.count == 2,
      0 <= offsets[0], offsets[0] <= offsets[1]
    else { throw wrong("the header has no proper data_offsets for it") }
    guard offsets[1] <= dataSize else {
      throw wrong("ends at byte \(offsets[1]) of the data, which has only \(dataSize): the file is cut")
    }
    (self.name, self.type, self.shape) = (member.name, type, shape.compactMap { $0 })
    range = offsets[0]..<offsets[1]
    guard let width = ["F32": 4, "F64": 8, "I64": 8][type] else { return }
    var size: (partialValue: Int, overflow: Bool) = (width, false)
    for length in self.shape where !size.overflow { size = size.partialValue.multipliedReportingOverflow(by: length) }
    guard !size.overflow, size.partialValue == range.count else {
      throw wrong("shape \(self.shape) of \(type) does not take the \(range.count) bytes it has")
    }
  }
}

// MARK: Writing

extension Safetensors {
  /// The bytes of a file that holds a record of parameters and texts that describe it.
  public static func bytes<P: Parameters>(of parameters: P, metadata: KeyValuePairs<String, String>) -> [UInt8] {
    bytes(of: parameters, metadata: metadata.map { ($0.key, $0.value) })
  }

  /// The same with texts that are known only when the program runs, in order; no name occurs twice.
  public static func bytes<P: Parameters>(
    of parameters: P, metadata: [(name: String, value: String)]
  ) -> [UInt8] {
    let scalar = P.Scalar.self == Float.self ? "F32" : "F64"
    let parts = dataParts(of: parameters)
    var members = [
      JSON.Member(name: "__metadata__", value: .object(metadata.map { .init(name: $0.name, value: .string($0.value)) }))
    ]
    var start = 0
    for ((name, tensor), part) in zip(parameters.named, parts) {
      let shape = tensor.shape.count == 2 ? tensor.shape.reversed() : tensor.shape
      members.append(
        .init(
          name: name,
          value: .members([
            "dtype": .string(isCount(name) ? "I64" : scalar), "shape": .array(shape.map { .integer($0) }),
            "data_offsets": .array([.integer(start), .integer(start + part.count)]),
          ])))
      start += part.count
    }
    var header = Array(JSON.object(members).description.utf8)
    header += Array(repeating: UInt8(ascii: " "), count: (8 - header.count % 8) % 8)
    let size = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) }
    return size + header + parts.joined()
  }

  /// Whether a tensor counts something, which PyTorch does in whole numbers.
  static func isCount(_ name: String) -> Bool { name.hasSuffix("num_batches_tracked") }

  /// The tensors as the file holds them, one after the other.
  static func dataParts<P: Parameters>(of parameters: P) -> [[UInt8]] {
    parameters.named.map { name, tensor in
      if isCount(name) {
        return tensor.elements.flatMap { x in withUnsafeBytes(of: Int64(x).littleEndian) { Array($0) } }
      }
      let stored = tensor.shape.count == 2 ? tensor.transposed.copy() : tensor
      return stored.elements.withUnsafeBytes { Array($0) }
    }
  }

  /// The CRC-32 of the bytes that a file of these parameters holds behind its header: one number by which two trained
  /// networks are the same, bit for bit, or not.
  public static func crc32<P: Parameters>(of parameters: P) -> UInt32 {
    FunctionalNetIO.crc32(dataParts(of: parameters))
  }
}
