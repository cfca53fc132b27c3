import FunctionalNet

/// An archive of NumPy arrays, as `numpy.savez` and `numpy.savez_compressed` write it: a ZIP archive with an entry
/// `name.npy` for each.
public struct NPZ: Sendable {
  private let archive: Zip
  var file: String { archive.file }

  /// The names of the arrays, in the order of the file.
  public let names: [String]

  /// - Throws: `FileError` where the bytes are not a ZIP archive with arrays.
  public init(_ bytes: [UInt8], file: String) throws(FileError) {
    let mismatch = FileKind.mismatch(bytes, expected: .npz, file: file)
    if let mismatch, !Zip.begins(bytes) { throw mismatch }
    do throws(FileError) { archive = try Zip(bytes, file: file) } catch {
      // Of an archive that is known for another one, its damages matter less.
      throw FileKind(bytes) == .zip ? error : mismatch ?? error
    }
    names = archive.entries.filter { $0.name.hasSuffix(".npy") }.map { String($0.name.dropLast(4)) }
    if names.isEmpty {
      throw mismatch ?? FileError(file, nil, "there are no arrays in this archive, no entries named .npy")
    }
  }

  /// The array with this name.
  ///
  /// - Throws: `FileError` where there is none, it is damaged or it holds no numbers.
  public func array(_ name: String) throws(FileError) -> FileArray {
    try FileArray(npy: try archive.contents(of: try entry(name)), ArrayOrigin(file: archive.file, array: name))
  }

  /// The shape and the type of an array, for people: `[60000, 28, 28] uint8`.
  public func summary(_ name: String) -> String {
    do throws(FileError) {
      let start = try archive.start(of: try entry(name), size: 1 << 12)
      let header = try NPYHeader(start, ArrayOrigin(file: archive.file, array: name))
      return "\(header.shape) \(header.type.name)"
    } catch {
      return "not numbers"
    }
  }

  private func entry(_ name: String) throws(FileError) -> Zip.Entry {
    guard let entry = archive.entries.first(where: { $0.name == name + ".npy" }) else {
      throw FileError(archive.file, nil, "there is no array '\(name)'")
    }
    return entry
  }
}

// MARK: Writing

extension NPZ {
  /// The bytes of an archive of arrays; equal arrays give equal bytes, where they are not deflated.
  public static func bytes(of arrays: [(name: String, array: FileArray)], isDeflated: Bool = false) -> [UInt8] {
    Zip.bytes(of: arrays.map { ("\($0.name).npy", NPY.bytes(of: $0.array)) }, isDeflated: isDeflated)
  }

  /// The bytes of an archive with the tensors of a record of parameters, under their names and in the orientation of
  /// PyTorch, `[outputs, inputs]`, as a safetensors file has them. Numbers are float32 or float64; counts are int64.
  public static func bytes<P: Parameters>(of parameters: P) -> [UInt8] {
    let scalar = P.Scalar.self == Float.self ? ElementType.float32 : .float64
    return Zip.bytes(
      of: zip(parameters.named, Safetensors.dataParts(of: parameters)).map { named, part in
        let (name, tensor) = named
        let shape = tensor.shape.count == 2 ? tensor.shape.reversed() : tensor.shape
        return ("\(name).npy", NPY.header(Safetensors.isCount(name) ? .int64 : scalar, shape) + part)
      })
  }
}
