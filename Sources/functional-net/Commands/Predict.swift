import FunctionalNet
import FunctionalNetIO

/// `functional-net predict`: the class of each sample, and how probable each class is.
func predictCommand(_ arguments: Arguments) throws {
  _ = try arguments.useThreads()
  let file = try ModelFile(arguments)
  file.noteMissingScaling()
  if file.isDouble {
    try report(file.model(Double.self), arguments)
  } else {
    try report(file.model(Float.self), arguments)
  }
}

private func report<S: Real>(_ model: Model<S>, _ arguments: Arguments) throws {
  guard !model.description.classNames.isEmpty else {
    throw Failure.file("\(arguments.positional): the outputs of this network are numbers, not classes")
  }
  let names = model.description.classNames
  let inputs: UnlabelledInputs = try UnlabelledInputs(
    arguments.text("dataset")!, size: model.description.inputShape.reduce(1, *),
    labelColumn: arguments.labelColumn(remembered: model.description.settings))
  let isJSON = arguments.isGiven("json")
  if !isJSON { Stream.output.line((["prediction"] + names).map(quotedForCSV).joined(separator: ",")) }
  let chunk = 1000
  for start in stride(from: 0, to: inputs.count, by: chunk) {
    let probabilities = try model.probabilities(inputs[start..<min(start + chunk, inputs.count)])
    var text = ""
    for (row, best) in probabilities.argmax().enumerated() {
      let values = probabilities.rows(row..<row + 1).elements
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
  }
}

/// A field of CSV, in quotes where it needs them.
private func quotedForCSV(_ text: String) -> String {
  guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
  return "\"" + text.replacing("\"", with: "\"\"") + "\""
}
