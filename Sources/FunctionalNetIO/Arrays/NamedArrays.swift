/// A file of arrays that have names.
protocol NamedArrays {
  var file: String { get }

  /// The names, in the order of the file.
  var names: [String] { get }

  /// The array with this name.
  func array(_ name: String) throws(FileError) -> FileArray

  /// Its shape and its type, for people.
  func summary(_ name: String) -> String
}

extension NPZ: NamedArrays {}

extension NamedArrays {
  /// All arrays with their shapes, for messages.
  var listing: String {
    names.prefix(20).map { "\($0) \(summary($0))" }.joined(separator: ", ") + (names.count > 20 ? ", …" : "")
  }
}

/// The formats of arrays, known by the ending of a file's name.
public enum ArrayFormat: Sendable {
  case npy, npz, hdf5

  private static let endings: KeyValuePairs<String, ArrayFormat> = [
    ".npy": .npy, ".npy.gz": .npy, ".npz": .npz, ".h5": .hdf5, ".hdf5": .hdf5,
  ]

  public init?(path: String) {
    guard let known = ArrayFormat.endings.first(where: { path.hasSuffix($0.key) }) else { return nil }
    self = known.value
  }

  /// The ending that a file with these bytes should have; nil where it is none of arrays.
  static func ending(of bytes: [UInt8]) -> String? {
    if bytes.starts(with: NPYHeader.magic) { return "npy" }
    if bytes.starts(with: [0x50, 0x4B, 3, 4]) { return "npz" }
    return bytes.starts(with: [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]) ? "h5" : nil
  }

  /// Whether its arrays have names.
  public var hasNames: Bool { self != .npy }
}

/// The file of a format whose arrays have names.
///
/// - Throws: `FileError` where it is not that, or where the program was built without libhdf5 and needs it.
func namedArrays(_ path: String) throws(FileError) -> any NamedArrays {
  if ArrayFormat(path: path) == .hdf5 { return try hdf5File(path) }
  return try NPZ(try readFile(path), file: path)
}
