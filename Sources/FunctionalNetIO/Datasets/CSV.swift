import FunctionalNet

/// Numbers in columns, with a class in one of them.
///
/// The first record may be a header, as `DelimitedText.hasHeader` decides. A comment right before the first record, with as many
/// fields, names the columns as well, as numpy.savetxt writes it: it never decides what is data. Classes are numbers or words; in
/// order of value where all are numbers, of the alphabet otherwise.
extension Dataset {
  /// - Throws: `FileError` where the file is no such table, or where missing values are to be given the mean and `kind` is not
  ///   `.columns`.
  public init(
    csv contents: [UInt8], file: String, options: TableOptions = TableOptions(), kind: Kind = .columns
  ) throws(FileError) {
    try self.init(csv: contents, file: file, options: options, kind: kind, parts: { min(Threads.count, $0 >> 16) })
  }

  /// - Parameter parts: in how many parts to read so many bytes, on as many threads. The result does not depend on it.
  init(
    csv contents: [UInt8], file: String, options: TableOptions = TableOptions(), kind: Kind = .columns,
    parts: (Int) -> Int
  ) throws(FileError) {
    let missing = options.missing
    guard missing != .mean || kind == .columns else {
      throw FileError(file, nil, "missing values are filled with the mean only where the numbers are columns")
    }
    var text = try DelimitedText(try gunzip(contents, file: file), file: file)
    if let separator = options.separator { text.delimiter = separator.byte } else { try text.chooseSeparator() }
    let layout = try TableLayout(labelled: &text, options)
    guard let label = layout.label else { throw FileError(file, nil, "there is no column of classes") }
    let records = TableRecords(
      layout, missing: missing, missingAdvice: MissingValues.advice,
      numberAdvice: "; the classes are taken from column \(label + 1) (--label_column names another)")
    let (numbers, result) = try records.all(of: text, parts: parts)
    guard result.count + result.incomplete > 0 else {
      let comments = result.comments == 0 ? "" : ", only \(result.comments) lines that begin with #, which are comments"
      throw FileError(file, nil, "there is a header line, but no data\(comments)")
    }
    guard result.count > 0 else {
      throw FileError(file, nil, "a value is missing in every record; --missing drop leaves nothing")
    }
    let (labels, names) = try result.words.classes(column: label, file: file)
    self.init(
      name: file, kind: kind, inputs: .numbers(numbers), sampleShape: [layout.inputs], labels: labels,
      classNames: names, missing: missing, incomplete: result.incomplete)
    columnNames = layout.columnNames
    notes = layout.notes + commentNotes(result.comments, layout)
    if kind == .columns { notes += indexColumnNotes }
    if missing == .mean && incomplete > 0, let empty = emptyColumn {
      let column = layout.columnOfInput[empty]
      let name = layout.names.map { " ('\($0[column])')" } ?? ""
      throw FileError(file, nil, "column \(column + 1)\(name): every value is missing; leave the column out")
    }
  }
}

/// What is to be known of lines that were left out because they begin with `#`, but for one that names the columns.
func commentNotes(_ comments: Int, _ layout: TableLayout) -> [DataNote] {
  let count = comments - (layout.names != nil && !layout.hasHeader ? 1 : 0)
  guard count > 0 else { return [] }
  return [DataNote("\(count == 1 ? "1 line that begins" : "\(count) lines that begin") with # left out as comments")]
}
