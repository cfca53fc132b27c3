/// What a column of a table is.
enum ColumnRole: Equatable {
  /// The input of this number.
  case input(Int)
  case label

  /// A column that nothing is read from.
  case ignored
}

/// What the columns of a table are, as its first record and the options say.
struct TableLayout {
  let roles: [ColumnRole]

  /// The names of the columns, where a header or a comment has them.
  let names: [String]?
  let hasHeader: Bool
  let notes: [DataNote]

  /// The column of the classes; nil where there is none.
  var label: Int? { roles.firstIndex(of: .label) }

  /// The number of inputs of a record.
  var inputs: Int { columnOfInput.count }

  /// For each input, the column that holds it.
  var columnOfInput: [Int] {
    let columns = roles.enumerated().compactMap { column, role in
      if case .input(let input) = role { (input: input, column: column) } else { nil }
    }
    return columns.sorted { $0.input < $1.input }.map(\.column)
  }

  /// The names by which a network can know its inputs and its classes.
  var columnNames: ColumnNames? {
    guard let names, Set(names.map(\.comparableName)).count == names.count || hasHeader else { return nil }
    return ColumnNames(inputs: columnOfInput.map { names[$0] }, label: label.map { names[$0] })
  }

  private init(_ roles: [ColumnRole], _ first: FirstRecord, hasHeader: Bool, _ notes: [DataNote]) {
    (self.roles, self.hasHeader, self.notes) = (roles, hasHeader, notes)
    names = hasHeader ? first.texts : first.commented
  }
}

extension TableLayout {
  /// The layout of a table with a column of classes. Afterwards the text is behind the header, if there is one.
  init(labelled text: inout DelimitedText, _ options: TableOptions) throws(FileError) {
    let first = try text.firstRecord()
    guard first.count > 1 else {
      throw FileError(text.file, .line(first.line), "one column; expected columns of numbers and one of classes")
    }
    let known = options.columnNames
    let named = known?.label.flatMap { first.texts.contains($0) ? LabelColumn.named($0) : nil }
    let asked = named ?? options.labelColumn ?? .last
    var label = try asked.index(in: first, hasHeader: options.hasHeader, file: text.file)
    var (hasHeader, notes) = try text.hasHeader(ofLabelled: first, label: label, options)
    guard hasHeader else {
      if case .named(let name) = asked, first.commented?.contains(name) != true {
        throw FileError(text.file, .line(first.line), "no header line names a column '\(name)'")
      }
      text.goBack()
      self.init(allInputs(of: first.count, without: label, is: .label), first, hasHeader: false, notes)
      return
    }
    label = asked.index(in: first.texts, otherwise: label, &notes)
    if let known {
      if named == nil, let name = known.label {
        throw FileError(
          text.file, .line(first.line),
          "no column is named '\(name)', which held the classes in training; --label_column names the one that does here; "
            + "the file has \(listed(first.texts))")
      }
      let roles = try matched(first, known, label: label, file: text.file)
      self.init(roles, first, hasHeader: true, notes + ignored(first.texts, roles, but: nil))
      return
    }
    try first.checkNames(label: label, isAsked: options.labelColumn != nil, file: text.file)
    self.init(allInputs(of: first.count, without: label, is: .label), first, hasHeader: true, notes)
  }

  /// The layout of a table whose records a network of `size` inputs is to classify. Afterwards the text is behind the header, if
  /// there is one.
  ///
  /// Columns are known by their names where both the network and the file have names; otherwise by their positions, and then
  /// there must be as many of them as inputs, and one more where the options name a column of classes.
  init(unlabelled text: inout DelimitedText, size: Int, _ options: TableOptions) throws(FileError) {
    let first = try text.firstRecord()
    var label = try options.labelColumn?.index(in: first, hasHeader: options.hasHeader, file: text.file)
    let hasHeader = try text.hasHeader(first, label: label, options)
    if hasHeader, let known = options.columnNames {
      let roles = try matched(first, known, label: nil, file: text.file)
      self.init(roles, first, hasHeader: true, ignored(first.texts, roles, but: known.label))
      return
    }
    var notes: [DataNote] = []
    if hasHeader {
      notes.append(DataNote("the network does not know the names of its inputs, so columns are taken in their order"))
      if let index = label { label = options.labelColumn?.index(in: first.texts, otherwise: index, &notes) }
    }
    guard first.count == size + (label == nil ? 0 : 1) else {
      let leftOut = label == nil ? "" : ", of which that of the classes is left out"
      let advice =
        label == nil && first.count > size ? "; if one of the columns holds the classes, --label_column says which" : ""
      throw FileError(
        text.file, .line(first.line),
        "records have \(first.count) columns\(leftOut), but the network takes \(size) inputs\(advice)")
    }
    if !hasHeader { text.goBack() }
    self.init(allInputs(of: first.count, without: label, is: .ignored), first, hasHeader: hasHeader, notes)
  }

  /// How well a first record fits what a network of `size` inputs expects: by its names, or else by its number of columns.
  static func rank(_ first: [String], size: Int, _ options: TableOptions) -> Int {
    if let known = options.columnNames, first.hasAll(known.inputs) { return 2 }
    return first.count == size + (options.labelColumn == nil ? 0 : 1) ? 1 : 0
  }
}

/// The roles of so many columns: all of them inputs in their order, but for one.
private func allInputs(of count: Int, without label: Int?, is role: ColumnRole) -> [ColumnRole] {
  (0..<count).map { column in
    column == label ? role : .input(label.map { column < $0 ? column : column - 1 } ?? column)
  }
}

/// The roles of a header's columns for inputs that are known by name.
///
/// - Parameter label: the column of the classes; nil where they are not read.
/// - Throws: `FileError` that lists the inputs that the header does not have, or that names one that it has twice.
private func matched(
  _ header: FirstRecord, _ known: ColumnNames, label: Int?, file: String
) throws(FileError) -> [ColumnRole] {
  func error(_ message: String) -> FileError { FileError(file, .line(header.line), message) }
  var roles = header.texts.indices.map { $0 == label ? ColumnRole.label : .ignored }
  let columns = Dictionary(grouping: header.texts.indices) { header.texts[$0].comparableName }
  var missing: [String] = []
  for (input, name) in known.inputs.enumerated() {
    let found = columns[name.comparableName] ?? []
    if found.count > 1 { throw error(repeated(name)) }
    guard let column = found.first else {
      missing.append(name)
      continue
    }
    if column == label {
      throw error("column '\(name)' is an input of the network, and cannot hold the classes as well")
    }
    roles[column] = .input(input)
  }
  if let label, let same = columns[header.texts[label].comparableName], same.count > 1 {
    throw error(repeated(header.texts[label]))
  }
  guard missing.isEmpty else {
    throw error(
      "the network takes \(listed(missing)), but no column has \(missing.count == 1 ? "this name" : "these names"); the file has "
        + listed(header.texts))
  }
  return roles
}

private func repeated(_ name: String) -> String {
  "several columns are named '\(name)'; give each of them a name of its own"
}

/// A note about the columns that are not used.
///
/// - Parameter expected: the name of a column of which nothing needs to be said.
private func ignored(_ header: [String], _ roles: [ColumnRole], but expected: String?) -> [DataNote] {
  let names = zip(header, roles).filter { $1 == .ignored && $0 != expected }.map(\.0)
  guard !names.isEmpty else { return [] }
  let which = names.count == 1 ? "column \(listed(names)) is" : "columns \(listed(names)) are"
  return [DataNote("\(which) not among the inputs of the network and left out")]
}

extension FirstRecord {
  /// Names that columns of classes commonly have.
  private static let namesOfClasses: Set = [
    "class", "classes", "label", "labels", "target", "targets", "species", "category", "outcome", "y",
  ]

  /// Checks the names of a table to learn from.
  ///
  /// - Throws: `FileError` where a name is repeated, or where nobody asked for the column of the classes and another one has the
  ///   name of such a column.
  fileprivate func checkNames(label: Int, isAsked: Bool, file: String) throws(FileError) {
    var seen: Set<String> = []
    if let name = texts.first(where: { !seen.insert($0.comparableName).inserted }) {
      throw FileError(file, .line(line), repeated(name))
    }
    guard !isAsked else { return }
    let likely = texts.indices.filter { Self.namesOfClasses.contains(texts[$0].lowercased()) }
    guard let other = likely.first, !likely.contains(label) else { return }
    throw FileError(
      file, .line(line),
      "column '\(texts[other])' may hold the classes, which are otherwise taken from the last column, '\(texts[label])': say "
        + "--label_column '\(texts[other])', or --label_column last")
  }
}
