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
  /// The array that a person calls so: by its name, or by its path from the root, as `/train/images`.
  func known(_ name: String) -> String? {
    let plain = String(name.drop { $0 == "/" })
    return names.contains(name) ? name : names.contains(plain) ? plain : nil
  }

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
