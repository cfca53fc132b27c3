import FunctionalNet

/// Samples to classify, as a file has them: a table of numbers, the images of an IDX file, or any data set.
public struct UnlabelledInputs: Sendable {
  private let inputs: Dataset.Inputs
  private let size: Int

  /// The number of samples.
  public let count: Int

  /// - Parameters:
  ///   - source: a file, `-` for standard input, a folder of IDX files (its test part, if it has one), or a built-in set.
  ///   - size: the number of inputs that a sample must have.
  ///   - labelColumn: which column to leave out where a table has one column more.
  public init(_ source: String, size: Int, labelColumn: LabelColumn = .last) throws(FileError) {
    if DatasetParts.builtIn.contains(source) || isFolder(source) {
      let parts = try DatasetParts(source)
      let data = parts.test ?? parts.training
      if data.sampleSize != size { throw mismatch(source, nil, data.sampleSize, size) }
      self.init(data.inputs, count: data.count, size: size)
      return
    }
    let name = source == "-" ? "standard input" : source
    try self.init(contents: try readFile(source), file: name, size: size, labelColumn: labelColumn)
  }

  /// The samples of a table or of an IDX file, plain or gzip, from its bytes.
  init(contents: [UInt8], file name: String, size: Int, labelColumn: LabelColumn = .last) throws(FileError) {
    let bytes = try gunzip(contents, file: name)
    if bytes.starts(with: [0, 0]) {
      let images = try IDX(bytes, file: name, dimensions: 2...4)
      let found = images.shape.dropFirst().reduce(1, *)
      if found != size { throw mismatch(name, nil, found, size) }
      self.init(.bytes(images.bytes), count: images.shape[0], size: size)
    } else {
      let numbers = try table(bytes, file: name, size: size, labelColumn: labelColumn)
      self.init(.numbers(numbers), count: numbers.count / max(1, size), size: size)
    }
  }

  private init(_ inputs: Dataset.Inputs, count: Int, size: Int) {
    (self.inputs, self.count, self.size) = (inputs, count, size)
  }

  /// Some of the samples.
  public subscript(range: Range<Int>) -> Dataset.Inputs {
    let part = range.lowerBound * size..<range.upperBound * size
    return switch inputs {
    case .bytes(let bytes): .bytes(Array(bytes[part]))
    case .numbers(let numbers): .numbers(Array(numbers[part]))
    }
  }
}

private func mismatch(_ file: String, _ place: FileError.Place?, _ found: Int, _ expected: Int) -> FileError {
  FileError(file, place, "samples have \(found) inputs, but the network takes \(expected)")
}

/// The numbers of a table with `size` columns, or with one more, which is left out.
private func table(
  _ bytes: [UInt8], file: String, size: Int, labelColumn: LabelColumn
) throws(FileError) -> [Double] {
  var text = DelimitedText(bytes, file: file, delimiter: likelyDelimiter(bytes))
  var fields: [DelimitedText.Field] = []
  guard try text.next(&fields) else { throw FileError(file, nil, "there is no data in this file") }
  guard fields.count == size || fields.count == size + 1 else {
    throw mismatch(file, .line(text.line), fields.count, size)
  }
  let columns = fields.count
  let first = fields.map(text.text)
  guard first.allSatisfy(isStreamSafe) else { throw FileError(file, .line(text.line), notStreamSafe) }
  let label = columns == size ? nil : try labelColumn.position(in: first, file: file)
  var numbers: [Double] = []
  var isFirst = true
  repeat {
    defer { isFirst = false }
    guard fields.count == columns else {
      throw FileError(file, .line(text.line), "expected \(columns) columns as in the first line, found \(fields.count)")
    }
    if isFirst && text.isHeader(fields, without: label) { continue }
    for column in fields.indices where column != label {
      guard let number = text.number(fields[column]) else {
        throw FileError(
          file, .line(text.line), "column \(column + 1): '\(text.text(fields[column]))' is not a finite number")
      }
      numbers.append(number)
    }
  } while try text.next(&fields)
  return numbers
}
