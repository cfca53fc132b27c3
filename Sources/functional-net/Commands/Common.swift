import FunctionalNet
import FunctionalNetIO

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

// What several commands do in the same way.

extension Arguments {
  /// Sets the number of threads, and returns it.
  func useThreads() throws(UsageError) -> Int {
    Threads.count = try integer("threads", in: 1...256) ?? processorCount()
    return Threads.count
  }

  /// The seed that was given, or a drawn one.
  func seed() throws(UsageError) -> UInt64 {
    UInt64(try integer("seed", in: 0...Int.max) ?? Int.random(in: 0..<1 << 32))
  }

  var initializer: Initializer {
    Initializer.named.first { $0.key == text("initializer") }?.value ?? .xavier
  }
}

/// The independent random keys of a run, all from its seed.
struct RunKeys {
  let parameters: Key
  let split: Key
  let batches: Key
  let dice: Key
  let samples: Key
  let disturbance: Key

  init(seed: UInt64) {
    let root = Key(seed)
    (parameters, split, batches) = (root.child(0), root.child(1), root.child(2))
    (dice, samples, disturbance) = (root.child(3), root.child(4), root.child(5))
  }
}

/// - Throws: `Failure` where a file could not be written later, so that no work is lost, or is there already.
func checkWritable(_ path: String, mayReplace: Bool, advice: String = "") throws(Failure) {
  if isRegularFile(path), !mayReplace {
    throw .file("\(path): this file exists; --force writes over it\(advice)")
  }
  if isFolder(path) { throw .file("\(path): this is a folder, not a file") }
  if path.isEmpty { throw .file("the name of a file to write is empty") }
  let folder = folder(of: path)
  if !isFolder(folder) { throw .file("\(path): there is no folder \(folder)") }
  if access(folder, W_OK) != 0 { throw .file("\(path): the folder \(folder) cannot be written to") }
}

/// - Throws: `Failure` where samples are not of the size that the network takes.
func checkInputs(of data: Dataset, against description: ModelDescription) throws(Failure) {
  let expected = description.inputShape.reduce(1, *)
  guard data.sampleSize == expected else {
    throw .file("\(data.name): samples have \(quantity(data.sampleSize, "input")), but the network takes \(expected)")
  }
}

/// Whether two paths, or names of built-in data sets, lead to the same place, whether or not something is there already.
func isSameFile(_ one: String, _ other: String) -> Bool {
  if one == other { return true }
  if DatasetParts.builtIn.contains(one) || DatasetParts.builtIn.contains(other) { return false }
  return absolutePath(one) == absolutePath(other)
}

/// The path from the root, without links; of what is not there yet, as far as its folder is. Other paths stay as they are.
func absolutePath(_ path: String) -> String {
  func resolved(_ path: String) -> String? {
    guard let buffer = realpath(path, nil) else { return nil }
    defer { free(buffer) }
    return String(cString: buffer)
  }
  if let whole = resolved(path) { return whole }
  return resolved(folder(of: path)).map { ($0 == "/" ? "" : $0) + "/" + fileName(of: path) } ?? path
}

/// A word as a shell takes it, in quotes where it needs them.
func shellQuoted(_ word: String) -> String {
  let isPlain = word.utf8.allSatisfy { byte in
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
      || "_-./=:,+@%".utf8.contains(byte)
  }
  return isPlain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
}

/// Eight hexadecimal digits.
func hexadecimal(_ value: UInt32) -> String {
  let digits = String(value, radix: 16)
  return String(repeating: "0", count: 8 - digits.count) + digits
}
