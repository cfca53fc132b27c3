import FunctionalNet

/// Labelled samples as a file has them, before they are scaled and given a precision.
public struct Dataset: Sendable {
  /// The inputs, sample after sample.
  public enum Inputs: Equatable, Sendable {
    case bytes([UInt8])
    case numbers([Double])

    /// All of them as Doubles.
    var numbers: [Double] {
      switch self {
      case .bytes(let bytes): bytes.map(Double.init)
      case .numbers(let numbers): numbers
      }
    }
  }

  /// What the numbers are, which decides how they are scaled.
  public enum Kind: Sendable, Equatable {
    /// Pixels from 0 to `white`, all divided by `white`.
    case pixels(white: Double)

    /// Columns of measurements, each standardised.
    case columns

    /// Numbers that are to be left as they are.
    case plain
  }

  /// Where the data came from: the name of a built-in set, or a path.
  public let name: String
  public let kind: Kind
  public private(set) var inputs: Inputs

  /// The shape of one sample, such as `[28, 28]` or `[4]`.
  public internal(set) var sampleShape: [Int]
  public private(set) var labels: Labels

  /// The name of each class, in the order of the labels' numbers.
  public private(set) var classNames: [String]

  /// The names of the columns of a table that has a header.
  public internal(set) var columnNames: ColumnNames?

  /// What became of missing values when the data was read; with `.mean` they are not numbers, until they are scaled.
  public let missing: MissingValues

  /// The records in which values were missing, as far as they were not errors: in all data that was read, of which this may
  /// be a part.
  public let incomplete: Int

  /// What a person should know of how the data was read.
  public internal(set) var notes: [DataNote] = []

  public init(
    name: String, kind: Kind, inputs: Inputs, sampleShape: [Int], labels: Labels, classNames: [String],
    missing: MissingValues = .error, incomplete: Int = 0
  ) {
    (self.name, self.kind, self.inputs) = (name, kind, inputs)
    (self.sampleShape, self.labels, self.classNames) = (sampleShape, labels, classNames)
    (self.missing, self.incomplete) = (missing, incomplete)
  }

  /// The number of samples, and the number of inputs of each.
  public var count: Int { labels.count }
  public var sampleSize: Int { sampleShape.reduce(1, *) }

  /// The first input of which all samples are without a value, if there is one.
  public var emptyColumn: Int? {
    guard case .numbers(let numbers) = inputs, count > 0 else { return nil }
    return (0..<sampleSize).first { column in
      stride(from: column, to: numbers.count, by: sampleSize).allSatisfy { numbers[$0].isNaN }
    }
  }

  /// The samples `[samples, inputs]`, scaled, for a network to work on. Pixels stay bytes until they are used.
  public func samples<S: Real>(_ type: S.Type = S.self, scaling: InputScaling) -> Samples<S> {
    if case .bytes(let bytes) = inputs, scaling.isSameForAllInputs {
      let levels: Tensor<S> = scaling.applied(to: Tensor(S.converting(Array(UInt8.min...UInt8.max))))
      return Samples(bytes: bytes, shape: [count, sampleSize], levels: levels.elements, y: labels)
    }
    return Samples(x: scaling.applied(to: inputs, size: sampleSize), y: labels)
  }

  /// The inputs as they are, `[samples, inputs]`.
  public func tensor<S: Real>(_ type: S.Type = S.self) -> Tensor<S> {
    let elements =
      switch inputs {
      case .bytes(let bytes): S.converting(bytes)
      case .numbers(let numbers): S.converting(numbers)
      }
    return Tensor(shape: [count, sampleSize], elements: elements)
  }

  /// Some of the samples, in the given order.
  public func selecting(_ indices: [Int]) -> Dataset {
    func chosen<T>(_ values: [T]) -> [T] {
      var result: [T] = []
      result.reserveCapacity(indices.count * sampleSize)
      for index in indices { result += values[index * sampleSize..<(index + 1) * sampleSize] }
      return result
    }
    let part: Inputs =
      switch inputs {
      case .bytes(let bytes): .bytes(chosen(bytes))
      case .numbers(let numbers): .numbers(chosen(numbers))
      }
    var selected = self
    (selected.inputs, selected.labels) = (part, Labels(indices.map { labels.indices[$0] }))
    return selected
  }

  /// These samples and then others of the same shape and the same classes.
  fileprivate func followed(by others: Dataset) -> Dataset {
    let joined: Inputs =
      switch (inputs, others.inputs) {
      case (.bytes(let first), .bytes(let second)): .bytes(first + second)
      default: .numbers(inputs.numbers + others.inputs.numbers)
      }
    var all = self
    (all.inputs, all.labels) = (joined, Labels(labels.indices + others.labels.indices))
    return all
  }

  /// So many of the samples, drawn by `key` with each class's share; a class of one sample may be left out.
  ///
  /// - Precondition: 0 <= number <= count.
  public func some(_ number: Int, key: Key) -> Dataset {
    let drawn = labels.stratifiedSplit(testFraction: Double(number) / Double(max(1, count)), key: key).test
    return selecting(drawn)
  }

  /// The same samples with their labels counted in another list of class names, such as a model's.
  ///
  /// - Throws: `FileError` where a class is not in the list.
  public func relabelled(_ names: [String]) throws(FileError) -> Dataset {
    if names == classNames { return self }
    let positions = Dictionary(zip(names, names.indices), uniquingKeysWith: { first, _ in first })
    var indices: [Int] = []
    indices.reserveCapacity(count)
    for label in labels.indices {
      guard classNames.indices.contains(label) else {
        throw FileError(name, nil, "label \(label) is none of the \(classNames.count) classes of the data set")
      }
      guard let index = positions[classNames[label]] else {
        throw FileError(
          name, nil, "class '\(classNames[label])' is unknown to the model, whose classes are \(listed(names))")
      }
      indices.append(index)
    }
    var relabelled = self
    (relabelled.labels, relabelled.classNames) = (Labels(indices), names)
    return relabelled
  }
}

/// Names in quotes for a message, not too many.
func listed(_ names: [String]) -> String {
  names.prefix(12).map { "'\($0)'" }.joined(separator: ", ") + (names.count > 12 ? ", …" : "")
}

/// A data set in its two parts.
public struct DatasetParts: Sendable {
  public let training: Dataset

  /// The test part that the data brings with it, if it does.
  public let test: Dataset?

  public init(training: Dataset, test: Dataset? = nil) { (self.training, self.test) = (training, test) }

  /// All samples: those of the training part and then those of the test part, unless that is the same ones again.
  public var all: Dataset {
    guard let test, test.inputs != training.inputs || test.labels != training.labels else { return training }
    return training.followed(by: test)
  }

  /// The parts to train and to test on: those that the data brings, or a shuffled, stratified split of it.
  public func split(testFraction: Double, key: Key) -> (training: Dataset, test: Dataset) {
    if let test { return (training, test) }
    let (kept, held) = training.labels.stratifiedSplit(testFraction: testFraction, key: key)
    return (training.selecting(kept), training.selecting(held))
  }
}
