/// Whether a text has at most 30 combining marks in a row, as Unicode's stream-safe texts have (Unicode Standard Annex #15,
/// section 13). No writing has more; and Swift puts such marks in order to compare texts, in a time that grows with the square
/// of their number, so a text of some megabytes of them would never be done.
func isStreamSafe(_ text: String) -> Bool {
  var marks = 0
  for scalar in text.unicodeScalars {
    let isMark = scalar.value >= 0x300 && scalar.properties.canonicalCombiningClass != .notReordered
    marks = isMark ? marks + 1 : 0
    if marks > 30 { return false }
  }
  return true
}

/// What is said of a text that is not.
let notStreamSafe = "a text with more than 30 combining marks in a row"
