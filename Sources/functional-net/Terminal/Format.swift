// Numbers for people.
import FunctionalNetIO

/// A number with so many digits behind the point.
func fixed(_ value: Double, _ digits: Int) -> String {
  guard value.isFinite else { return shortest(value) }
  let power = (0..<digits).reduce(1.0) { power, _ in power * 10 }
  let scaled = (abs(value) * power).rounded()
  guard scaled < 1e15 else { return value.description }
  let whole = String(Int(scaled))
  let padded = String(repeating: "0", count: max(0, digits + 1 - whole.count)) + whole
  let sign = value < 0 && scaled > 0 ? "-" : ""
  return sign + padded.dropLast(digits) + (digits > 0 ? "." + padded.suffix(digits) : "")
}

/// The shortest text from which a number is read again. What is not a number has no sign.
func shortest(_ value: Double) -> String { value.isNaN ? "nan" : value.description }

/// The shortest text of a number, as a person would write it.
func plain(_ value: Double) -> String { JSON.number(value).description }

/// A whole number with commas between thousands.
func grouped(_ value: Int) -> String {
  let digits = Array(String(abs(value)))
  let groups = stride(from: digits.count % 3 == 0 ? 0 : digits.count % 3 - 3, to: digits.count, by: 3).map {
    String(digits[max(0, $0)..<$0 + 3])
  }
  return (value < 0 ? "-" : "") + groups.joined(separator: ",")
}

/// A loss: four digits behind the point, more where they would all be zero, fewer where the number is huge.
func shortLoss(_ value: Double) -> String {
  guard value.isFinite, value != 0 else { return fixed(value, 4) }
  return (0.0005...1e6).contains(abs(value)) ? fixed(value, 4) : scientific(value)
}

/// One digit before the point, two behind it, and a power of ten.
func scientific(_ value: Double) -> String {
  guard value.isFinite, value != 0 else { return shortest(value) }
  var exponent = 0
  var mantissa = abs(value)
  while mantissa >= 9.995 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
  while mantissa < 0.9995 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
  return (value < 0 ? "-" : "") + fixed(mantissa, 2) + "e\(exponent)"
}

/// Seconds as minutes and seconds, or hours as well.
func duration(_ seconds: Double) -> String {
  let total = Int(min(seconds, 3.6e6).rounded())
  func two(_ value: Int) -> String { (value < 10 ? "0" : "") + String(value) }
  let (hours, minutes) = (total / 3600, total / 60 % 60)
  return hours > 0 ? "\(hours):\(two(minutes)):\(two(total % 60))" : "\(minutes):\(two(total % 60))"
}

/// Text moved to the right, or to the left, of a column.
func right(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }
func left(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }

extension Duration {
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
