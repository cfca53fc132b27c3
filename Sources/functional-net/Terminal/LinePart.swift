/// A part of a line with its rank: where there is no room for all parts, those of the highest rank are left out first.
struct LinePart {
  let text: String
  let rank: Int

  init(_ text: String, rank: Int) { (self.text, self.rank) = (text, rank) }
}

extension [LinePart] {
  /// The texts that fit into this number of columns, two spaces apart; at least one, of the lowest rank, even where it does not
  /// fit.
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
