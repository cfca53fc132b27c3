/// How training goes, on standard error: on a terminal a line that is redrawn, at most 15 times a second; elsewhere
/// nothing but whole lines.
final class Progress {
  private let isShown: Bool
  private let isRedrawn: Bool
  private let color: Color
  private let clock = ContinuousClock()
  private var drawn: ContinuousClock.Instant?

  /// When the line was first drawn, and how much was done then: that may be the work of an earlier run.
  private var first: (instant: ContinuousClock.Instant, fraction: Double)?

  init(isQuiet: Bool, color: Color) {
    isShown = !isQuiet
    isRedrawn = !isQuiet && Stream.error.isTerminal && environment("TERM") != "dumb"
    self.color = color
  }

  /// Whether it is time to draw the line again.
  var isDue: Bool { isRedrawn && drawn.map { clock.now - $0 >= .milliseconds(67) } ?? isRedrawn }

  /// Shows how far training is.
  ///
  /// - Parameter fraction: the part of all epochs that is done.
  func draw(_ label: String, loss: Double, fraction: Double, rate: Double) {
    let now = clock.now
    drawn = now
    let (began, before) = first ?? (now, fraction)
    first = (began, before)
    let remaining =
      fraction > before ? duration((now - began).seconds / (fraction - before) * (1 - fraction)) : "-:--"
    let parts = [
      LinePart(label, rank: 0), LinePart(right("\(Int(fraction * 100))%", 3), rank: 2),
      LinePart("loss \(shortLoss(loss))", rank: 1), LinePart("\(grouped(Int(rate))) samples/s", rank: 4),
      LinePart("ETA \(remaining)", rank: 3),
    ]
    // Three columns stay free: a terminal shows ^C there, which must not begin a new line.
    let columns = Stream.error.width - 3
    var texts = parts.fitting(columns: columns)
    let cells = min(40, columns - texts.line.count - 2)
    if cells >= 5 {
      let done = Int(fraction * Double(cells))
      texts.insert(
        color.cyan(String(repeating: "━", count: done)) + String(repeating: "─", count: cells - done), at: 1)
    }
    Stream.error.write("\r\u{1B}[K" + texts.line)
  }

  /// A line that stays.
  func line(_ text: String) {
    guard isShown else { return }
    clear()
    Stream.error.line(text)
  }

  /// A line that stays, without the parts of the highest ranks where the terminal is too narrow for all.
  func line(parts: [LinePart]) {
    line(parts.fitting(columns: isRedrawn ? Stream.error.width - 1 : .max).line)
  }

  /// Takes the redrawn line away.
  func clear() {
    if isRedrawn && drawn != nil { Stream.error.write("\r\u{1B}[K") }
    drawn = nil
  }
}
