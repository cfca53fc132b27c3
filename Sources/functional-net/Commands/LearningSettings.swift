import FunctionalNet
import FunctionalNetIO

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
    lr = try arguments.number("lr", "more than 0") { $0 > 0 } ?? Self.defaultRates[optimizer] ?? 0.03
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

  /// The default learning rates of optimizers that 0.03 does not suit: it is too large for adaptive ones, and too small for
  /// `sgd`, because a momentum of 0.9 makes steps up to ten times as large.
  private static let defaultRates = ["sgd": 0.1, "adagrad": 0.01, "rmsprop": 0.001, "adam": 0.001, "adamw": 0.001]

  /// The loss to measure a model with: the one that its file names, or, where it names none of `losses`, one that suits the
  /// outputs.
  ///
  /// - Throws: `Failure` where the file names a loss that needs more outputs than there are.
  static func loss<S>(measuring model: Model<S>, outputs: Int, path: String) throws(Failure) -> Loss<S> {
    guard let name = model.description.settings["loss"]?.stringValue, losses.contains(name) else {
      if outputs > 1 { return .crossEntropy() }
      return model.network.outputActivation == .sigmoid ? .meanSquared : .binaryCrossEntropy
    }
    let loss: Loss<S> = loss(name)
    if loss.activation == .softmax, outputs < 2 {
      throw .file("\(path): its settings name the loss \(name), which needs two outputs or more; the network has one")
    }
    return loss
  }

  func loss<S: Real>(_ type: S.Type = S.self) -> Loss<S> { Self.loss(loss) }

  /// The loss of a name.
  static func loss<S: Real>(_ name: String, _ type: S.Type = S.self) -> Loss<S> {
    switch name {
    case "mean_squared": .meanSquared
    case "half_squared_sum": .halfSquaredSum
    case "mean_absolute": .meanAbsolute
    case "huber": .huber()
    case "binary_cross_entropy": .binaryCrossEntropy
    default: .crossEntropy()
    }
  }

  /// The learning rate at every step of a training of so many epochs.
  func rate(epochs: Int, stepsPerEpoch: Int) -> Schedule {
    schedule.rate(lr, epochs: epochs, stepsPerEpoch: stepsPerEpoch)
  }

  func optimizer<P: Parameters>(_ type: P.Type = P.self, rate: Schedule) -> Optimizer<P> {
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
