import FunctionalNet

/// Sixteen bytes a character while it is read, and a layer with its shapes for every few characters.
let memoryPerByte = 256

/// Networks are written as texts that give the same network. Sizes can be told for every shape that a network takes, and
/// what small ones make has the shape that was foretold.
func fuzz(_ bytes: [UInt8]) {
  let text = String(decoding: bytes, as: UTF8.self)
  guard let network = try? Sequential<Float>(notation: text) else { return }
  let written = network.notation
  guard let again = try? Sequential<Float>(notation: written) else {
    fatalError("broken law: \(written) is written, but not read")
  }
  law(again.notation == written, "\(written) is read as \(again.notation)")
  if bytes.count < 500 { law("\(again)" == "\(network)", "\(written) is not all of \(network)") }
  for shape in [[4], [1, 1], [28, 28], [3, 32, 32], [1, 1, 1, 1], [1 << 30], [1 << 40, 1 << 40]] {
    check(network, shape)
  }
}

private func check(_ network: Sequential<Float>, _ shape: [Int]) {
  guard let shape = try? network.sampleShape(for: shape), let shapes = try? network.shapes(for: shape) else { return }
  let size = network.size(for: shape)
  law(size.parameters >= 0 && size.multiplyAdds >= 0, "sizes are not negative: \(size)")
  law(network.sizes(for: shape).count == network.layers.count, "a size for each layer")
  law(shapes.allSatisfy { $0.allSatisfy { $0 > 0 } }, "lengths are 1 or more: \(shapes)")
  let largest = shapes.map { $0.reduce(1, *) }.max() ?? 0
  guard size.parameters < 500, size.multiplyAdds < 5000, largest < 200, network.notation.count < 500 else { return }
  // Wide paddings take memory that no size foretells.
  let hasWidePadding = network.notation.split { !$0.isNumber }.contains { $0.count > 1 }
  guard !network.notation.contains("padding") || !hasWidePadding else { return }
  let params = network.initialParams(for: shape, key: Key(1))
  law(params.count == size.parameters, "\(params.count) parameters, \(size.parameters) were foretold")
  let output = network(params, network.initialState(for: shape), .zeros([2] + shape))
  law(output.shape == [2] + shapes.last!, "an output of shape \(output.shape), foretold \(shapes.last!)")
}
