// ZIP archives: entries, each behind a header of its own, then a directory of all of them, then the end record, which says
// where the directory is. What is too large for its field stands in an extra field of type 1 (ZIP64).

/// An archive whose entries are stored or deflated.
public struct Zip: Sendable {
  public struct Entry: Equatable, Sendable {
    public let name: String

    /// How many bytes it holds.
    public let size: Int
    let crc32: UInt32

    /// 0 for stored, 8 for deflated, others for what is not read here.
    let method: Int
    let isEncrypted: Bool

    /// Where its header begins, and where its packed bytes are.
    let start: Int
    var packed: Range<Int>
  }

  public let entries: [Entry]
  let bytes: [UInt8]
  let file: String

  /// Reads the directory; the entries themselves are read when they are asked for.
  ///
  /// - Throws: `FileError` where the bytes are not an archive, or entries overlap or leave the file.
  public init(_ bytes: [UInt8], file: String) throws(FileError) {
    let end = try ZipEnd(bytes, file: file)
    var entries: [Entry] = []
    var at = end.directory.lowerBound
    for _ in 0..<end.count {
      let (entry, next) = try Entry.read(bytes, at: at, directory: end.directory, file: file)
      entries.append(entry)
      at = next
    }
    guard at == end.directory.upperBound else {
      throw FileError(file, .byte(at), "something follows the last entry of the archive's directory")
    }
    guard entries.allSatisfy({ isStreamSafe($0.name) }) else {
      throw FileError(file, .byte(end.directory.lowerBound), "the name of an entry is \(notStreamSafe)")
    }
    var names: Set<String> = []
    for entry in entries where !names.insert(entry.name).inserted {
      throw FileError(file, nil, "two entries of the archive have the name '\(entry.name)'")
    }
    var last = 0
    for entry in entries.sorted(by: { $0.start < $1.start }) {
      guard entry.start >= last else { throw FileError(file, .byte(entry.start), "entries of the archive overlap") }
      last = entry.packed.upperBound
    }
    (self.entries, self.bytes, self.file) = (entries, bytes, file)
  }

  /// Whether these are the first bytes of an archive: the header of an entry, or the end record of an archive without any.
  static func begins(_ start: [UInt8]) -> Bool {
    start.starts(with: [0x50, 0x4B, 3, 4]) || start.starts(with: [0x50, 0x4B, 5, 6])
  }

  /// What an entry holds.
  ///
  /// - Throws: `FileError` where it is encrypted, packed in another way, or damaged.
  public func contents(of entry: Entry) throws(FileError) -> ArraySlice<UInt8> {
    let result = try start(of: entry, size: entry.size)
    guard FunctionalNetIO.crc32(result) == entry.crc32 else {
      throw error(entry, "is damaged: its checksum does not fit")
    }
    return result
  }

  /// The first bytes of what an entry holds; its checksum is not looked at.
  func start(of entry: Entry, size: Int) throws(FileError) -> ArraySlice<UInt8> {
    guard entry.packed.upperBound <= bytes.count else { throw error(entry, "is not of this archive") }
    if entry.isEncrypted { throw error(entry, "is encrypted; save it without a password") }
    let size = min(size, entry.size)
    switch entry.method {
    case 0:
      guard entry.packed.count == entry.size else {
        throw error(entry, "is stored in \(entry.packed.count) bytes, but promises \(entry.size)")
      }
      return bytes[entry.packed].prefix(size)
    case 8:
      guard entry.size / mostDeflated <= entry.packed.count else {
        throw error(entry, "promises \(entry.size) bytes, more than its \(entry.packed.count) packed ones can hold")
      }
      guard let result = inflated(bytes[entry.packed], size: size, isWhole: size == entry.size) else {
        throw error(entry, "is damaged: its packed bytes do not make \(entry.size) bytes")
      }
      return result[...]
    default:
      throw error(
        entry, "is packed by method \(entry.method) of ZIP; only stored (0) and deflated (8) entries are supported")
    }
  }

  private func error(_ entry: Entry, _ message: String) -> FileError {
    FileError(file, .byte(entry.start), "the entry '\(entry.name)' \(message)")
  }
}

/// A whole number of `width` bytes, least significant first. Eight bytes that are too much for an Int are `Int.max`.
func littleEndian(_ bytes: [UInt8], _ at: Int, _ width: Int) -> Int {
  let value = bytes[at..<at + width].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
  return Int(exactly: value) ?? .max
}

/// Where the end record says that the directory is.
private struct ZipEnd {
  let count: Int
  let directory: Range<Int>

  init(_ bytes: [UInt8], file: String) throws(FileError) {
    let isEnd = { (at: Int) in
      bytes[at] == 0x50 && bytes[at + 1] == 0x4B && bytes[at + 2] == 5 && bytes[at + 3] == 6
        && at + 22 + littleEndian(bytes, at + 20, 2) == bytes.count
    }
    let last = bytes.count - 22  // without a comment, which has at most 65,535 bytes
    guard last >= 0, let at = (max(0, last - 65_535)...last).last(where: isEnd) else {
      throw FileError(file, .byte(bytes.count), "not a ZIP archive, or cut: it has no end record")
    }
    var (count, size, start) = (
      littleEndian(bytes, at + 10, 2), littleEndian(bytes, at + 12, 4), littleEndian(bytes, at + 16, 4)
    )
    var end = at
    if count == 0xFFFF || size == 0xFFFF_FFFF || start == 0xFFFF_FFFF,
      at >= 20, littleEndian(bytes, at - 20, 4) == 0x0706_4B50
    {
      end = littleEndian(bytes, at - 12, 8)
      guard end <= at - 20 - 56, littleEndian(bytes, end, 4) == 0x0606_4B50 else {
        throw FileError(file, .byte(at - 20), "the archive's second end record is not where it should be")
      }
      count = littleEndian(bytes, end + 32, 8)
      size = littleEndian(bytes, end + 40, 8)
      start = littleEndian(bytes, end + 48, 8)
    }
    guard start <= end, size == end - start, count <= size / 46 else {
      throw FileError(
        file, .byte(at), "the archive's directory of \(count) entries and \(size) bytes is not where it should be")
    }
    (self.count, directory) = (count, start..<end)
  }
}

extension Zip.Entry {
  /// The entry that the directory has at a place, and the place of the next.
  fileprivate static func read(
    _ bytes: [UInt8], at: Int, directory: Range<Int>, file: String
  ) throws(FileError) -> (entry: Zip.Entry, next: Int) {
    guard at + 46 <= directory.upperBound, littleEndian(bytes, at, 4) == 0x0201_4B50 else {
      throw FileError(file, .byte(at), "an entry of the archive's directory was expected")
    }
    let (nameSize, extraSize) = (littleEndian(bytes, at + 28, 2), littleEndian(bytes, at + 30, 2))
    let next = at + 46 + nameSize + extraSize + littleEndian(bytes, at + 32, 2)
    guard next <= directory.upperBound else {
      throw FileError(file, .byte(at), "an entry of the archive's directory is not all here")
    }
    let nameBytes = bytes[at + 46..<at + 46 + nameSize]
    let name = String(decoding: nameBytes, as: UTF8.self)
    var (packedSize, size, start) = (
      littleEndian(bytes, at + 20, 4), littleEndian(bytes, at + 24, 4), littleEndian(bytes, at + 42, 4)
    )
    var extra = at + 46 + nameSize
    let extraEnd = extra + extraSize
    while extra + 4 <= extraEnd {
      let end = extra + 4 + littleEndian(bytes, extra + 2, 2)
      if littleEndian(bytes, extra, 2) == 1, end <= extraEnd {
        // Only what does not fit its field is there, in this order.
        var place = extra + 4
        for field in [\WideFields.size, \.packedSize, \.start] {
          var fields = WideFields(size: size, packedSize: packedSize, start: start)
          guard fields[keyPath: field] == 0xFFFF_FFFF, place + 8 <= end else { continue }
          fields[keyPath: field] = littleEndian(bytes, place, 8)
          (size, packedSize, start) = (fields.size, fields.packedSize, fields.start)
          place += 8
        }
      }
      extra = end
    }
    func wrong(_ message: String) -> FileError { FileError(file, .byte(at), "the entry '\(name)' \(message)") }
    guard start <= directory.lowerBound - 30, littleEndian(bytes, start, 4) == 0x0403_4B50 else {
      throw wrong("has no header at byte \(start)")
    }
    let first = start + 30 + littleEndian(bytes, start + 26, 2) + littleEndian(bytes, start + 28, 2)
    guard first <= directory.lowerBound, packedSize <= directory.lowerBound - first else {
      throw wrong("promises \(packedSize) packed bytes, more than there are")
    }
    guard bytes[start + 30..<first].starts(with: nameBytes), littleEndian(bytes, start + 26, 2) == nameSize else {
      throw wrong("has another name in its header")
    }
    let entry = Zip.Entry(
      name: name, size: size, crc32: UInt32(littleEndian(bytes, at + 16, 4)), method: littleEndian(bytes, at + 10, 2),
      isEncrypted: bytes[at + 8] & 1 == 1, start: start, packed: first..<first + packedSize)
    return (entry, next)
  }
}

/// The fields of an entry that ZIP64 widens.
private struct WideFields {
  var size, packedSize, start: Int
}
