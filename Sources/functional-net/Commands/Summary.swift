import FunctionalNet
import FunctionalNetIO

/// `functional-net summary`: the layers of a network with their sizes.
func summaryCommand(_ arguments: Arguments) throws {
  let batch = try arguments.integer("batch_size", in: 1...1_000_000_000)!
  let network: Sequential<Float>
  let sampleShape: [Int]
  if arguments.positional.isEmpty {
    let shape = try arguments.inputShape()!
    let classes = try arguments.integer("classes", in: 1...1_000_000_000)!
    let settings = try NetworkSettings(arguments)
    (network, sampleShape) = try settings.network(inputShape: shape, outputs: classes)
  } else {
    for flag in ["hidden_neurons", "dropout", "classes"] where arguments.isGiven(flag) {
      throw UsageError("argument --\(flag): the model says it")
    }
    let model = try ModelFile(arguments).model(Float.self)
    network = model.network
    sampleShape = try network.sampleShape(for: model.description.inputShape)
  }
  let shapes = try network.shapes(for: sampleShape)
  let sizes = network.sizes(for: sampleShape)
  let total = network.size(for: sampleShape)
  // In training, what every layer makes is kept for the way back, and there are parameters, gradients and a velocity.
  let numbers = shapes.reduce(0.0) { $0 + $1.reduce(1.0) { $0 * Double($1) } } * Double(batch)
  let bytes = 4 * (numbers + 3 * Double(total.parameters))
  if arguments.isGiven("json") {
    let layers = network.layers.indices.map { i in
      JSON.members([
        "position": .integer(i + 1), "layer": .string(network.layers[i].notation), "output_shape": json(shapes[i + 1]),
        "parameters": .integer(sizes[i].parameters), "multiply_adds": .integer(sizes[i].multiplyAdds),
      ])
    }
    Stream.output.line(
      JSON.members([
        "event": .string("summary"), "network": .string(network.notation), "input_shape": json(sampleShape),
        "layers": .array(layers), "parameters": .integer(total.parameters),
        "multiply_adds": .integer(total.multiplyAdds), "training_bytes": .number(bytes),
      ]).description)
    return
  }
  let names = network.layers.map(\.notation)
  let width = max(12, (names.map(\.count).max() ?? 0) + 2)
  func row(_ cells: [String]) {
    Stream.output.line(
      right(cells[0], 5) + "  " + left(cells[1], width) + left(cells[2], 18) + right(cells[3], 14) + right(cells[4], 16)
    )
  }
  row(["", "layer", "output", "parameters", "multiply-adds"])
  row(["", "(input)", text(sampleShape), "", ""])
  for (i, size) in sizes.enumerated() {
    row([String(i + 1), names[i], text(shapes[i + 1]), grouped(size.parameters), grouped(size.multiplyAdds)])
  }
  row(["", "total", "", grouped(total.parameters), grouped(total.multiplyAdds)])
  Stream.output.line(
    "\(fixed(Double(total.parameters) * 4 / 1e6, 3)) MB of parameters; about \(fixed(bytes / 1e6, 1)) MB to train with "
      + "momentum on batches of \(grouped(batch)), in Float")
}

private func text(_ shape: [Int]) -> String { shape.map(String.init).joined(separator: "×") }

private func json(_ shape: [Int]) -> JSON { .array(shape.map { .integer($0) }) }
