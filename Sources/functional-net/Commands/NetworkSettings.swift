import FunctionalNet
import FunctionalNetIO

/// The network that the flags describe.
struct NetworkSettings {
  /// `two-layer`, `mlp`, `cnn` or notation.
  let name: String
  let hiddenNeurons: Int
  let dropout: Double
  let initializer: Initializer

  init(_ arguments: Arguments) throws(UsageError) {
    let text = arguments.text("network")!
    name = Self.named.contains(text.lowercased()) ? text.lowercased() : text
    hiddenNeurons = try arguments.integer("hidden_neurons", in: 1...Int.max)!
    dropout = try arguments.number("dropout", "0 or more and less than 1") { 0 <= $0 && $0 < 1 }!
    initializer = arguments.initializer
    guard hiddenNeurons <= mostParameters else {
      throw UsageError("argument --hidden_neurons: \(hiddenNeurons) units make more than a billion parameters")
    }
    if name == "cnn", arguments.isGiven("hidden_neurons") {
      throw UsageError("argument --hidden_neurons: the network cnn has no layer of hidden neurons")
    }
    if !Self.named.contains(name) {
      let inNotation = [
        ("hidden_neurons", "whose hidden neurons are the outputs of a linear layer, as in linear(\(hiddenNeurons))"),
        ("dropout", "where dropout is a layer of its own, as in dropout(\(plain(dropout)))"),
      ]
      for (flag, what) in inNotation where arguments.isGiven(flag) {
        throw UsageError("argument --\(flag): it does not go with a network in notation, \(what)")
      }
    }
  }

  static let named = ["two-layer", "mlp", "cnn"]

  /// The notation of the network for a number of outputs.
  private func notation(outputs: Int) -> String {
    let drop = dropout > 0 ? " dropout(\(plain(dropout)))" : ""
    return switch name {
    case "two-layer": "linear(\(hiddenNeurons)) relu\(drop) linear(\(outputs))"
    case "mlp": "linear(\(hiddenNeurons)) relu\(drop) linear(50) relu\(drop) linear(\(outputs))"
    case "cnn":
      "conv2d(8,padding=1) relu maxpool2d(2) conv2d(16,padding=1) relu maxpool2d(2) flatten\(drop) linear(\(outputs))"
    default: name
    }
  }

  /// The network for samples of a shape, with as many outputs as the networks that have names are to have, and the shape in
  /// which it takes them.
  func network<S: Real>(
    _ type: S.Type = S.self, inputShape: [Int], outputs: Int
  ) throws(UsageError) -> (network: Sequential<S>, sampleShape: [Int]) {
    let network: Sequential<S>
    do throws(NotationError) {
      network = try Sequential(notation: notation(outputs: outputs), initializer: initializer)
    } catch {
      let names = (name.contains { " (".contains($0) } ? [] : Self.named) + layerNames
      let advice = error.unknownName.map { didYouMean($0, names, prefix: "") } ?? ""
      throw UsageError("argument --network: \(error)\(advice)")
    }
    do throws(ShapeError) {
      let shape = try network.sampleShape(for: inputShape)
      let parameters = network.size(for: shape).parameters
      guard parameters <= mostParameters else {
        throw ShapeError(layer: "the network", "it would have \(grouped(parameters)) parameters, more than a billion")
      }
      return (network, shape)
    } catch {
      throw UsageError("argument --network: \(error)")
    }
  }

  /// The network for samples of a shape and some classes.
  func network<S: Real>(
    _ type: S.Type = S.self, inputShape: [Int], classes: Int, loss: String
  ) throws(UsageError) -> (network: Sequential<S>, sampleShape: [Int]) {
    let (network, shape) = try network(S.self, inputShape: inputShape, outputs: classes)
    let outputs = (try? network.outputShape(for: shape)) ?? []
    if outputs == [classes] { return (network, shape) }
    let isOneOfTwo = outputs == [1] && classes == 2
    let (made, applied) = (network.outputActivation, LearningSettings.loss(loss, S.self).activation)
    if isOneOfTwo, applied == .sigmoid || (applied == nil && made == .sigmoid) { return (network, shape) }
    let oneOutput =
      isOneOfTwo
      ? ", or train with --loss binary_cross_entropy\(made.map { ", without the \($0) at the end" } ?? "")" : ""
    throw UsageError(
      "argument --network: it makes \(outputs) of a sample, but there are \(classes) classes; "
        + "end it with linear(\(classes))\(oneOutput)")
  }

  /// What is wrong where the network ends with an activation that the loss applies by itself, and what else to do than to
  /// leave it out: a loss that takes it, if the network goes with that one; nil where all is well.
  func outputProblem<S>(
    of network: Sequential<S>, for loss: Loss<S>, inputShape: [Int], _ classes: Int
  ) -> (message: String, advice: String)? {
    do throws(ShapeError) {
      try network.checkOutput(for: loss)
      return nil
    } catch {
      let other = "mean_squared"
      let isTaken = (try? self.network(S.self, inputShape: inputShape, classes: classes, loss: other)) != nil
      return ("\(error)", isTaken ? ", or train with --loss \(other)" : "")
    }
  }

  /// The first parameters. Those of two layers are drawn as `Params.initial` draws them.
  func initialParams<S: Real>(_ network: Sequential<S>, sampleShape: [Int], key: Key) -> Stack<S> {
    guard network.isTwoLayer, name == "two-layer" else { return network.initialParams(for: sampleShape, key: key) }
    let classes = (try? network.outputShape(for: sampleShape))?.last ?? 0
    return Params<S>.initial(
      inputs: sampleShape[0], hidden: hiddenNeurons, classes: classes, key: key, initializer: initializer
    ).stack
  }
}

/// The most parameters that a network may have; more would not fit into the memory of most machines.
private let mostParameters = 1_000_000_000
