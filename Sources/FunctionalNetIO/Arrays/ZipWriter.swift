extension Zip {
  /// The bytes of an archive. They depend on names and contents alone: the time of every entry is the first that ZIP knows,
  /// the start of 1980. Stored entries are the same bytes always, deflated ones for the same version of zlib.
  ///
  /// - Parameter wide: from which size or place on numbers are written in ZIP64's fields.
  public static func bytes(
    of entries: [(name: String, contents: [UInt8])], isDeflated: Bool = false, wide: Int = 0xFFFF_FFFF
  ) -> [UInt8] {
    var output: [UInt8] = []
    var directory: [UInt8] = []
    output.reserveCapacity(entries.reduce(100) { $0 + $1.contents.count + 2 * $1.name.utf8.count + 200 })
    for (name, contents) in entries {
      let packed = isDeflated ? deflated(contents) : contents
      let (start, name) = (output.count, Array(name.utf8))
      let sum = Int(FunctionalNetIO.crc32([contents]))
      let isWide = max(contents.count, packed.count) >= wide
      let isFar = start >= wide
      let version = isWide || isFar ? 45 : 20
      let flags = name.contains { $0 >= 0x80 } ? 0x800 : 0  // whether the name needs UTF-8
      // The version that reads it, flags, method, time, date, checksum, sizes: the same in both headers.
      var common = field(version, 2) + field(flags, 2) + field(isDeflated ? 8 : 0, 2) + field(0, 2) + field(0x21, 2)
      common += field(sum, 4) + field(isWide ? 0xFFFF_FFFF : packed.count, 4)
      common += field(isWide ? 0xFFFF_FFFF : contents.count, 4) + field(name.count, 2)
      let sizes = isWide ? field(contents.count, 8) + field(packed.count, 8) : []
      let places = isFar ? field(start, 8) : []
      let (near, far) = (extra(sizes), extra(sizes + places))
      output += field(0x0403_4B50, 4) + common + field(near.count, 2) + name + near
      output += packed
      directory += field(0x0201_4B50, 4) + field(version, 2) + common + field(far.count, 2)
      directory += field(0, 2) + field(0, 2) + field(0, 2) + field(0, 4)  // comment, disk, attributes
      directory += field(isFar ? 0xFFFF_FFFF : start, 4) + name + far
    }
    let (start, size) = (output.count, directory.count)
    output += directory
    let isWide = max(start, size) >= wide || entries.count >= 0xFFFF
    if isWide {
      let end = output.count
      output += field(0x0606_4B50, 4) + field(44, 8) + field(45, 2) + field(45, 2) + field(0, 4) + field(0, 4)
      output += field(entries.count, 8) + field(entries.count, 8) + field(size, 8) + field(start, 8)
      output += field(0x0706_4B50, 4) + field(0, 4) + field(end, 8) + field(1, 4)
    }
    let count = isWide ? 0xFFFF : entries.count
    output += field(0x0605_4B50, 4) + field(0, 2) + field(0, 2) + field(count, 2) + field(count, 2)
    output += field(isWide ? 0xFFFF_FFFF : size, 4) + field(isWide ? 0xFFFF_FFFF : start, 4) + field(0, 2)
    return output
  }
}

/// A whole number in so many bytes, least significant first.
private func field(_ value: Int, _ width: Int) -> [UInt8] { (0..<width).map { UInt8(value >> (8 * $0) & 255) } }

/// ZIP64's extra field, where it has something to say.
private func extra(_ numbers: [UInt8]) -> [UInt8] {
  numbers.isEmpty ? [] : field(1, 2) + field(numbers.count, 2) + numbers
}
