import FunctionalNet
import FunctionalNetIO
import TestSupport
import Testing

/// The same network from the same parameters and batches as NumPy's, in `Fixtures/two_layer.py`.
@Suite struct NumPyParity {
  private struct Run {
    let samples: Samples<Double>
    let order: [[Int]]
    let lr: Double
    let momentum: Double
    let start: Params<Double>
    let losses: [Double]
    let end: Params<Double>

    init() throws {
      let json = try JSON(parsing: readFile(fixture("two_layer.json")))
      func numbers(_ json: JSON?) throws -> [Double] {
        try #require(json?.arrayValue).map { try #require($0.doubleValue) }
      }
      func integers(_ json: JSON?) throws -> [Int] {
        try #require(json?.arrayValue).map { try #require($0.integerValue) }
      }
      let shape = try integers(json["shape"])
      func params(_ name: String) throws -> Params<Double> {
        let parts = try #require(json[name]?.arrayValue).map { try numbers($0) }
        return Params(
          w1: Tensor(shape: [shape[1], shape[2]], elements: parts[0]), b1: Tensor(parts[1]),
          w2: Tensor(shape: [shape[2], shape[3]], elements: parts[2]), b2: Tensor(parts[3]))
      }
      samples = Samples(
        x: Tensor(shape: [shape[0], shape[1]], elements: try numbers(json["x"])), y: Labels(try integers(json["y"])))
      order = try #require(json["order"]?.arrayValue).map { try integers($0) }
      (lr, momentum) = (try #require(json["lr"]?.doubleValue), try #require(json["momentum"]?.doubleValue))
      (start, end) = (try params("start"), try params("end"))
      losses = try numbers(json["losses"])
    }
  }

  private func relativeError(_ a: Double, _ b: Double) -> Double { abs(a - b) / max(abs(a), abs(b), 1e-3) }

  @Test func aHundredStepsOfMomentumAgree() throws {
    let run = try Run()
    let trainer = Trainer(params: run.start, optimizer: .momentum(lr: run.lr, momentum: run.momentum))
    let moments = Array(run.order.map { run.samples[$0] }.scan(trainer.start, trainer.next))
    #expect(moments.count == 100 && run.losses.count == 100)
    for (moment, expected) in zip(moments, run.losses) {
      #expect(relativeError(try #require(moment.loss), expected) < 1e-12, "step \(moment.step)")
    }
    for (ours, theirs) in zip(try #require(moments.last).params.named, run.end.named) {
      for (a, b) in zip(ours.tensor.elements, theirs.tensor.elements) {
        #expect(relativeError(a, b) < 1e-12, "\(ours.name): \(a), NumPy has \(b)")
      }
    }
    #expect(run.losses[0] > 1 && run.losses[99] < 0.2)  // the network learned something
  }

  /// The comparison is worth something: another momentum is told apart at once.
  @Test func anotherMomentumDoesNotAgree() throws {
    let run = try Run()
    let trainer = Trainer(params: run.start, optimizer: .momentum(lr: run.lr, momentum: 0.9000001))
    let last = run.order.map { run.samples[$0] }.reduce(trainer.start, trainer.next)
    #expect(zip(last.params.w1.elements, run.end.w1.elements).contains { relativeError($0, $1) > 1e-9 })
  }
}
