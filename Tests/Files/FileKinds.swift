import FunctionalNet
import FunctionalNetIO
import TestSupport
import Testing

/// Files that are given as something else are named for what they are, by every reader.
@Suite struct FileKinds {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + Array("IHDR".utf8)
  private static let json = Array("{\n  \"a\": [1, 2]\n}\n".utf8)
  private static let csv = Array("a,b,c\n1,2,cat\n3,4,dog\n".utf8)
  private static let html = Array("<!DOCTYPE html><html><body>404</body></html>".utf8)
  private static let pytorch = Zip.bytes(of: [("archive/data.pkl", [0x80, 2]), ("archive/version", [0x33])])
  private static let oldPyTorch: [UInt8] = [
    0x80, 2, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E,
  ]
  private static let pickle: [UInt8] = [0x80, 4, 0x95, 0x10, 0, 0, 0, 0, 0, 0, 0]
  private static let zip = Zip.bytes(of: [("readme.txt", Array("hello".utf8))])
  private static let hdf5: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0]
  private static let array = FileArray(shape: [2, 2], elements: .numbers([1, 2, 3, 4]))
  private static let network = Params<Float>.initial(inputs: 2, hidden: 3, classes: 2, key: Key(1))

  private static func safetensors() -> [UInt8] { Safetensors.bytes(of: network, metadata: [:]) }

  private static func onnx() throws -> [UInt8] {
    try Model(params: network, description: ModelDescription(classNames: ["a", "b"], inputShape: [2], scaling: .none))
      .onnx()
  }

  /// What readers of networks say.
  @Test func insteadOfANetwork() throws {
    for (bytes, text) in [
      (
        Self.png,
        "this is a PNG image, not a network or a checkpoint, which are safetensors"
      ),
      (Self.json, "this is JSON text"), (Self.csv, "this is text, such as a table in CSV"),
      (Self.html, "this is HTML or XML"),
      (Self.pytorch, "this is a PyTorch file"),
      (Self.oldPyTorch, "safetensors.torch.save_file(model.state_dict(), FILE)"),
      (Self.pickle, "this is a file of Python's pickle"), (Self.zip, "this is a ZIP archive"),
      (Self.hdf5, "an HDF5 file"),
      (NPZ.bytes(of: [("x", Self.array)]), "this is an archive of NumPy's arrays"),
      (NPY.bytes(of: Self.array), "(.npy)"),
      (try Self.onnx(), "this is an ONNX file"), (try readFile(fixture("idx/t10k-images-idx3-ubyte")), "one IDX file"),
      (try readFile(fixture("idx/train-labels-idx1-ubyte.gz")), "this is gzip data"),
    ] {
      let found = failure { _ = try Safetensors(bytes, file: "f") }
      #expect(found.hasPrefix("f: this is ") && found.contains(text) && !found.contains("header"), "\(found)")
    }
  }

  /// What readers of data say, under a name without an ending that they know.
  @Test func insteadOfADataSet() throws {
    let path = "\(folder.path)/data"
    for (bytes, text) in [
      (Self.png, "save all images as one array, with np.savez(FILE, x=…, y=…)"),
      (Self.json, "this is JSON text; save it as a"),
      (Self.html, "perhaps the page of a download that failed"), (Self.pytorch, "this is a PyTorch file"),
      (Self.pickle, "pickle; save its arrays with np.savez(FILE, x=…, y=…)"),
      (Self.zip, "this is a ZIP archive; unpack it"),
      (Self.safetensors(), "this is a safetensors file, which holds the tensors of a network; give the samples"),
      (try Self.onnx(), "this is an ONNX file; give the samples"), (Self.hdf5, "give it a name that ends in .h5"),
      (
        try readFile(fixture("idx/t10k-images-idx3-ubyte")),
        "one IDX file; name the folder that holds images and labels"
      ),
    ] {
      try writeFile(path, bytes)
      for found in [failure { _ = try DatasetParts(path) }, failure { _ = try UnlabelledInputs(path, size: 2) }] {
        let isImages = text.hasPrefix("one IDX") && found.contains("samples have")  // which may be classified
        #expect(found.hasPrefix("\(path): this is ") && found.contains(text) || isImages, "\(found)")
      }
    }
    try writeFile(path, Self.csv)
    #expect(try DatasetParts(path).training.count == 2)
  }

  @Test func insteadOfArrays() throws {
    for (name, found) in [
      ("npy", failure { _ = try FileArray(npy: Self.csv, file: "f") }),
      ("npz", failure { _ = try NPZ(Self.csv, file: "f") }),
    ] {
      #expect(
        found.hasPrefix("f: this is text, such as a table in CSV, not an ") && found.contains("(.\(name))"), "\(found)")
    }
    #expect(failure { _ = try NPZ(NPY.bytes(of: Self.array), file: "f") }.contains("give it a name that ends in .npy"))
    #expect(failure { _ = try NPZ(Self.pytorch, file: "f") }.hasPrefix("f: this is a PyTorch file"))
    #expect(
      failure { _ = try NPZ(Self.zip, file: "f") }.hasPrefix("f: this is a ZIP archive, not an archive of NumPy's"))
    #expect(
      failure { _ = try IDX(Self.png, file: "f", dimensions: 1...1) }.hasPrefix(
        "f: this is a PNG image, not an IDX file; "))
  }

  /// Tables that begin like something else are tables.
  @Test(arguments: ["<DATE>,<OPEN>,kind", "[a],[b],kind", "{x},{y},kind", "PAR1,PAR2,kind", "PKa,PKb,kind", "é,ü,kind"])
  func headersOfTablesAreTables(header: String) throws {
    let path = "\(folder.path)/data.csv"
    try writeText("\(header)\n1,2,cat\n3,4,dog\n", path)
    #expect(try DatasetParts(path).training.count == 2)
    var inputs = try UnlabelledInputs(path, size: 2, table: TableOptions(labelColumn: .last))
    #expect(try inputs.next(atMost: 5) != nil)
  }
}
