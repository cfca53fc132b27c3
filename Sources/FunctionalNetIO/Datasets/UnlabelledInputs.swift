import FunctionalNet

/// Samples to classify, read some at a time: the rows of a table of numbers, the images of an IDX file, an array, or any
/// data set. However many a table or an IDX file holds, plain or packed by gzip, memory holds a few at once.
public struct UnlabelledInputs {
  private enum Source {
    /// Samples that are there, and how many were given.
    case samples(Dataset.Inputs, given: Int)
    case images(ImageReader)
    case table(DelimitedText, TableRecords, TableLayout)
  }

  private var source: Source
  private let size: Int

  /// What a person should know of how samples that are there were read.
  private var notesOnArrays: [DataNote] = []

  /// What was wrong behind the latest samples.
  private var failure: FileError?

  /// What a person should know of how the samples were read so far.
  public var notes: [DataNote] {
    guard case .table(let text, _, let layout) = source else { return notesOnArrays }
    return layout.notes + commentNotes(text.commentCount, layout)
  }

  /// - Parameters:
  ///   - source: a file, `-` for standard input, a folder of IDX files (its test part, if it has one), or a built-in set.
  ///   - size: the number of inputs that a sample must have.
  ///   - table: how a table is to be read; its column of classes is left out, if the options name one.
  ///   - keys: the name of the array of inputs in a file of several; where it is nil, common names are looked for.
  ///   - takesMissing: whether values may be missing, and are then not numbers (NaN); otherwise they are errors.
  /// - Throws: `FileError` where it cannot be read, or where its samples have another size.
  public init(
    _ source: String, size: Int, table: TableOptions = TableOptions(), keys: ArrayKeys? = nil,
    takesMissing: Bool = false
  ) throws(FileError) {
    guard 0 < size, size <= 1 << 30 else {
      throw FileError(source, nil, "samples of \(size) inputs are asked for; a sample has 1 to \(1 << 30)")
    }
    if ArrayFormat(path: source) != nil {
      let arrays = try ArrayInputs(contentsOf: source, size: size, keys: keys, labelColumn: table.labelColumn)
      self.init(arrays.inputs, size: size)
      notesOnArrays = arrays.notes
      return
    }
    if DatasetParts.builtIn.contains(source) || isFolder(source) {
      let parts = try DatasetParts(source)
      let data = parts.test ?? parts.training
      if data.sampleSize != size { throw mismatch(source, nil, data.sampleSize, size) }
      self.init(data.inputs, size: size)
      return
    }
    let pieces = try Pieces(path: source, name: source == "-" ? "standard input" : source)
    try self.init(pieces, size: size, table: table, takesMissing: takesMissing)
  }

  private init(_ samples: Dataset.Inputs, size: Int) {
    (source, self.size) = (.samples(samples, given: 0), size)
  }

  init(
    _ pieces: Pieces, size: Int, table: TableOptions = TableOptions(), takesMissing: Bool = false
  ) throws(FileError) {
    self.size = size
    let (start, pieces) = try pieces.unpacked().peeked(2)
    if start.starts(with: [0, 0]) {
      source = .images(try ImageReader(pieces, size: size))
      return
    }
    let (known, rest) = FileKind.isSuspect(start) ? try pieces.peeked(FileKind.lookedAt) : ([], pieces)
    if let mismatch = FileKind.mismatch(known, expected: .dataset, file: pieces.name) { throw mismatch }
    var text = try DelimitedText(rest)
    if let separator = table.separator {
      text.delimiter = separator.byte
    } else {
      try text.chooseSeparator { TableLayout.rank($0, size: size, table) }
    }
    let layout = try TableLayout(unlabelled: &text, size: size, table)
    let records = TableRecords(
      layout, missing: takesMissing ? .mean : .error,
      missingAdvice: "the network was not trained with --missing mean, which would fill it", numberAdvice: "")
    source = .table(text, records, layout)
  }

  /// The next samples: as many as are there without waiting, at least one and at most `most` (or one, if that is less); nil at
  /// the end.
  ///
  /// - Throws: `FileError` where what follows the samples given before is wrong.
  public mutating func next(atMost most: Int) throws(FileError) -> Dataset.Inputs? {
    if let failure { throw failure }
    let most = max(1, min(most, (1 << 26) / max(1, size)))  // in 512 MB at most
    switch source {
    case .samples(let samples, let given):
      let part = samples.part(given..<given + most, size: size)
      source = .samples(samples, given: given + most)
      return part
    case .images(var images):
      defer { source = .images(images) }
      let bytes = try images.next(atMost: most)
      return bytes.isEmpty ? nil : .bytes(bytes)
    case .table(var text, let records, let layout):
      source = .samples(.bytes([]), given: 0)  // so that the text is not copied
      defer { source = .table(text, records, layout) }
      var result = TableRecords.Result()
      let numbers = [Double](unsafeUninitializedCapacity: most * size) { numbers, count in
        do throws(FileError) {
          try records.read(&text, atMost: most, into: numbers.baseAddress!, result: &result, while: \.isReady)
        } catch {
          failure = error
        }
        count = result.count * size
      }
      if let failure, numbers.isEmpty { throw failure }
      return numbers.isEmpty ? nil : .numbers(numbers)
    }
  }
}

extension Dataset.Inputs {
  /// Some of the samples, as far as there are any; nil where there are none.
  fileprivate func part(_ range: Range<Int>, size: Int) -> Dataset.Inputs? {
    func part<T>(_ values: [T]) -> [T] {
      Array(values.prefix(range.upperBound * size).dropFirst(range.lowerBound * size))
    }
    switch self {
    case .bytes(let bytes):
      let part = part(bytes)
      return part.isEmpty ? nil : .bytes(part)
    case .numbers(let numbers):
      let part = part(numbers)
      return part.isEmpty ? nil : .numbers(part)
    }
  }
}

private func mismatch(_ file: String, _ place: FileError.Place?, _ found: Int, _ expected: Int) -> FileError {
  FileError(file, place, "samples have \(quantity(found, "input")), but the network takes \(expected)")
}

/// The images of an IDX file, some at a time.
private struct ImageReader {
  private let pieces: Pieces
  private let header: IDXHeader
  private let size: Int

  /// What was read and not given, the number of bytes of data that came, and the images that are still to be given.
  private var rest: ArraySlice<UInt8>
  private var seen: Int
  private var left: Int

  init(_ pieces: Pieces, size: Int) throws(FileError) {
    let (start, pieces) = try pieces.peeked(IDXHeader.longest)
    header = try IDXHeader(start, file: pieces.name, dimensions: 2...4)
    if header.elements == nil { try header.check(start.count - header.size, file: pieces.name) }
    if header.sampleSize != size { throw mismatch(pieces.name, nil, header.sampleSize, size) }
    (self.pieces, self.size, left) = (pieces, size, header.shape[0])
    rest = try pieces.next().dropFirst(header.size)  // the first piece holds all that was peeked at
    seen = rest.count
  }

  /// The bytes of at most so many images; none at the end.
  mutating func next(atMost most: Int) throws(FileError) -> [UInt8] {
    let wanted = min(most, left) * size
    while rest.count < min(size, wanted) || rest.count < wanted && pieces.isReady() {
      let piece = try pieces.next()
      if piece.isEmpty { break }
      seen += piece.count
      rest += piece
    }
    let count = min(wanted, rest.count / size * size)
    guard count > 0 else {
      while case let piece = try pieces.next(), !piece.isEmpty { seen += piece.count }
      try header.check(seen, file: pieces.name)
      return []
    }
    left -= count / size
    defer { rest = rest.dropFirst(count) }
    return Array(rest.prefix(count))
  }
}
