// Networks as text: layers in order, such as `conv2d(8,3) relu maxpool2d(2) flatten linear(10)`. Arguments go by position or by
// name, a pair is `(3,2)`, and input sizes are inferred. A model file carries the same text.

extension Sequential {
  /// The network that a text describes.
  ///
  /// - Parameter initializer: how the weights of linear layers and convolutions begin.
  /// - Throws: `NotationError` that names the place.
  public init(notation: String, initializer: Initializer = .xavier) throws(NotationError) {
    var parser = NotationParser(notation)
    let calls = try parser.calls(endingWith: nil)
    self.init(try calls.map { call throws(NotationError) in try layer(call, initializer) })
    if layers.isEmpty { throw NotationError(position: 0, "a network has at least one layer") }
  }
}

/// What is wrong with the description of a network.
public struct NotationError: Error, Equatable, CustomStringConvertible {
  /// The place in the text, from 0.
  public let position: Int
  public let message: String

  /// The name that is not that of a layer, where the message does not say which layer it stands for.
  public let unknownName: String?

  init(position: Int, unknownName: String? = nil, _ message: String) {
    (self.position, self.unknownName, self.message) = (position, unknownName, message)
  }

  public var description: String { "at character \(position + 1): \(message)" }
}

/// The names of all layers in the notation of networks.
public let layerNames = [
  "linear", "conv2d", "maxpool2d", "avgpool2d", "batchnorm1d", "batchnorm2d", "layernorm", "dropout", "flatten",
  "residual",
  "relu", "leakyrelu", "sigmoid", "tanh", "abs", "gelu", "elu", "softmax",
]

/// The layer that a name and its arguments stand for.
private func layer<S: Real>(
  _ call: NotationParser.Call, _ initializer: Initializer
) throws(NotationError) -> any Layer<S> {
  var arguments = call
  let made: any Layer<S>
  switch call.name {
  case "linear": made = Linear<S>(try arguments.count("outputs"), initializer: initializer)
  case "conv2d":
    made = Conv2D<S>(
      try arguments.count("outputs"), kernel: try arguments.size("kernel", least: 1) ?? 3,
      stride: try arguments.size("stride", least: 1) ?? 1, padding: try arguments.size("padding", least: 0) ?? 0,
      initializer: initializer)
  case "maxpool2d":
    let kernel = try arguments.size("kernel", least: 1) ?? 2
    made = MaxPool2D<S>(kernel, stride: try arguments.size("stride", least: 1) ?? kernel)
  case "avgpool2d":
    let kernel = try arguments.size("kernel", least: 1) ?? 2
    made = AveragePool2D<S>(kernel, stride: try arguments.size("stride", least: 1) ?? kernel)
  case "batchnorm1d":
    made = BatchNorm1D<S>(
      epsilon: try arguments.namedNumber("epsilon", "more than 0") { $0 > 0 } ?? 1e-5,
      momentum: try arguments.namedNumber("momentum", "0 to 1") { 0 <= $0 && $0 <= 1 } ?? 0.1)
  case "batchnorm2d":
    made = BatchNorm2D<S>(
      epsilon: try arguments.namedNumber("epsilon", "more than 0") { $0 > 0 } ?? 1e-5,
      momentum: try arguments.namedNumber("momentum", "0 to 1") { 0 <= $0 && $0 <= 1 } ?? 0.1)
  case "layernorm": made = LayerNorm<S>(epsilon: try arguments.namedNumber("epsilon", "more than 0") { $0 > 0 } ?? 1e-5)
  case "dropout":
    made = Dropout<S>(
      try arguments.number("probability", "0 or more and less than 1") { 0 <= $0 && $0 < 1 } ?? 0.5)
  case "flatten": made = Flatten<S>()
  case "relu": made = ReLU<S>()
  case "leakyrelu": made = LeakyReLU<S>(slope: try arguments.number("slope", "a number") { _ in true } ?? 0.01)
  case "sigmoid": made = Sigmoid<S>()
  case "tanh": made = Tanh<S>()
  case "abs": made = Abs<S>()
  case "gelu": made = GELU<S>()
  case "elu": made = ELU<S>(alpha: try arguments.number("alpha", "a number") { _ in true } ?? 1)
  case "softmax": made = Softmax<S>()
  case "residual", "sequential":
    func network(_ calls: [NotationParser.Call]) throws(NotationError) -> Sequential<S> {
      Sequential(try calls.map { call throws(NotationError) in try layer(call, initializer) })
    }
    guard let body = arguments.takeNetwork(), !body.isEmpty else {
      throw NotationError(position: call.position, "\(call.name) takes a network in brackets")
    }
    let first = try network(body)
    made = call.name == "sequential" ? first : Residual(first, shortcut: try network(arguments.takeNetwork() ?? []))
  default:
    if let own = nameHere(of: call.name) {
      throw NotationError(position: call.position, "there is no layer '\(call.name)'; did you mean \(own)?")
    }
    throw NotationError(
      position: call.position, unknownName: call.name,
      "there is no layer '\(call.name)'; there are \(layerNames.joined(separator: ", "))")
  }
  try arguments.requireNothingLeft()
  return made
}

// MARK: Parsing

private struct NotationParser {
  /// A layer with its arguments.
  struct Call {
    let name: String
    let position: Int
    var arguments: [Argument] = []
  }

  struct Argument {
    /// nil where it goes by its position.
    let name: String?
    let value: Value
    let position: Int
  }

  enum Value: CustomStringConvertible {
    case number(Double)
    case pair(Double, Double)
    case network([Call])

    var description: String {
      switch self {
      case .number(let value): FunctionalNet.number(value)
      case .pair(let first, let second): "(\(FunctionalNet.number(first)),\(FunctionalNet.number(second)))"
      case .network: "layers"
      }
    }
  }

  private let text: [Character]
  private var place = 0

  /// What looks like one character may be megabytes of marks, which take a long time to compare; no layer has such.
  init(_ text: String) { self.text = text.map { $0.utf8.count > 64 ? "\u{FFFD}" : $0 } }

  private var next: Character? { place < text.count ? text[place] : nil }

  private mutating func skipSpace() { while next?.isWhitespace == true { place += 1 } }

  private mutating func take(_ character: Character) -> Bool {
    skipSpace()
    guard next == character else { return false }
    place += 1
    return true
  }

  private func wrong(_ message: String, at position: Int? = nil) -> NotationError {
    NotationError(position: position ?? place, message)
  }

  /// Layers up to one of these characters, or to the end.
  mutating func calls(endingWith ends: String?, depth: Int = 0) throws(NotationError) -> [Call] {
    var calls: [Call] = []
    while true {
      skipSpace()
      guard let character = next else {
        if ends != nil { throw wrong("a bracket is not closed") }
        return calls
      }
      if let ends, ends.contains(character) { return calls }
      calls.append(try call(depth: depth))
    }
  }

  private mutating func call(depth: Int) throws(NotationError) -> Call {
    let start = place
    guard let first = next, first.isASCII, first.isLetter else {
      throw wrong("expected the name of a layer, not '\(next.map(String.init) ?? "")'")
    }
    var call = Call(name: word(), position: start)
    let spaces = place
    guard take("(") else {
      place = spaces
      return call
    }
    if depth > 20 { throw wrong("brackets are too deep", at: start) }
    if take(")") { return call }
    if ["residual", "sequential"].contains(call.name) {
      call.arguments.append(
        Argument(name: nil, value: .network(try calls(endingWith: ",)", depth: depth + 1)), position: start))
      if take(",") {
        call.arguments.append(
          Argument(name: nil, value: .network(try calls(endingWith: ")", depth: depth + 1)), position: start))
      }
      guard take(")") else { throw wrong("expected )") }
      return call
    }
    repeat { call.arguments.append(try argument()) } while take(",")
    guard take(")") else { throw wrong("expected , or )") }
    return call
  }

  private mutating func word() -> String {
    let start = place
    while let character = next, character.isASCII, character.isLetter || character.isNumber || character == "_" {
      place += 1
    }
    return String(text[start..<place]).lowercased()
  }

  private mutating func argument() throws(NotationError) -> Argument {
    skipSpace()
    let start = place
    var name: String?
    if let first = next, first.isLetter {
      name = word()
      guard take("=") else { throw wrong("expected = after '\(name ?? "")'") }
    }
    if take("(") {
      let first = try number()
      guard take(",") else { throw wrong("expected , in a pair") }
      let second = try number()
      guard take(")") else { throw wrong("expected ) after a pair") }
      return Argument(name: name, value: .pair(first, second), position: start)
    }
    return Argument(name: name, value: .number(try number()), position: start)
  }

  private mutating func number() throws(NotationError) -> Double {
    skipSpace()
    let start = place
    while let character = next, character.isASCII, character.isNumber || "+-.eE".contains(character) { place += 1 }
    let text = String(text[start..<place])
    guard let value = Double(text), value.isFinite else {
      throw wrong("expected a number, not '\(text.isEmpty ? next.map(String.init) ?? "" : text)'", at: start)
    }
    return value
  }
}

extension NotationParser.Call {
  /// The next argument by position, or the one of this name.
  fileprivate mutating func take(_ name: String) throws(NotationError) -> NotationParser.Argument? {
    let named = arguments.indices.filter { arguments[$0].name == name }
    if named.count > 1 { throw NotationError(position: arguments[named[1]].position, "'\(name)' is given twice") }
    if let index = named.first { return arguments.remove(at: index) }
    if let first = arguments.first, first.name == nil { return arguments.removeFirst() }
    return nil
  }

  /// A number of things that must be given.
  mutating func count(_ argument: String) throws(NotationError) -> Int {
    guard let found = try take(argument) else {
      throw NotationError(position: position, "\(name) takes the number of \(argument), as in \(name)(10)")
    }
    guard case .number(let value) = found.value, value == value.rounded(), 1 <= value, value <= 1e9 else {
      throw NotationError(
        position: found.position, "\(name): \(argument) is a whole number from 1 to a billion, not \(found.value)")
    }
    return Int(value)
  }

  mutating func number(
    _ argument: String, _ expected: String, where isGood: (Double) -> Bool
  ) throws(NotationError) -> Double? {
    guard let found = try take(argument) else { return nil }
    guard case .number(let value) = found.value, isGood(value) else {
      throw NotationError(position: found.position, "\(name): \(argument) is \(expected), not \(found.value)")
    }
    return value
  }

  /// A number that goes by its name only: where others give a size, nobody should mean another number.
  mutating func namedNumber(
    _ argument: String, _ expected: String, where isGood: (Double) -> Bool
  ) throws(NotationError) -> Double? {
    if let first = arguments.first, first.name == nil {
      throw NotationError(
        position: first.position,
        "\(name) takes its size from its input; its other numbers have names, as in \(argument)=0.01")
    }
    return try number(argument, expected, where: isGood)
  }

  mutating func size(_ argument: String, least: Int) throws(NotationError) -> Size2D? {
    guard let found = try take(argument) else { return nil }
    let (height, width): (Double, Double)
    switch found.value {
    case .number(let value): (height, width) = (value, value)
    case .pair(let first, let second): (height, width) = (first, second)
    case .network: (height, width) = (.nan, .nan)
    }
    guard height == height.rounded(), width == width.rounded(), min(height, width) >= Double(least),
      max(height, width) <= 4096
    else {
      throw NotationError(
        position: found.position,
        "\(name): \(argument) is a whole number from \(least) to 4096, or a pair such as (3,2), not \(found.value)")
    }
    return Size2D(Int(height), Int(width))
  }

  fileprivate mutating func takeNetwork() -> [NotationParser.Call]? {
    guard let first = arguments.first, case .network(let calls) = first.value else { return nil }
    arguments.removeFirst()
    return calls
  }

  func requireNothingLeft() throws(NotationError) {
    guard let extra = arguments.first else { return }
    throw NotationError(
      position: extra.position,
      extra.name.map { "\(name) has no argument '\($0)', or it is given twice" }
        ?? "\(name) takes fewer arguments\(name == "linear" ? ": the number of outputs; inputs are inferred" : "")")
  }
}
