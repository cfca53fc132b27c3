/// What becomes of records in which a value is missing: where a field is empty, or holds `NA`, `N/A`, `nan`, `NaN`, `null`,
/// `?` or `-`. A class is missing where its field is any of these but `-`, which is the name of a class in many tables.
public enum MissingValues: String, CaseIterable, Sendable {
  /// They are errors that name the line and the column.
  case error

  /// They are left out.
  case drop

  /// The mean of the column takes the place of the value, as `InputScaling` found it in the training part. Until then the
  /// value is not a number (`Double.nan`). A missing class is an error.
  case mean

  static let marks = ["", "NA", "N/A", "nan", "NaN", "null", "?", "-"]

  /// How an error tells what can be done.
  static let advice = "--missing drop leaves such records out, --missing mean puts the column's mean there"
}

/// Whether a field of the column of classes says that the class is missing.
@inline(__always)
func marksMissingClass(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
  guard text.count <= 4, let first = text.first else { return text.isEmpty }
  guard first == UInt8(ascii: "N") || first == UInt8(ascii: "n") || first == UInt8(ascii: "?") else { return false }
  return MissingValues.marks.contains { text.elementsEqual($0.utf8) }
}

extension DelimitedText {
  /// Whether a field says that its value is missing.
  func isMissing(_ field: Field) -> Bool {
    field.range.count <= 4 && MissingValues.marks.contains { bytes[field.range].elementsEqual($0.utf8) }
  }

  func isMissingClass(_ field: Field) -> Bool {
    bytes.withUnsafeBufferPointer { marksMissingClass(UnsafeBufferPointer(rebasing: $0[field.range])) }
  }

  /// Whether a record is a line of names: none of its fields, leaving out that of the classes, is a number, and they are not
  /// all missing values (unless all are empty).
  func isHeader(_ fields: [Field], without label: Int?) -> Bool {
    var hasMark = false
    var hasName = false
    for column in fields.indices where column != label {
      if number(fields[column]) != nil { return false }
      if fields[column].range.isEmpty { continue }
      if isMissing(fields[column]) { hasMark = true } else { hasName = true }
    }
    return hasName || !hasMark
  }
}
