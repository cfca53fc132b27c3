import FunctionalNet

// The files of numpy.save: a header, then the elements.

extension FileArray {
  /// The array of a `.npy` file.
  ///
  /// - Throws: `FileError` where it is none, holds no numbers, or is longer or shorter than it says.
  public init(npy contents: [UInt8], file: String) throws(FileError) {
    if let mismatch = FileKind.mismatch(contents, expected: .npy, file: file) { throw mismatch }
    try self.init(npy: contents[...], ArrayOrigin(file: file))
  }

  init(npy bytes: ArraySlice<UInt8>, _ origin: ArrayOrigin) throws(FileError) {
    let header = try NPYHeader(bytes, origin)
    let (type, shape) = (header.type, header.shape)
    let size = elementCount(shape).map { $0.multipliedReportingOverflow(by: type.width) }
    guard let size, !size.overflow, size.partialValue == bytes.count - header.size else {
      let promised = size.flatMap { $0.overflow ? nil : "\($0.partialValue) bytes" }
      throw origin.error(
        at: header.size,
        "shape \(shape) of \(type.name) promises \(promised ?? "more bytes than a computer can count"), but "
          + "\(bytes.count - header.size) follow")
    }
    let elements = type.elements(bytes.dropFirst(header.size))
    guard header.isFortranOrder, shape.count > 1, elements.count > 0 else {
      self.init(shape: shape, elements: elements)
      return
    }
    var strides = [1]
    for length in shape.dropLast() { strides.append(strides[strides.count - 1] * length) }
    self.init(shape: shape, elements: elements.arranged(shape, strides: strides))
  }
}

/// Writing `.npy` files: version 1.0, last index fastest, least significant byte first. The bytes are those that NumPy
/// itself writes.
public enum NPY {
  /// Unsigned bytes stay so; numbers are written as float64.
  public static func bytes(of array: FileArray) -> [UInt8] {
    switch array.elements {
    case .bytes(let bytes): header(.unsignedByte, array.shape) + bytes
    case .numbers(let numbers): header(.float64, array.shape) + numbers.withUnsafeBytes { Array($0) }
    }
  }

  /// A tensor in its own precision and its own order.
  public static func bytes<S: Real>(of tensor: Tensor<S>) -> [UInt8] {
    header(S.self == Float.self ? .float32 : .float64, tensor.shape)
      + tensor.elements.withUnsafeBytes { Array($0) }
  }

  /// What comes before the elements: with the room that NumPy leaves for a longer first dimension, to a multiple of 64.
  static func header(_ type: ElementType, _ shape: [Int]) -> [UInt8] {
    let lengths = shape.map(String.init)
    let tuple = lengths.count == 1 ? "(\(lengths[0]),)" : "(\(lengths.joined(separator: ", ")))"
    var text = "{'descr': '\(type.description)', 'fortran_order': False, 'shape': \(tuple), }"
    if let first = lengths.first { text += String(repeating: " ", count: max(0, 21 - first.count)) }
    text += String(repeating: " ", count: 64 - (10 + text.utf8.count + 1) % 64) + "\n"
    let length = UInt16(text.utf8.count)
    return NPYHeader.magic + [1, 0, UInt8(length & 255), UInt8(length >> 8)] + Array(text.utf8)
  }
}
