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
    names.map { names in ColumnNames(inputs: columnOfInput.map { names[$0] }, label: label.map { names[$0] }) }
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
    let (hasHeader, notes) = try text.hasHeader(ofLabelled: first, label: label, options)
    if hasHeader {
      label = asked.index(in: first.texts, otherwise: label)
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
    } else {
      if case .named(let name) = asked, first.commented?.contains(name) != true {
        throw FileError(text.file, .line(first.line), "no header line names a column '\(name)'")
      }
      text.goBack()
    }
    let roles = first.texts.indices.map { column -> ColumnRole in
      column == label ? .label : .input(column < label ? column : column - 1)
    }
    self.init(roles, first, hasHeader: hasHeader, notes)
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
    if hasHeader, let index = label {
      label = options.labelColumn?.index(in: first.texts, otherwise: index)
    }
    guard first.count == size + (label == nil ? 0 : 1) else {
      let advice = "; if one of the columns holds the classes, --label_column says which"
      throw FileError(
        text.file, .line(first.line),
        "records have \(first.count) columns, but the network takes \(size) inputs"
          + (label == nil && first.count > size ? advice : ""))
    }
    if !hasHeader { text.goBack() }
    let roles = first.texts.indices.map { column -> ColumnRole in
      column == label ? .ignored : .input(label.map { column < $0 ? column : column - 1 } ?? column)
    }
    let note = DataNote("the network does not know the names of its inputs, so columns are taken in their order")
    self.init(roles, first, hasHeader: hasHeader, hasHeader ? [note] : [])
  }

  /// How well a first record fits what a network of `size` inputs expects: by its names, or else by its number of columns.
  static func rank(_ first: [String], size: Int, _ options: TableOptions) -> Int {
    if let known = options.columnNames, Set(known.inputs).isSubset(of: first) { return 2 }
    return first.count == size + (options.labelColumn == nil ? 0 : 1) ? 1 : 0
  }
}

/// The roles of a header's columns for inputs that are known by name. Of several columns with one name the first is the first
/// input of that name, and so on.
///
/// - Parameter label: the column of the classes; nil where they are not read.
/// - Throws: `FileError` that lists the inputs that the header does not have.
private func matched(
  _ header: FirstRecord, _ known: ColumnNames, label: Int?, file: String
) throws(FileError) -> [ColumnRole] {
  var roles = header.texts.indices.map { $0 == label ? ColumnRole.label : .ignored }
  var columns = Dictionary(grouping: header.texts.indices.filter { $0 != label }.reversed()) { header.texts[$0] }
  var missing: [String] = []
  for (input, name) in known.inputs.enumerated() {
    if let column = columns[name]?.popLast() { roles[column] = .input(input) } else { missing.append(name) }
  }
  guard missing.isEmpty else {
    throw FileError(
      file, .line(header.line),
      "the network takes \(listed(missing)), but no column has \(missing.count == 1 ? "this name" : "these names"); the file has "
        + listed(header.texts))
  }
  return roles
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
