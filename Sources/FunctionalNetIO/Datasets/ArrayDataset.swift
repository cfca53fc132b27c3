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
    guard let asked = keys ?? .guessed(among: file.names), asked.y != nil else {
      throw FileError(file.file, nil, "its arrays have no names that are common; \(advice)\(file.listing)")
    }
    let keys = try asked.map { (name) throws(FileError) in
      if let known = file.known(name) { return known }
      throw FileError(file.file, nil, "there is no array '\(name)'; \(advice)\(file.listing)")
    }
    let training = try Dataset(file, try ArrayInputs(file, keys.x), labels: keys.y!, classes: nil)
    guard let test = keys.test else {
      self.init(training: training)
      return
    }
    let held = try Dataset(file, try ArrayInputs(file, test.x), labels: test.y, classes: training.classNames.count)
    guard held.sampleShape == training.sampleShape else {
      throw FileError(
        file.file, .array(test.x),
        "samples of shape \(held.sampleShape), but those of '\(keys.x)' have \(training.sampleShape)")
    }
    self.init(training: training, test: held)
  }
}

extension ArrayInputs {
  /// The inputs of an array with a name.
  fileprivate init(_ file: any NamedArrays, _ name: String) throws(FileError) {
    try self.init(try file.array(name), ArrayOrigin(file: file.file, array: name))
  }
}

extension Dataset {
  /// Samples with the labels of an array.
  ///
  /// - Parameter classes: the number of classes if it is known.
  fileprivate init(
    _ file: any NamedArrays, _ inputs: ArrayInputs, labels name: String, classes: Int?
  ) throws(FileError) {
    let labels = try ArrayLabels(
      try file.array(name), count: inputs.count, classes: classes, ArrayOrigin(file: file.file, array: name))
    self.init(
      name: file.file, kind: inputs.kind, inputs: inputs.inputs, sampleShape: inputs.sampleShape,
      labels: Labels(labels.indices), classNames: (0..<labels.classes).map(String.init))
    notes = inputs.notes
  }
}
