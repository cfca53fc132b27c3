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
      for flag in ["hidden_neurons", "dropout"] where arguments.isGiven(flag) {
        throw UsageError("argument --\(flag): with a network in notation, write it there: --network \"\(name)\"")
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
    guard outputs == [classes] || (outputs == [1] && classes == 2 && loss == "binary_cross_entropy") else {
      throw UsageError(
        "argument --network: it makes \(outputs) of a sample, but there are \(classes) classes; "
          + "end it with linear(\(classes))")
    }
    return (network, shape)
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

/// How a network is trained, as the flags say it.
struct LearningSettings {
  let optimizer: String
  let lr: Double
  let momentum: Double
  let weightDecay: Double
  let loss: String
  let schedule: ScheduleSettings

  init(_ arguments: Arguments) throws(UsageError) {
    optimizer = arguments.text("optimizer")!
    lr = try arguments.number("lr", "more than 0") { $0 > 0 } ?? Self.usualRates[optimizer] ?? 0.1
    momentum = try arguments.number("momentum", "0 or more and less than 1") { 0 <= $0 && $0 < 1 }!
    weightDecay = try arguments.number("weight_decay", "0 or more") { $0 >= 0 }!
    loss = arguments.text("loss")!
    schedule = try ScheduleSettings(arguments.text("schedule")!)
    if arguments.isGiven("momentum"), !["momentum", "nesterov"].contains(optimizer) {
      throw UsageError("argument --momentum: --optimizer \(optimizer) has none")
    }
  }

  static let optimizers = ["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"]
  static let losses = [
    "cross_entropy", "mean_squared", "half_squared_sum", "mean_absolute", "huber", "binary_cross_entropy",
  ]

  /// The learning rates of optimizers that are not happy with 0.1.
  private static let usualRates = ["adagrad": 0.01, "rmsprop": 0.001, "adam": 0.001, "adamw": 0.001]

  func loss<S: Real>(_ type: S.Type = S.self) -> Loss<S> { Self.loss(loss) }

  /// The loss of a name.
  static func loss<S: Real>(_ name: String) -> Loss<S> {
    switch name {
    case "mean_squared": .meanSquared
    case "half_squared_sum": .halfSquaredSum
    case "mean_absolute": .meanAbsolute
    case "huber": .huber()
    case "binary_cross_entropy": .binaryCrossEntropy
    default: .crossEntropy()
    }
  }

  func optimizer<P: Parameters>(
    _ type: P.Type = P.self, epochs: Int, stepsPerEpoch: Int
  ) -> Optimizer<P> {
    let rate = schedule.rate(lr, epochs: epochs, stepsPerEpoch: stepsPerEpoch)
    let plain: Optimizer<P> =
      switch optimizer {
      case "sgd": .sgd(lr: rate)
      case "nesterov": .nesterov(lr: rate, momentum: momentum)
      case "adagrad": .adagrad(lr: rate)
      case "rmsprop": .rmsprop(lr: rate)
      case "adam": .adam(lr: rate)
      case "adamw": .adamW(lr: rate, weightDecay: weightDecay)
      default: .momentum(lr: rate, momentum: momentum)
      }
    return weightDecay > 0 && optimizer != "adamw" ? .chain(.weightDecay(weightDecay), plain) : plain
  }
}

/// How the learning rate changes: words such as `warmup(2) cosine` or `step(5,0.5)`, counted in epochs.
struct ScheduleSettings {
  let text: String
  private var warmup = 0
  private var falling = Falling.constant

  private enum Falling {
    case constant, cosine
    case step(epochs: Int, factor: Double)
    case exponential(factor: Double)
    case plateau(patience: Int, factor: Double)
  }

  init(_ text: String) throws(UsageError) {
    self.text = text
    let wrong = UsageError(
      "argument --schedule: '\(text)' is none of constant, cosine, step(EPOCHS,FACTOR), exponential(FACTOR), "
        + "plateau(PATIENCE,FACTOR), with or without warmup(EPOCHS) before it; epochs are whole numbers from 1, factors more than 0 and "
        + "at most 1")
    let spaced = text.lowercased().replacing(", ", with: ",").replacing(" (", with: "(")
    var words = spaced.split(separator: " ").map(String.init)
    if let first = words.first, first.hasPrefix("warmup") {
      guard let numbers = Self.numbers(first, "warmup"), numbers.count == 1, let epochs = Int(exactly: numbers[0]),
        0 < epochs, epochs < 1 << 31
      else { throw wrong }
      warmup = epochs
      words.removeFirst()
    }
    guard words.count < 2, !(words.isEmpty && warmup == 0) else { throw wrong }
    guard let word = words.first else { return }
    if word == "constant" { return }
    if word == "cosine" {
      falling = .cosine
    } else if let numbers = Self.numbers(word, "step"), numbers.count <= 2 {
      guard let epochs = Int(exactly: numbers.first ?? 10), 0 < epochs, epochs < 1 << 31,
        Self.isFactor(numbers.dropFirst().first ?? 0.1)
      else { throw wrong }
      falling = .step(epochs: epochs, factor: numbers.dropFirst().first ?? 0.1)
    } else if let numbers = Self.numbers(word, "exponential"), numbers.count <= 1 {
      guard Self.isFactor(numbers.first ?? 0.95) else { throw wrong }
      falling = .exponential(factor: numbers.first ?? 0.95)
    } else if let numbers = Self.numbers(word, "plateau"), numbers.count <= 2 {
      guard let patience = Int(exactly: numbers.first ?? 3), 0 <= patience,
        Self.isFactor(numbers.dropFirst().first ?? 0.1)
      else { throw wrong }
      falling = .plateau(patience: patience, factor: numbers.dropFirst().first ?? 0.1)
    } else {
      throw wrong
    }
  }

  private static func isFactor(_ factor: Double) -> Bool { 0 < factor && factor <= 1 }

  /// The numbers in the brackets behind a name; nil where that is not what a word is.
  private static func numbers(_ word: String, _ name: String) -> [Double]? {
    if word == name { return [] }
    guard word.hasPrefix(name + "("), word.hasSuffix(")") else { return nil }
    let parts = word.dropFirst(name.count + 1).dropLast().split(separator: ",", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Double($0) }
    return numbers.count == parts.count && numbers.allSatisfy(\.isFinite) ? numbers : nil
  }

  func rate(_ lr: Double, epochs: Int, stepsPerEpoch: Int) -> Schedule {
    let steps = { (epochs: Int) in
      let (steps, isTooLarge) = epochs.multipliedReportingOverflow(by: stepsPerEpoch)
      return isTooLarge ? Int.max : max(1, steps)
    }
    let schedule: Schedule =
      switch falling {
      case .constant: .constant(lr)
      case .cosine: .cosine(lr, steps: steps(epochs))
      case .step(let every, let factor): .step(lr, every: steps(every), factor: factor)
      case .exponential(let factor): .step(lr, every: steps(1), factor: factor)
      case .plateau(let patience, let factor): .constant(lr).reducedOnPlateau(factor: factor, patience: patience)
      }
    return warmup > 0 ? schedule.warmedUp(over: steps(warmup)) : schedule
  }
}
