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
    let tail = "  loss \(shortLoss(loss))  \(grouped(Int(rate))) samples/s  ETA \(remaining)"
    let room = Stream.error.width - label.count - tail.count - 8
    let cells = min(40, room)
    let done = Int(fraction * Double(max(0, cells)))
    let bar =
      cells < 5
      ? ""
      : "  " + color.cyan(String(repeating: "━", count: done)) + String(repeating: "─", count: cells - done)
    let percent = right("\(Int(fraction * 100))%", 5)
    let plain = label.count + percent.count + tail.count + (cells < 5 ? 0 : cells + 2)
    Stream.error.write("\r\u{1B}[K" + (plain < Stream.error.width ? label + bar + percent + tail : label + percent))
  }

  /// A line that stays.
  func line(_ text: String) {
    guard isShown else { return }
    clear()
    Stream.error.line(text)
  }

  /// A line that stays, without its last parts where the terminal is too narrow for them.
  func line(parts: [String]) {
    var parts = parts
    func text() -> String { parts.joined(separator: "  ") }
    while isRedrawn && parts.count > 1 && text().count >= Stream.error.width { parts.removeLast() }
    line(text())
  }

  /// Takes the redrawn line away.
  func clear() {
    if isRedrawn && drawn != nil { Stream.error.write("\r\u{1B}[K") }
    drawn = nil
  }
}
