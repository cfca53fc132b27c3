// What every target shares: libFuzzer calls this with one input after the other, and a target says in `fuzz` what to do with
// it. A trap, a hang (`run` sets the seconds), a broken law or more memory than `memoryPerByte` allows is a finding.
import FunctionalNetIO

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: size))
  let allowed = 1 << 20 + memoryPerByte * unpackedSize(bytes)
  fuzzMemoryBegin()
  fuzz(bytes)
  let peak = fuzzMemoryPeak()
  law(peak <= allowed, "\(peak) bytes of memory for an input of \(size), at most \(allowed) are allowed")
  return 0
}

@_silgen_name("fuzzMemoryBegin") private func fuzzMemoryBegin()
@_silgen_name("fuzzMemoryPeak") private func fuzzMemoryPeak() -> Int

/// The size of the input or, where it is gzip data or a ZIP archive, the most that it may hold: deflate never packs more than
/// 1,032 bytes into one.
private func unpackedSize(_ bytes: [UInt8]) -> Int {
  let isPacked = bytes.starts(with: [0x1F, 0x8B]) || bytes.starts(with: Array("PK".utf8))
  return bytes.count * (isPacked ? 1032 : 1)
}

/// Stops where a law of a target does not hold.
func law(_ holds: @autoclosure () throws -> Bool, _ message: @autoclosure () -> String) rethrows {
  if try !holds() { fatalError("broken law: " + message()) }
}

/// Gzip data of blocks that are not compressed, which any compressor could have made.
func gzipped(_ bytes: [UInt8]) -> [UInt8] {
  func littleEndian(_ number: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(number >> (8 * $0) & 255) } }
  var result: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]
  var rest = bytes[...]
  repeat {
    let block = rest.prefix(65_535)
    rest = rest.dropFirst(block.count)
    result += [rest.isEmpty ? 1 : 0] + littleEndian(block.count, 2) + littleEndian(~block.count & 0xFFFF, 2) + block
  } while !rest.isEmpty
  return result + littleEndian(Int(crc32([bytes])), 4) + littleEndian(bytes.count, 4)
}
