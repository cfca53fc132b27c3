import FunctionalNet
import FunctionalNetIO

/// How the learning rate changes: words such as `warmup(2) cosine` or `step(5,0.5)`, counted in epochs.
struct ScheduleSettings {
  let text: String
  private var warmup = 0
  private var falling = Falling.constant

  fileprivate enum Falling {
    case constant, cosine
    case step(epochs: Int, factor: Double)
    case exponential(factor: Double)
    case plateau(patience: Int, factor: Double)
  }

  init(_ text: String) throws(UsageError) {
    self.text = text
    let wrong = UsageError(
      "argument --schedule: '\(text)' is none of constant, cosine, step(EPOCHS,FACTOR), exponential(FACTOR), "
        + "plateau(PATIENCE,FACTOR), with or without warmup(EPOCHS) before it; epochs are whole numbers from 1, factors more than 0 and "
        + "at most 1")
    let spaced = text.lowercased().replacing(", ", with: ",").replacing(" (", with: "(")
    let words = spaced.split(separator: " ")
    var rest = words.compactMap { Call($0) }
    guard rest.count == words.count else { throw wrong }
    if let first = rest.first, first.name == "warmup" {
      guard first.numbers.count == 1, let epochs = first.whole(0, from: 1) else { throw wrong }
      warmup = epochs
      rest.removeFirst()
      if rest.isEmpty { return }
    }
    guard rest.count == 1, let falling = rest.first.flatMap(Falling.init) else { throw wrong }
    self.falling = falling
  }

  func rate(_ lr: Double, epochs: Int, stepsPerEpoch: Int) -> Schedule {
    let steps = { (epochs: Int) in
      let product = epochs.multipliedReportingOverflow(by: stepsPerEpoch)
      return product.overflow ? Int.max : max(1, product.partialValue)
    }
    let schedule: Schedule =
      switch falling {
      case .constant: .constant(lr)
      case .cosine: .cosine(lr, steps: steps(epochs))
      case .step(let every, let factor): .step(lr, every: steps(every), factor: factor)
      case .exponential(let factor): .step(lr, every: steps(1), factor: factor)
      case .plateau(let patience, let factor): .constant(lr).reducedOnPlateau(factor: factor, patience: patience)
      }
    return warmup > 0 ? schedule.warmedUp(over: steps(warmup)) : schedule
  }

  /// Whether the rate of an epoch depends on how many there will be.
  var dependsOnEpochs: Bool { if case .cosine = falling { true } else { false } }
}

extension ScheduleSettings.Falling {
  /// nil where this is not what a word stands for.
  fileprivate init?(_ call: Call) {
    switch (call.name, call.numbers.count) {
    case ("constant", 0): self = .constant
    case ("cosine", 0): self = .cosine
    case ("step", 0...2):
      guard let epochs = call.whole(0, from: 1, else: 10), let factor = call.factor(1, else: 0.1) else { return nil }
      self = .step(epochs: epochs, factor: factor)
    case ("exponential", 0...1):
      guard let factor = call.factor(0, else: 0.95) else { return nil }
      self = .exponential(factor: factor)
    case ("plateau", 0...2):
      guard let patience = call.whole(0, from: 0, else: 3), let factor = call.factor(1, else: 0.1) else { return nil }
      self = .plateau(patience: patience, factor: factor)
    default: return nil
    }
  }
}

/// A word with numbers in brackets, such as `step(5,0.5)`.
private struct Call {
  let name: Substring
  let numbers: [Double]

  /// nil where that is not what a word is.
  init?(_ word: Substring) {
    guard let bracket = word.firstIndex(of: "(") else {
      (name, numbers) = (word, [])
      return
    }
    guard word.last == ")" else { return nil }
    let parts = word[bracket...].dropFirst().dropLast().split(separator: ",", omittingEmptySubsequences: false)
    (name, numbers) = (word[..<bracket], parts.compactMap { Double($0) })
    guard numbers.count == parts.count, numbers.allSatisfy(\.isFinite) else { return nil }
  }

  /// The number at a place, if it is whole and in range; `other` where there is none.
  func whole(_ place: Int, from least: Int, else other: Int? = nil) -> Int? {
    guard numbers.indices.contains(place) else { return other }
    guard let number = Int(exactly: numbers[place]), least <= number, number < 1 << 31 else { return nil }
    return number
  }

  /// The number at a place, if it is more than 0 and at most 1; `other` where there is none.
  func factor(_ place: Int, else other: Double) -> Double? {
    guard numbers.indices.contains(place) else { return other }
    return 0 < numbers[place] && numbers[place] <= 1 ? numbers[place] : nil
  }
}
