import FunctionalNet

// The IDX files of MNIST and its relatives: a magic number (two zero bytes, the element type, the number of dimensions),
// each dimension as four bytes, most significant first, then the elements.

/// The bytes of an IDX file and their arrangement.
public struct IDX: Equatable, Sendable {
  public let shape: [Int]
  public let bytes: [UInt8]

  /// Parses a file of unsigned bytes, plain or gzip.
  ///
  /// - Parameter dimensions: how many there must be.
  /// - Throws: `FileError` where the file is anything else, or longer or shorter than it says.
  public init(_ contents: [UInt8], file: String, dimensions: ClosedRange<Int>) throws(FileError) {
    let bytes = try gunzip(contents, file: file)
    let header = try IDXHeader(bytes, file: file, dimensions: dimensions)
    try header.check(bytes.count - header.size, file: file)
    shape = header.shape
    self.bytes = Array(bytes[header.size...])
  }
}

/// What an IDX file says before its elements.
struct IDXHeader {
  /// The most bytes that it may take.
  static let longest = 4 + 4 * 255

  let shape: [Int]

  /// The bytes of the header.
  let size: Int

  /// The number of elements; nil where it is more than a computer can count.
  let elements: Int?

  /// - Parameter bytes: the beginning of the file, at least `longest` of its bytes unless it has fewer.
  init(_ bytes: [UInt8], file: String, dimensions: ClosedRange<Int>) throws(FileError) {
    if let mismatch = FileKind.mismatch(bytes, expected: .idx, file: file) { throw mismatch }
    guard bytes.count >= 4 else {
      throw FileError(file, .byte(bytes.count), "the file ends within the magic number of an IDX file")
    }
    guard bytes[0] == 0, bytes[1] == 0 else {
      let found = bytes.prefix(4).map { hexadecimal($0) }.joined(separator: " ")
      throw FileError(file, .byte(0), "not an IDX file: it begins with \(found), expected 00 00 08 and the dimensions")
    }
    guard bytes[2] == 0x08 else {
      throw FileError(file, .byte(2), "element type \(hexadecimal(bytes[2])); only unsigned bytes (08) are supported")
    }
    guard dimensions.contains(Int(bytes[3])) else {
      let expected =
        dimensions.lowerBound == dimensions.upperBound ? "\(dimensions.lowerBound)" : "\(dimensions.lowerBound) or more"
      throw FileError(file, .byte(3), "an IDX file of \(bytes[3]) dimensions, expected \(expected)")
    }
    let start = 4 + 4 * Int(bytes[3])
    guard bytes.count >= start else {
      throw FileError(file, .byte(bytes.count), "the file ends within the dimensions of an IDX file")
    }
    let shape = stride(from: 4, to: start, by: 4).map { at in bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
    let total = shape.reduce((partialValue: 1, overflow: false)) { product, length in
      let next = product.partialValue.multipliedReportingOverflow(by: length)
      return (next.partialValue, product.overflow || next.overflow)
    }
    (self.shape, size, elements) = (shape, start, total.overflow ? nil : total.partialValue)
  }

  /// The elements of one sample; `Int.max` where it is more than a computer can count.
  var sampleSize: Int {
    shape.dropFirst().reduce(1) {
      let (size, overflow) = $0.multipliedReportingOverflow(by: $1)
      return overflow ? .max : size
    }
  }

  /// - Throws: `FileError` where so many bytes of data are not what is promised.
  func check(_ count: Int, file: String) throws(FileError) {
    guard elements != count else { return }
    let promised = elements.map { "\($0) bytes" } ?? "more bytes than a computer can count"
    throw FileError(file, .byte(4), "dimensions \(shape) promise \(promised) of data, but \(count) follow")
  }
}

private func hexadecimal(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }

extension DatasetParts {
  /// The data of a folder of files named like MNIST's (`train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, and
  /// `t10k-…` for a test part, if there is one), each plain or with `.gz`.
  public init(folder: String) throws(FileError) {
    guard let training = try Dataset(folder: folder, part: "train", classes: nil) else {
      throw FileError(
        folder, nil, "no file train-images-idx3-ubyte or train-images-idx3-ubyte.gz in this folder")
    }
    let test = try Dataset(folder: folder, part: "t10k", classes: training.classNames.count)
    if let test, test.sampleShape != training.sampleShape {
      throw FileError(
        folder, nil, "the test images have shape \(test.sampleShape), the training images \(training.sampleShape)")
    }
    self.init(training: training, test: test)
  }
}

extension Dataset {
  /// One part of a folder; nil where its images are not there.
  fileprivate init?(folder: String, part: String, classes: Int?) throws(FileError) {
    guard let images = existing("\(folder)/\(part)-images", "idx3-ubyte") else { return nil }
    guard let labels = existing("\(folder)/\(part)-labels", "idx1-ubyte") else {
      throw FileError(folder, nil, "\(part)-images-idx3-ubyte is here, but \(part)-labels-idx1-ubyte is not")
    }
    try self.init(images: images, labels: labels, name: folder, classes: classes)
  }

  /// Images and labels from two IDX files.
  ///
  /// - Parameter classes: the number of classes if it is known; otherwise the largest label tells.
  public init(images: String, labels: String, name: String, classes: Int? = nil) throws(FileError) {
    let pixels = try IDX(try readFile(images), file: images, dimensions: 2...4)
    let digits = try IDX(try readFile(labels), file: labels, dimensions: 1...1)
    guard pixels.shape[0] == digits.shape[0] else {
      throw FileError(labels, nil, "\(digits.shape[0]) labels for the \(pixels.shape[0]) images of \(images)")
    }
    guard !pixels.bytes.isEmpty else { throw FileError(images, nil, "there are no images in this file") }
    let classCount = classes ?? Int(digits.bytes.max() ?? 0) + 1
    let different = Set(digits.bytes).count
    if classes == nil, different < classCount / 2, let sample = digits.bytes.firstIndex(of: UInt8(classCount - 1)) {
      throw FileError(
        labels, .byte(8 + sample),
        "label \(classCount - 1) of sample \(sample + 1) is out of range: only \(different) different labels occur")
    }
    if let sample = digits.bytes.firstIndex(where: { $0 >= classCount }) {
      throw FileError(
        labels, .byte(8 + sample), "label \(digits.bytes[sample]) of sample \(sample + 1) is not in 0..<\(classCount)")
    }
    self.init(
      name: name, kind: .pixels(white: 255), inputs: .bytes(pixels.bytes), sampleShape: Array(pixels.shape.dropFirst()),
      labels: Labels(digits.bytes.map(Int.init)), classNames: (0..<classCount).map(String.init))
  }
}

/// The first spelling of a file's name that exists.
private func existing(_ stem: String, _ ending: String) -> String? {
  ["-\(ending)", "-\(ending).gz", ".\(ending)", ".\(ending).gz"].lazy.map { stem + $0 }.first(where: fileExists)
}
