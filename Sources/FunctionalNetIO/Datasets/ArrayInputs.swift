import FunctionalNet

/// The inputs of samples, from an array whose first dimension counts them.
///
/// - `[n]` and `[n, k]` are columns of measurements; unsigned bytes `[n, k]` with one above 127 are pixels.
/// - Arrays of more dimensions are images. Those from 0 to 1 are left as they are, those from 0 to 255 are pixels with a
///   white of 255, those from 0 to more are pixels with their largest as white, and others are left as they are.
/// - Images with their channels last become `[n, c, h, w]`; `ImageLayout` says which those are.
///
/// Images that are whole numbers from 0 to 255 are kept as bytes, whatever type the file has them in.
public struct ArrayInputs: Sendable {
  public let kind: Dataset.Kind
  public let inputs: Dataset.Inputs

  /// The shape of one sample; `[1]` for an array of one dimension.
  public let sampleShape: [Int]

  /// How they were read as images, where they might have been read in another way.
  public let notes: [DataNote]

  /// The number of samples.
  public let count: Int

  init(_ array: FileArray, _ origin: ArrayOrigin) throws(FileError) {
    try checkNumbers(array, origin)
    guard let count = array.shape.first, let bounds = array.elements.bounds else {
      throw origin.error("holds no samples: its shape is \(array.shape)")
    }
    self.count = count
    let isTable = array.shape.count <= 2
    if isTable {
      var isBytes = false
      if case .bytes = array.elements { isBytes = true }
      kind = isBytes && bounds.upperBound > 127 ? .pixels(white: 255) : .columns
    } else if bounds.lowerBound < 0 || bounds.upperBound <= 1 {
      kind = .plain
    } else {
      kind = .pixels(white: max(255, bounds.upperBound))
    }
    let shape = array.shape.count == 1 ? [1] : Array(array.shape.dropFirst())
    let layout = ImageLayout(shape)
    notes = layout.map { $0.isCertain ? [] : [DataNote("\($0)")] } ?? []
    sampleShape = layout?.channelsFirst ?? shape
    let elements = layout.map(array.elements.withChannelsFirst) ?? array.elements
    let arranged = kind == .columns ? .numbers(elements.numbers) : elements
    inputs =
      switch arranged {
      case .bytes(let bytes): .bytes(bytes)
      case .numbers(let numbers): (isTable ? nil : bytes(numbers, bounds)).map { .bytes($0) } ?? .numbers(numbers)
      }
  }
}

/// Numbers as the bytes that they are; nil where one is not a whole number from 0 to 255.
private func bytes(_ numbers: [Double], _ bounds: ClosedRange<Double>) -> [UInt8]? {
  guard bounds.lowerBound >= 0, bounds.upperBound <= 255, numbers.allSatisfy({ $0 == $0.rounded(.down) }) else {
    return nil
  }
  return numbers.map { UInt8($0) }
}

/// - Throws: `FileError` where an element is not finite, or too large for its square to be a number.
private func checkNumbers(_ array: FileArray, _ origin: ArrayOrigin) throws(FileError) {
  guard case .numbers(let numbers) = array.elements, let place = numbers.firstIndex(where: { !(abs($0) <= 1e100) })
  else { return }
  let what = numbers[place].isFinite ? "too large" : "not a finite number"
  throw origin.error("element \(indices(of: place, in: array.shape)) is \(numbers[place]), \(what)")
}

// MARK: Inputs without classes

extension ArrayInputs {
  /// The inputs to classify in a `.npy`, `.npz` or HDF5 file.
  ///
  /// - Parameters:
  ///   - size: the number of inputs that a sample must have.
  ///   - keys: the names of arrays; the first of its inputs that the file has is taken, those of the test part before
  ///     those of the training part. Without keys, the name is guessed.
  ///   - labelColumn: which column of a table in a `.npy` file to leave out; none where it is nil.
  public init(
    contentsOf path: String, size: Int, keys: ArrayKeys? = nil, labelColumn: LabelColumn? = nil
  ) throws(FileError) {
    let origin: ArrayOrigin
    if let format = ArrayFormat(path: path), format.hasNames {
      let file = try namedArrays(path)
      let wanted = keys.map { [$0.test?.x, $0.x].compactMap { $0 } }
      let name =
        if let wanted { wanted.lazy.compactMap(file.known).first } else {
          ArrayKeys.guessedInputs(among: file.names)
        }
      guard let name else {
        let problem = wanted.map { "there is no array \(listed($0))" } ?? "no array has a common name of inputs"
        throw FileError(path, nil, "\(problem); name it with --keys INPUTS; the file has \(file.listing)")
      }
      origin = ArrayOrigin(file: path, array: name)
      try self.init(try file.array(name), origin)
    } else {
      let array = try FileArray(npy: try gunzip(try readFile(path), file: path), file: path)
      origin = ArrayOrigin(file: path)
      let table = try labelColumn.map { column throws(FileError) in
        try ArrayTable(array, labelColumn: column, origin)
      }
      try self.init(table?.inputs ?? array, origin)
    }
    let found = sampleShape.reduce(1, *)
    guard found == size else {
      let isTable = labelColumn == nil && kind == .columns && found == size + 1
      let advice = isTable ? "; if one of the columns holds the classes, --label_column says which" : ""
      throw origin.error("samples have \(quantity(found, "input")), but the network takes \(size)\(advice)")
    }
  }
}
