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
  private static let office = Zip.bytes(of: [("[Content_Types].xml", Array("<Types/>".utf8))])
  private static let bmp: [UInt8] = Array("BM".utf8) + [0x36, 0x30, 0, 0, 0, 0, 0, 0, 0x36, 0, 0, 0]
  private static let webP: [UInt8] = Array("RIFF".utf8) + [0x24, 0, 0, 0] + Array("WEBPVP8X".utf8) + [10, 0, 0, 0]
  private static let gguf: [UInt8] = Array("GGUF".utf8) + [3, 0, 0, 0, 1, 0, 0, 0]
  private static let parquet: [UInt8] = Array("PAR1".utf8) + [0x15, 4, 0x15, 0x20] + Array("PAR1".utf8)
  private static let lettersOfParquet = Array("PAR1abcdPAR1".utf8)
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
      (Self.hdf5, "an HDF5 file"), (Self.gguf, "this is a GGUF file"), (Self.parquet, "a file of Parquet"),
      (Self.office, "this is an Office document"),
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
      (Self.office, "this is an Office document (such as .xlsx, .docx or .ods); save the sheet as CSV"),
      (Zip.bytes(of: [("mimetype", Array("application/x".utf8))]), "save the sheet as CSV"),
      (Zip.bytes(of: [("xl/workbook.xml", Array("<workbook/>".utf8))]), "save the sheet as CSV"),
      (Self.bmp, "this is a BMP image; save all images as one array"), (Self.webP, "this is a WebP image; save all"),
      (Self.parquet, "this is a file of Parquet; save it as a table"), (Self.lettersOfParquet, "a file of Parquet"),
      (Self.gguf, "this is a GGUF file, which holds the tensors of a language model; give the samples"),
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

  /// PyTorch's archive, here with a directory that is not where it should be, named as NumPy's.
  @Test func aKnownArchiveIsNamedWhereItsDirectoryIsDamaged() {
    #expect(failure { _ = try NPZ(Self.pytorch.dropLast(20) + [], file: "f") }.hasPrefix("f: this is a PyTorch file"))
    #expect(!failure { _ = try NPZ(Self.zip.dropLast(20) + [], file: "f") }.contains("this is"))
  }

  /// With libhdf5 and without it.
  @Test func insteadOfHDF5() throws {
    let path = "\(folder.path)/x.h5"
    for (bytes, text) in [
      (Self.png, "this is a PNG image, not an HDF5 file"), (Self.json, "this is JSON text, not an HDF5 file"),
      (Self.pytorch, "this is a PyTorch file"), (Self.zip, "this is a ZIP archive"),
      (Self.csv, "give a table a name that ends in .csv"), ([], "the file is empty, not an HDF5 file"),
    ] {
      try writeFile(path, bytes)
      let found = failure { _ = try DatasetParts(path) }
      #expect(found.hasPrefix("\(path): ") && found.contains(text), "\(found)")
    }
  }

  @Test func emptyFilesAreSaidToBeEmpty() {
    for (found, text) in [
      (
        failure { _ = try Safetensors([], file: "f") },
        "not a network or a checkpoint, which are safetensors files; give"
      ),
      (failure { _ = try FileArray(npy: [], file: "f") }, "not an array of NumPy's"),
      (failure { _ = try NPZ([], file: "f") }, "not an archive of NumPy's arrays"),
      (failure { _ = try IDX([], file: "f", dimensions: 1...1) }, "not an IDX file"),
    ] {
      #expect(found.hasPrefix("f: the file is empty, \(text)"), "\(found)")
    }
  }

  /// Tables that begin like something else are tables.
  @Test(arguments: [
    "<DATE>,<OPEN>,kind", "[a],[b],kind", "{x},{y},kind", "PAR1,PAR2,kind", "PKa,PKb,kind", "é,ü,kind", "BMI,age,kind",
    "RIFF,b,WEBP", "RIFF,abcWEBP,kind", "GGUF,x,kind", "PAR1,b,xPAR1",
  ])
  func headersOfTablesAreTables(header: String) throws {
    let path = "\(folder.path)/data.csv"
    try writeText("\(header)\n1,2,cat\n3,4,PAR1", path)
    #expect(try DatasetParts(path).training.count == 2)
    var inputs = try UnlabelledInputs(path, size: 2, table: TableOptions(labelColumn: .last))
    #expect(try inputs.next(atMost: 5) != nil)
  }
}
