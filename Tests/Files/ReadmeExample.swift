import FunctionalNet
import FunctionalNetIO
import TestSupport
import Testing

@Suite struct ReadmeExample {
  /// The README's first block of Swift, compiled and run: the lines between the marks are its lines.
  @Test func itTrains() throws {
    func print(_ text: String) { printed.append(text) }
    var printed: [String] = []
    // README begins
    let (training, test) = try DatasetParts("digits").split(testFraction: 0.2, key: Key(1))
    let scaling = InputScaling(fitting: training)
    let samples: Samples<Float> = training.samples(scaling: scaling)

    let params = Params<Float>.initial(inputs: 64, hidden: 100, classes: 10, key: Key(2))
    let trainer = Trainer(params: params, optimizer: .momentum(lr: 0.1, momentum: 0.9))
    let batches = samples.batches(of: 32, epochs: 0..<10, key: Key(3))
    let trained = batches.reduce(trainer.start, trainer.next).params

    let result = evaluate(params: trained, on: test.samples(scaling: scaling))
    print("accuracy \(result.accuracy)")
    // README ends
    #expect(printed.count == 1 && result.accuracy > 0.95)
  }

  @Test func itIsWhatTheReadmeSays() throws {
    let root = String(#filePath.dropLast("Tests/Files/ReadmeExample.swift".count))
    func lines(_ path: String) throws -> [Substring] {
      String(decoding: try readFile(path), as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    }
    let readme = try lines(root + "README.md").drop { $0 != "```swift" }.dropFirst().prefix { $0 != "```" }
    let here = try lines(#filePath).drop { !$0.hasSuffix("// README begins") }.dropFirst().prefix {
      !$0.hasSuffix("// README ends")
    }
    #expect(here.count > 10)
    #expect(readme.drop { $0.hasPrefix("import ") || $0.isEmpty } == here.map { $0.dropFirst(4) }[...])
  }
}
