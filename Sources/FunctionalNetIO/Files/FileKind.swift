/// What a file is, by its first bytes: for readers that were given another file than they read, to say so by name.
enum FileKind: Equatable {
  case safetensors, npy, npz, hdf5, idx, onnx, pytorch, pickle, keras
  case gguf, gzip, zip, office, json, markup, gitLFS, text

  /// Of these there are several formats, with a name each.
  case packed(String)
  case image(String)
  case document(String)
  case table(String)

  /// What files of this kind are called.
  var name: String {
    switch self {
    case .safetensors: "a safetensors file, which holds the tensors of a network"
    case .npy: "an array of NumPy's (.npy)"
    case .npz: "an archive of NumPy's arrays (.npz)"
    case .hdf5: "an HDF5 file"
    case .idx: "one IDX file"
    case .onnx: "an ONNX file"
    case .pytorch: "a PyTorch file (pickled objects, in a ZIP archive since version 1.6)"
    case .pickle: "a file of Python's pickle"
    case .keras: "a Keras file (.keras)"
    case .gguf: "a GGUF file, which holds the tensors of a language model"
    case .gzip: "gzip data"
    case .zip: "a ZIP archive"
    case .office: "an Office document (such as .xlsx, .docx or .ods)"
    case .packed(let format): "data packed by \(format)"
    case .image(let format): "a \(format) image"
    case .document(let format): "a \(format) document"
    case .table(let format): "a file of \(format)"
    case .json: "JSON text"
    case .markup: "HTML or XML text, perhaps the page of a download that failed"
    case .gitLFS: "a pointer of Git LFS, not the file itself"
    case .text: "text, such as a table in CSV"
    }
  }
}

// MARK: Recognition

extension FileKind {
  /// Bytes with which files of a kind begin, and how far from their first byte these are.
  private static let signatures: [(kind: FileKind, offset: Int, bytes: [UInt8])] = [
    (.npy, 0, NPYHeader.magic), (.hdf5, 0, [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]), (.gzip, 0, [0x1F, 0x8B]),
    (.packed("xz"), 0, [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0]),
    (.packed("bzip2"), 4, [0x31, 0x41, 0x59, 0x26, 0x53, 0x59]), (.packed("zstd"), 0, [0x28, 0xB5, 0x2F, 0xFD]),
    (.packed("7z"), 0, [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]), (.packed("tar"), 257, Array("ustar\0".utf8)),
    (.packed("tar"), 257, Array("ustar  \0".utf8)),
    (.image("PNG"), 0, [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]), (.image("JPEG"), 0, [0xFF, 0xD8, 0xFF]),
    (.image("GIF"), 0, Array("GIF89a".utf8)), (.image("TIFF"), 0, [0x49, 0x49, 0x2A, 0]),
    (.image("TIFF"), 0, [0x4D, 0x4D, 0, 0x2A]), (.document("PDF"), 0, Array("%PDF-".utf8)),
    (.table("Arrow"), 0, Array("ARROW1\0".utf8)), (.table("MATLAB"), 0, Array("MATLAB 5.0 MAT".utf8)),
    (.table("SQLite"), 0, Array("SQLite format 3\0".utf8)), (.gitLFS, 0, Array("version https://git-lfs".utf8)),
  ]

  /// How many of the first bytes are looked at.
  static let lookedAt = 512

  /// The kind of a file that begins with these bytes; nil where they tell nothing.
  init?(_ bytes: some RandomAccessCollection<UInt8>) {
    let start = Array(bytes.prefix(FileKind.lookedAt))
    if let kind = FileKind.safetensors(start) ?? FileKind.archive(start) ?? FileKind.pickled(start) {
      self = kind
    } else if let known = FileKind.signatures.first(where: { start.dropFirst($0.offset).starts(with: $0.bytes) }) {
      self = known.kind
    } else if let kind = FileKind.lettered(start) ?? FileKind.parquet(bytes) {
      self = kind
    } else if let kind = FileKind.idx(start) ?? FileKind.onnx(start) ?? FileKind.text(start) {
      self = kind
    } else {
      return nil
    }
  }

  /// The length of a header in eight bytes, and the header, which is an object of JSON.
  private static func safetensors(_ start: [UInt8]) -> FileKind? {
    guard start.count > 8, start[4..<8].allSatisfy({ $0 == 0 }) else { return nil }
    return start[8...].first { $0 > 0x20 } == UInt8(ascii: "{") ? .safetensors : nil
  }

  /// A ZIP archive is known by the name of its first entry.
  private static func archive(_ start: [UInt8]) -> FileKind? {
    guard Zip.begins(start) else { return nil }
    guard start.count >= 30 else { return .zip }
    let name = String(decoding: start.dropFirst(30).prefix(littleEndian(start, 26, 2)), as: UTF8.self)
    if name.hasSuffix(".npy") { return .npz }
    if name.hasSuffix(".pkl") || name.hasSuffix("/version") || name.contains("/data/") { return .pytorch }
    let office = ["[Content_Types].xml", "_rels/", "docProps/", "xl/", "word/", "ppt/", "mimetype"]
    if office.contains(where: name.hasPrefix) { return .office }
    return name == "metadata.json" ? .keras : .zip
  }

  /// Files that begin with letters, as a table may, and then have bytes that no text has.
  private static func lettered(_ start: [UInt8]) -> FileKind? {
    func begins(_ letters: String) -> Bool { start.starts(with: letters.utf8) }
    if begins("BM"), start.count >= 10, start[6..<10].allSatisfy({ $0 == 0 }) { return .image("BMP") }
    guard start.count > 4 else { return nil }
    if begins("PAR1"), isControl(start[4]) { return .table("Parquet") }
    if begins("GGUF"), isControl(start[4]) { return .gguf }
    let isWebP = begins("RIFF") && start.dropFirst(8).starts(with: "WEBP".utf8)
    // The length of the file, behind the first letters, and that of its first part.
    return isWebP && (start[4..<8] + start.dropFirst(16).prefix(4)).contains(where: isControl) ? .image("WebP") : nil
  }

  /// Parquet ends as it begins. So may a table whose first column and last class have this name, but that has lines.
  private static func parquet(_ bytes: some RandomAccessCollection<UInt8>) -> FileKind? {
    let mark = Array("PAR1".utf8)
    guard bytes.count >= 12, bytes.starts(with: mark), bytes.suffix(4).elementsEqual(mark) else { return nil }
    return bytes.contains(where: isControl) || !bytes.contains { $0 == 0x0A || $0 == 0x0D } ? .table("Parquet") : nil
  }

  /// Whether no text has this byte.
  private static func isControl(_ byte: UInt8) -> Bool { byte < 0x20 && !(9...13).contains(byte) || byte == 0x7F }

  /// Python's pickle of a binary protocol; PyTorch's old format begins with its own number in one.
  private static func pickled(_ start: [UInt8]) -> FileKind? {
    guard start.count > 2, start[0] == 0x80, (2...5).contains(start[1]) else { return nil }
    let pytorch: [UInt8] = [0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]
    return start.dropFirst(2).starts(with: pytorch) ? .pytorch : .pickle
  }

  /// Two zeros, the type of the elements and the number of dimensions.
  private static func idx(_ start: [UInt8]) -> FileKind? {
    start.count >= 4 && start[0] == 0 && start[1] == 0 && [8, 9, 0x0B, 0x0C, 0x0D, 0x0E].contains(start[2])
      && (1...4).contains(start[3]) ? .idx : nil
  }

  /// The version of ONNX, a small number in field 1, and then the field of a text or of the graph.
  private static func onnx(_ start: [UInt8]) -> FileKind? {
    start.count > 4 && start[0] == 0x08 && (1...64).contains(start[1])
      && [0x12, 0x1A, 0x22, 0x32, 0x3A, 0x42].contains(start[2]) ? .onnx : nil
  }

  /// Text, and JSON, HTML and XML among it.
  private static func text(_ start: [UInt8]) -> FileKind? {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let start = start.starts(with: mark) ? start.dropFirst(3) : start[...]
    // The last bytes may be a part of a character.
    guard !start.isEmpty, !start.contains(where: isControl),
      (0..<min(4, start.count)).contains(where: { isUTF8(start.dropLast($0)) })
    else {
      return nil
    }
    let text = start.drop { $0 <= 0x20 }
    let next = text.dropFirst().first { $0 > 0x20 }.map { UnicodeScalar($0) }
    switch text.first.map({ UnicodeScalar($0) }) {
    case "{" where next == "\"" || next == "}": return .json
    case "[" where next == "{" || next == "[" || next == "\"": return .json
    case "<":
      let tag = String(decoding: text.prefix(9), as: UTF8.self).lowercased()
      return ["<!doctype", "<html", "<head", "<?xml", "<svg"].contains(where: tag.hasPrefix) ? .markup : .text
    default: return .text
    }
  }

  private static func isUTF8(_ bytes: ArraySlice<UInt8>) -> Bool { String(validating: bytes, as: UTF8.self) != nil }
}

// MARK: What to do

extension FileKind {
  /// What a reader expects.
  enum Purpose {
    case network, dataset, idx, npy, npz, hdf5

    fileprivate var kind: FileKind {
      switch self {
      case .network: .safetensors
      case .dataset: .text
      case .idx: .idx
      case .npy: .npy
      case .npz: .npz
      case .hdf5: .hdf5
      }
    }

    fileprivate var negation: String {
      switch self {
      case .network: ", not a network or a checkpoint, which are safetensors files"
      case .dataset: ""
      case .idx: ", not an IDX file"
      case .npy: ", not an array of NumPy's (.npy)"
      case .npz: ", not an archive of NumPy's arrays (.npz)"
      case .hdf5: ", not an HDF5 file"
      }
    }

    /// What to say of a file without bytes; nil where that is left to the reader.
    fileprivate var empty: String? {
      switch self {
      case .dataset: nil
      case .network: "the file is empty\(negation); give the file that --save or --checkpoint wrote"
      default: "the file is empty\(negation)"
      }
    }
  }

  /// What to say of a file that begins with these bytes where a reader expects another one; nil where it is what the reader
  /// expects, or cannot be known.
  static func mismatch(
    _ start: some RandomAccessCollection<UInt8>, expected purpose: Purpose, file: String
  ) -> FileError? {
    if start.isEmpty { return purpose.empty.map { FileError(file, nil, $0) } }
    guard let kind = FileKind(start), kind != purpose.kind else { return nil }
    return FileError(
      file, nil, "this is \(kind.name)\(purpose.negation); \(purpose == .network ? kind.asNetwork : kind.asData)")
  }

  /// What to say of the file at a path, as far as its first bytes tell.
  ///
  /// - Throws: `FileError` where the file cannot be read.
  static func mismatch(at path: String, expected purpose: Purpose) throws(FileError) -> FileError? {
    mismatch(try Pieces(path: path, name: path).peeked(lookedAt).start, expected: purpose, file: path)
  }

  /// Whether what begins with these bytes, two or more, may be something else than a table of text, so that more of it should
  /// be looked at. Letters with which tables begin as well count only with what follows them, if it is there already: nobody
  /// should have to wait for it.
  static func isSuspect(_ start: [UInt8]) -> Bool {
    guard start.count >= 2 else { return false }
    let others: [[UInt8]] = [[0xFF, 0xD8]] + ["PK", "{", "[", "<!", "<?", "%P"].map { Array($0.utf8) }
    return start[..<2].contains(where: isControl) || [0x80, 0x89, 0x93, 0xFD].contains(start[0])
      || others.contains { start.starts(with: $0) } || lettered(start) != nil || parquet(start) != nil
  }

  /// What to do with it where a network is expected.
  private var asNetwork: String {
    switch self {
    case .pytorch: "save it with safetensors.torch.save_file(model.state_dict(), FILE)"
    case .pickle, .keras, .hdf5, .npy, .npz: "save the tensors with safetensors.numpy.save_file({NAME: ARRAY, …}, FILE)"
    case .onnx: "ONNX is written by 'functional-net export' and not read; give the file that --save wrote"
    case .gzip, .zip, .packed: "unpack it first"
    case .gitLFS: "'git lfs pull' fetches the file"
    default: "give the file that --save or --checkpoint wrote; data is given with --dataset"
    }
  }

  /// What to do with it where data is expected.
  private var asData: String {
    switch self {
    case .safetensors, .onnx, .gguf: "give the samples: a folder of IDX files, or a .csv, .tsv, .npy, .npz or .h5 file"
    case .npy, .npz, .hdf5: "give it a name that ends in .\(self == .hdf5 ? "h5" : self == .npy ? "npy" : "npz")"
    case .idx: "name the folder that holds images and labels"
    case .pytorch, .pickle, .keras: "save its arrays with np.savez(FILE, x=…, y=…)"
    case .image: "save all images as one array, with np.savez(FILE, x=…, y=…)"
    case .gzip, .zip, .packed: "unpack it first"
    case .office: "save the sheet as CSV"
    case .document, .table, .json, .markup: "save it as a table, with pandas' .to_csv(FILE, index=False) for example"
    case .gitLFS: "'git lfs pull' fetches the file"
    case .text: "give a table a name that ends in .csv or .tsv"
    }
  }
}
