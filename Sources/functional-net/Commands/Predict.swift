import FunctionalNet
import FunctionalNetIO

/// `functional-net predict`: the class of each sample, and how probable each class is.
func predictCommand(_ arguments: Arguments) throws {
  _ = try arguments.useThreads()
  let file = try ModelFile(arguments)
  file.noteMissingScaling()
  if file.isDouble {
    try report(file.classifier(Double.self), arguments)
  } else {
    try report(file.classifier(Float.self), arguments)
  }
}

private func report<S: Real>(_ model: Model<S>, _ arguments: Arguments) throws {
  let names = model.description.classNames
  let settings = model.description.settings
  let size = model.description.inputShape.reduce(1, *)
  let source = arguments.text("dataset")!
  var options = try arguments.tableOptions()
  options.columnNames = model.description.columnNames
  var inputs = try UnlabelledInputs(
    source, size: size, sampleShape: model.description.inputShape, table: options,
    keys: arguments.arrayKeys(remembered: settings),
    takesMissing: model.description.scaling.fillsMissing)
  let notes = inputs.notes
  let shownSource = source == "-" ? "standard input" : source
  arguments.say(notes, of: shownSource)
  let isJSON = arguments.isGiven("json")
  var text = isJSON ? "" : (["prediction"] + names).map(quotedForCSV).joined(separator: ",") + "\n"
  var count = 0
  while let samples = try inputs.next(atMost: max(1, min(1000, (1 << 22) / max(1, size)))) {
    if count == 0, let note = model.description.scaling.rangeNote(of: samples) {
      arguments.say([note], of: shownSource)
    }
    let probabilities = try model.probabilities(samples)
    for (row, best) in probabilities.argmax().enumerated() {
      let values = probabilities.rows(row..<row + 1).elements
      count += 1
      guard values.allSatisfy(\.isFinite) else {
        Stream.output.write(text)
        throw Failure.file("sample \(count): its numbers are too large for this network, whose outputs are not finite")
      }
      if isJSON {
        let members = zip(names, values).map {
          JSON.Member(name: $0, value: S.self == Float.self ? .float(Float($1)) : .number(Double($1)))
        }
        text += JSON.members(["class": .string(names[best]), "probabilities": .object(members)]).description + "\n"
      } else {
        text += ([quotedForCSV(names[best])] + values.map(\.description)).joined(separator: ",") + "\n"
      }
    }
    Stream.output.write(text)
    text = ""
  }
  Stream.output.write(text)  // where there were no samples
  arguments.say(inputs.notes.dropFirst(notes.count), of: shownSource)
}

/// A field of CSV, in quotes where it needs them.
private func quotedForCSV(_ text: String) -> String {
  guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
  return "\"" + text.replacing("\"", with: "\"\"") + "\""
}
