import FunctionalNet
import FunctionalNetIO

/// `functional-net predict`: the class of each sample, and how probable each class is.
func predictCommand(_ arguments: Arguments) throws {
  _ = try arguments.useThreads()
  let path = arguments.positional
  let file = try Safetensors(try readFile(path), file: path)
  noteMissingScaling(file, path)
  if file.entries.contains(where: { $0.type == "F64" }) {
    try report(Model<Double>(file), arguments)
  } else {
    try report(Model<Float>(file), arguments)
  }
}

private func report<S: Real>(_ model: Model<S>, _ arguments: Arguments) throws {
  guard !model.description.classNames.isEmpty else {
    throw Failure.file("\(arguments.positional): the outputs of this network are numbers, not classes")
  }
  let names = model.description.classNames
  let size = model.description.inputShape.reduce(1, *)
  var inputs = try UnlabelledInputs(
    arguments.text("dataset")!, size: size,
    labelColumn: arguments.labelColumn(remembered: model.description.settings["label_column"]?.stringValue),
    takesMissing: model.description.scaling.fillsMissing)
  let isJSON = arguments.isGiven("json")
  var text = isJSON ? "" : (["prediction"] + names).map(quotedForCSV).joined(separator: ",") + "\n"
  while let samples = try inputs.next(atMost: max(1, min(1000, (1 << 22) / max(1, size)))) {
    let probabilities = try model.probabilities(samples)
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
    text = ""
  }
  Stream.output.write(text)  // where there were no samples
}

/// A field of CSV, in quotes where it needs them.
private func quotedForCSV(_ text: String) -> String {
  guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
  return "\"" + text.replacing("\"", with: "\"\"") + "\""
}
