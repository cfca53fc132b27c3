/// Colour on standard error: `--color` decides, then `NO_COLOR`, `CLICOLOR_FORCE`, `TERM=dumb`, then whether it is a
/// terminal.
struct Color {
  static let choices = ["auto", "always", "never"]

  let isOn: Bool

  init(_ choice: String) {
    func isSet(_ name: String) -> Bool { !(environment(name) ?? "").isEmpty }
    isOn =
      switch choice {
      case "always": true
      case "never": false
      case _ where isSet("NO_COLOR"): false
      case _ where isSet("CLICOLOR_FORCE") && environment("CLICOLOR_FORCE") != "0": true
      case _ where environment("TERM") == "dumb": false
      default: Stream.error.isTerminal
      }
  }

  func red(_ text: String) -> String { painted(text, 31) }
  func cyan(_ text: String) -> String { painted(text, 36) }

  private func painted(_ text: String, _ code: Int) -> String { isOn ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text }
}
