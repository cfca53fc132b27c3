import FunctionalNet

@testable import functional_net

/// A few words for every character.
let memoryPerByte = 128

/// A learning rate is a number from 0 to what was asked for, whatever step it is.
func fuzz(_ bytes: [UInt8]) {
  let text = String(decoding: bytes, as: UTF8.self)
  guard let settings = try? ScheduleSettings(text) else { return }
  for (epochs, steps) in [(1, 1), (10, 45), (Int.max, Int.max)] {
    let schedule = settings.rate(0.1, epochs: epochs, stepsPerEpoch: steps)
    for step in [0, 1, 1000, 1 << 40, .max] {
      let rate = schedule(FunctionalNet.Progress(step: step, history: [2, 1, 1, 1, 1, 1.5, 0.5]))
      law((0...0.1).contains(rate), "'\(text)' makes the rate \(rate) at step \(step) of \(epochs) epochs of \(steps)")
    }
  }
}
