import FunctionalNet

extension DatasetParts {
  /// The data set of a `.npy`, `.npz` or HDF5 file: a table, or arrays by name.
  ///
  /// - Parameters:
  ///   - keys: the names of the arrays; where it is nil, common names are looked for.
  ///   - labelColumn: the column of the classes in a table; the last where it is nil.
  public init(
    arrays path: String, format: ArrayFormat, keys: ArrayKeys? = nil, labelColumn: LabelColumn? = nil
  ) throws(FileError) {
    if format.hasNames {
      try self.init(try namedArrays(path), keys: keys)
    } else {
      let array = try FileArray(npy: try gunzip(try readFile(path), file: path), file: path)
      self.init(training: try Dataset(npy: array, labelColumn: labelColumn ?? .last, file: path))
    }
  }

  init(_ file: any NamedArrays, keys: ArrayKeys?) throws(FileError) {
    let advice =
      "name them with --keys INPUTS,CLASSES, or with --keys INPUTS,CLASSES,TEST_INPUTS,TEST_CLASSES; the file has "
    guard let keys = keys ?? .guessed(among: file.names), let y = keys.y else {
      throw FileError(file.file, nil, "its arrays have no names that are common; \(advice)\(file.listing)")
    }
    if let missing = keys.names.first(where: { !file.names.contains($0) }) {
      throw FileError(file.file, nil, "there is no array '\(missing)'; \(advice)\(file.listing)")
    }
    let training = try Dataset(file, x: keys.x, y: y, classes: nil)
    guard let test = keys.test else {
      self.init(training: training)
      return
    }
    let held = try Dataset(file, x: test.x, y: test.y, classes: training.classNames.count)
    guard held.sampleShape == training.sampleShape else {
      throw FileError(
        file.file, .array(test.x),
        "samples of shape \(held.sampleShape), but those of '\(keys.x)' have \(training.sampleShape)")
    }
    self.init(training: training, test: held)
  }
}

extension Dataset {
  /// The samples of two arrays.
  ///
  /// - Parameter classes: the number of classes if it is known.
  fileprivate init(_ file: any NamedArrays, x: String, y: String, classes: Int?) throws(FileError) {
    let inputs = try ArrayInputs(try file.array(x), ArrayOrigin(file: file.file, array: x))
    let labels = try ArrayLabels(
      try file.array(y), count: inputs.count, classes: classes, ArrayOrigin(file: file.file, array: y))
    self.init(
      name: file.file, kind: inputs.kind, inputs: inputs.inputs, sampleShape: inputs.sampleShape,
      labels: Labels(labels.indices), classNames: (0..<labels.classes).map(String.init))
  }
}
