/// The names that the parts of a data set have in a file of several arrays.
public struct ArrayKeys: Equatable, Sendable {
  /// The inputs of the training part, and its classes; nil where only inputs are asked for.
  public let x: String
  public let y: String?

  /// Those of the test part, if there is one.
  public let test: (x: String, y: String)?

  public init(x: String, y: String? = nil, test: (x: String, y: String)? = nil) {
    (self.x, self.y, self.test) = (x, y, test)
  }

  /// The names as a person writes them, with commas between them: inputs alone, inputs and classes, or both of the training
  /// part and both of the test part. Nil where it is another number of names, or one is empty.
  public init?(_ text: String) {
    let names = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard [1, 2, 4].contains(names.count), !names.contains("") else { return nil }
    self.init(
      x: names[0], y: names.count > 1 ? names[1] : nil, test: names.count == 4 ? (names[2], names[3]) : nil)
  }

  /// Other names, each made from one of these.
  func map<E: Error>(_ name: (String) throws(E) -> String) throws(E) -> ArrayKeys {
    let (x, y) = (try name(x), try y.map(name))
    guard let test else { return ArrayKeys(x: x, y: y) }
    return ArrayKeys(x: x, y: y, test: (try name(test.x), try name(test.y)))
  }

  public static func == (a: ArrayKeys, b: ArrayKeys) -> Bool { a.names == b.names }

  /// All names, in the order in which a person writes them.
  public var names: [String] { [x] + (y.map { [$0] } ?? []) + (test.map { [$0.x, $0.y] } ?? []) }
}

// MARK: Guessing

extension ArrayKeys {
  /// Names under which arrays are commonly saved; capitals and the characters `_`, `-`, `/` and space do not count. The
  /// first pair that a file has is taken, one with a test part before others.
  private static let common: [(training: (x: String, y: String), test: (x: String, y: String)?)] = [
    (("xtrain", "ytrain"), ("xtest", "ytest")), (("xtrain", "ytrain"), ("xval", "yval")),
    (("xtrain", "ytrain"), ("xvalid", "yvalid")), (("trainx", "trainy"), ("testx", "testy")),
    (("trainimages", "trainlabels"), ("testimages", "testlabels")),
    (("trainingimages", "traininglabels"), ("testimages", "testlabels")),
    (("traindata", "trainlabels"), ("testdata", "testlabels")),
    (("traindata", "traintarget"), ("testdata", "testtarget")),
    (("traindata", "traintargets"), ("testdata", "testtargets")),
    (("trainsetx", "trainsety"), ("testsetx", "testsety")),
    (("x", "y"), nil), (("data", "target"), nil), (("data", "targets"), nil), (("data", "labels"), nil),
    (("data", "label"), nil), (("images", "labels"), nil), (("inputs", "targets"), nil), (("inputs", "labels"), nil),
    (("features", "labels"), nil), (("features", "target"), nil), (("features", "targets"), nil),
  ]

  /// The names in this list that are commonly those of a data set; nil where there are none. A name that is there in two
  /// spellings is not guessed at.
  static func guessed(among names: [String]) -> ArrayKeys? {
    let find = spellings(of: names)
    let found = common.compactMap { training, test -> ArrayKeys? in
      guard let x = find(training.x), let y = find(training.y) else { return nil }
      guard let test, let testX = find(test.x), let testY = find(test.y) else { return ArrayKeys(x: x, y: y) }
      return ArrayKeys(x: x, y: y, test: (testX, testY))
    }
    return found.first { $0.test != nil } ?? found.first
  }

  /// The name of the inputs to classify: the only array there is, or one with a common name, of a test part before others.
  static func guessedInputs(among names: [String]) -> String? {
    if names.count == 1 { return names[0] }
    let find = spellings(of: names)
    return common.lazy.compactMap { training, test in test.flatMap { find($0.x) } ?? find(training.x) }.first
  }

  /// A function from a plain name to the only one in the list that is spelled so.
  private static func spellings(of names: [String]) -> (String) -> String? {
    let known = Dictionary(grouping: names) { $0.lowercased().filter { !"_-/ ".contains($0) } }
    return { name in known[name].flatMap { $0.count == 1 ? $0[0] : nil } }
  }
}
