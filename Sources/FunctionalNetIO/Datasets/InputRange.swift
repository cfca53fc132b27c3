import FunctionalNet

extension InputScaling {
  /// A warning of inputs whose numbers are far from those that a network with this scaling was trained on: pixels from 0 to 255
  /// for one that was trained on numbers from 0 to 1, for example, or the other way round. Nil where nothing is suspect, and
  /// where each input has a scaling of its own.
  ///
  /// The scaling alone tells what the training part was like: numbers from 0 to `divisor`, or, where nothing was scaled, numbers
  /// from 0 to 1 or some that were negative.
  public func rangeNote(of inputs: Dataset.Inputs) -> DataNote? {
    guard isSameForAllInputs, offset[0] == 0, let range = inputs.range, range.upperBound > 0 else { return nil }
    let (largest, white) = (range.upperBound, divisor[0])
    let isSuspect =
      self == .none ? range.lowerBound >= 0 && largest >= 16 : largest > 2 * white || white >= 16 && largest <= 1
    guard isSuspect else { return nil }
    let known =
      self == .none
      ? "numbers that were not scaled, such as those from 0 to 1" : "numbers from 0 to \(plainText(white))"
    return DataNote(
      "the largest input is \(plainText(largest)), but the network was trained on \(known); its answers mean nothing where the "
        + "scales differ", isWarning: true)
  }
}

private func plainText(_ number: Double) -> String { JSON.number(number).description }

extension Dataset.Inputs {
  /// The smallest and the largest number; nil where there is none.
  fileprivate var range: ClosedRange<Double>? {
    switch self {
    case .bytes(let bytes):
      guard let least = bytes.min(), let largest = bytes.max() else { return nil }
      return Double(least)...Double(largest)
    case .numbers(let numbers):
      let present = numbers.lazy.filter { !$0.isNaN }
      guard let least = present.min(), let largest = present.max() else { return nil }
      return least...largest
    }
  }
}
