/// How a table is to be read, as far as the file does not say it.
public struct TableOptions: Equatable, Sendable {
  /// What separates the columns; where it is nil, the file's records tell.
  public var separator: Separator?

  /// Whether the first record names the columns; where it is nil, its contents tell.
  public var hasHeader: Bool?

  /// The column of the classes. Where it is nil, it is the last of data to learn from, unless the name of another one says that
  /// it holds the classes, which is an error; in data to classify there is none.
  public var labelColumn: LabelColumn?

  /// What becomes of missing values.
  public var missing: MissingValues

  /// The names that the columns had where a network was trained, to which those of a file with a header are matched. The name of
  /// the classes, if it is known, comes before `labelColumn`.
  public var columnNames: ColumnNames?

  public init(
    separator: Separator? = nil, hasHeader: Bool? = nil, labelColumn: LabelColumn? = nil,
    missing: MissingValues = .error, columnNames: ColumnNames? = nil
  ) {
    (self.separator, self.hasHeader, self.labelColumn) = (separator, hasHeader, labelColumn)
    (self.missing, self.columnNames) = (missing, columnNames)
  }
}

/// The names of a table's columns, by which other files are matched to it.
public struct ColumnNames: Equatable, Sendable {
  /// Those of the inputs, in the order in which a network takes them.
  public let inputs: [String]

  /// That of the classes; nil where it is not known.
  public let label: String?

  public init(inputs: [String], label: String?) { (self.inputs, self.label) = (inputs, label) }
}

/// Which column of a table holds the classes.
public enum LabelColumn: Equatable, Sendable {
  case last
  case named(String)

  /// Counted from 1.
  case position(Int)

  /// `last`, a position or a name, as a person writes it; nil for `auto`. Where the table has a header with such a number among
  /// its names, the name counts.
  public init?(_ text: String) {
    if text == "auto" { return nil }
    self = text == "last" ? .last : Int(text).map { .position($0) } ?? .named(text)
  }
}
