import CDatasets
import FunctionalNet

extension DatasetParts {
  /// The names of the data sets inside the binary.
  public static let builtIn = ["digits", "iris", "xor"]

  /// A built-in data set by its name, or whatever a path leads to: a folder of IDX files, or a `.csv` or `.tsv` file,
  /// either of them also compressed by gzip, or a `.npy`, `.npz`, `.h5` or `.hdf5` file.
  ///
  /// - Parameters:
  ///   - table: how a `.csv`, `.tsv` or `.npy` file is to be read; the built-in sets do not need it.
  ///   - keys: the names of the arrays in a file of several; where it is nil, common names are looked for.
  public init(
    _ dataset: String, table: TableOptions = TableOptions(), keys: ArrayKeys? = nil
  ) throws(FileError) {
    switch dataset {
    case "digits":
      var digits = try Dataset(csv: contents(fn_digits_csv()), file: dataset, kind: .pixels(white: 16))
      digits.sampleShape = [8, 8]
      self.init(training: digits)
    case "iris":
      self.init(training: try Dataset(csv: contents(fn_iris_csv()), file: dataset))
    case "xor":  // four samples are all there is: what is learned is what is tested
      let xor = try Dataset(csv: contents(fn_xor_csv()), file: dataset, kind: .plain)
      self.init(training: xor, test: xor)
    case _ where isFolder(dataset):
      try self.init(folder: dataset)
    case _ where dataset != "-" && !fileExists(dataset):
      let hint = dataset.contains("/") || dataset.contains(".") ? "" : DatasetParts.suggestion(for: dataset)
      throw FileError(dataset, nil, "no such file or folder\(hint)")
    default:
      if let format = ArrayFormat(path: dataset) {
        try self.init(arrays: dataset, format: format, keys: keys, labelColumn: table.labelColumn)
        return
      }
      let bytes = try gunzip(try readFile(dataset), file: dataset)
      if let mismatch = FileKind.mismatch(bytes, expected: .dataset, file: dataset) { throw mismatch }
      self.init(training: try Dataset(csv: bytes, file: dataset, options: table))
    }
  }

  private static func suggestion(for name: String) -> String {
    "; the built-in data sets are \(builtIn.joined(separator: ", "))"
  }
}

private func contents(_ file: fn_file) -> [UInt8] { Array(UnsafeBufferPointer(start: file.start, count: file.size)) }
