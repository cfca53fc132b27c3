/// A part of a line, and how much it matters: those of the highest rank are left out first where there is no room for all.
struct LinePart {
  let text: String
  let rank: Int

  init(_ text: String, rank: Int) { (self.text, self.rank) = (text, rank) }
}

extension [LinePart] {
  /// The texts that fit, two spaces apart, into so many columns. Where not even one fits, it is the one that matters most.
  func fitting(columns: Int) -> [String] {
    var kept = self
    while kept.count > 1, kept.map(\.text).line.count > columns {
      let last = kept.indices.max { kept[$0].rank < kept[$1].rank }!
      kept.remove(at: last)
    }
    return kept.map(\.text)
  }
}

extension [String] {
  /// Parts as one line.
  var line: String { joined(separator: "  ") }
}
