import FunctionalNet
import TestSupport
import Testing

@testable import functional_net

/// Lines that are too long for a terminal keep what matters most.
@Suite struct TerminalLines {
  /// The result of an epoch with this loss and an accuracy of 0.75 on each part.
  private func line(_ loss: Double, hasTest: Bool = true, columns: Int, epoch: Int = 10, of epochs: Int = 10) -> String
  {
    let part = Evaluation(loss: loss, confusion: [[2, 1], [0, 1]])
    return EpochResult(epoch: epoch, training: part, test: hasTest ? part : nil)
      .lineParts(of: epochs, seconds: 0.25, rate: 3_598_904).fitting(columns: columns).line
  }

  @Test(arguments: [
    (
      1000,
      "epoch 10/10  loss 0.0914  accuracy 0.7500  test loss 0.0914  test accuracy 0.7500  0.25 s  3,598,904 samples/s"
    ),
    (109, "epoch 10/10  loss 0.0914  accuracy 0.7500  test loss 0.0914  test accuracy 0.7500  0.25 s"),
    (79, "epoch 10/10  loss 0.0914  test loss 0.0914  test accuracy 0.7500"),
    (63, "epoch 10/10  test loss 0.0914  test accuracy 0.7500"),
    (39, "epoch 10/10  test accuracy 0.7500"), (30, "epoch 10/10"), (3, "epoch 10/10"),
  ]) func theTestAccuracyStaysLongest(columns: Int, expected: String) {
    #expect(line(0.0914, columns: columns) == expected)
  }

  @Test func withoutATestPartItIsTheTrainingAccuracy() {
    #expect(
      line(0.0914, hasTest: false, columns: 79)
        == "epoch 10/10  loss 0.0914  accuracy 0.7500  0.25 s  3,598,904 samples/s")
    #expect(line(0.0914, hasTest: false, columns: 39) == "epoch 10/10  accuracy 0.7500")
  }

  @Test func longNumbersLeaveTheTestFiguresAtEightyColumns() {
    #expect(line(1.2e-9, columns: 79) == "epoch 10/10  loss 1.20e-9  test loss 1.20e-9  test accuracy 0.7500")
    #expect(
      line(1.2e-9, columns: 79, epoch: 999_999, of: 1_000_000)
        == "epoch  999999/1000000  loss 1.20e-9  test loss 1.20e-9  test accuracy 0.7500")
    #expect(line(1.5e300, columns: 39) == "epoch 10/10  test accuracy 0.7500")
  }

  /// Whatever the parts: what is left is in order, fits, and is all that matters more than the first part that does not fit.
  @Test(arguments: seeds(30)) func whatMattersMostStays(seed: Int) {
    var random = Random(seed: seed)
    let ranks = random.key().permutation(seed % 6 + 1)
    let parts = ranks.map { LinePart(String(repeating: "x", count: random.int(1...9)) + "\($0)", rank: $0) }
    for columns in 0..<80 {
      let texts = parts.fitting(columns: columns)
      let kept = parts.filter { $0.rank < texts.count }
      #expect(texts == kept.map(\.text) && (texts.count == 1 || texts.line.count <= columns))
      let more = parts.filter { $0.rank <= texts.count }.map(\.text)
      #expect(texts.count == parts.count || more.line.count > columns)
    }
  }
}
