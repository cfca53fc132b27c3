import FunctionalNet
import FunctionalNetIO
import TestSupport
import Testing

/// Damaged inputs by the thousand: each is either read or refused with an error, never a crash.
@Suite struct MutatedFiles {
  /// The bytes with some of them changed, removed, repeated or replaced by tokens that readers look for.
  private func mutated(_ bytes: [UInt8], _ random: inout Random) -> [UInt8] {
    var result = bytes
    for _ in 0..<random.int(1...4) {
      let at = random.int(0...max(0, result.count - 1))
      switch random.int(0...4) {
      case 0 where !result.isEmpty: result[at] = UInt8(random.int(0...255))
      case 1 where !result.isEmpty: result[at] ^= 1 << UInt8(random.int(0...7))
      case 2: result.removeSubrange(at..<min(result.count, at + random.int(1...9)))
      case 3: result.insert(contentsOf: result[at..<min(result.count, at + random.int(1...9))], at: at)
      default:
        let tokens: [String] = [
          "\"", ",", "\n", "\r", "-", "9999999999999999999", "1e400", "[", "{", "\\u", "\u{0}", "\u{FF}", ":", "F64",
        ]
        result.insert(contentsOf: Array(random.element(tokens).utf8), at: at)
      }
    }
    return result
  }

  /// How many of some mutations of the bytes are refused.
  private func refused(_ bytes: [UInt8], count: Int = 2000, read: ([UInt8]) throws -> Void) -> Int {
    var random = Random(seed: bytes.count)
    return (0..<count).reduce(0) { sum, _ in
      let damaged = mutated(bytes, &random)
      do {
        try read(damaged)
        return sum
      } catch {
        #expect(error is FileError || error is JSON.ParseError)
        return sum + 1
      }
    }
  }

  @Test func idx() throws {
    let plain = try gunzip(readFile(fixture("idx/train-labels-idx1-ubyte.gz")), file: "f")
    #expect(refused(plain) { _ = try IDX($0, file: "f", dimensions: 1...3) } > 500)
  }

  @Test func gzip() throws {
    let packed = try readFile(fixture("idx/train-images-idx3-ubyte.gz"))
    #expect(refused(packed) { _ = try IDX($0, file: "f", dimensions: 1...3) } > 1500)
  }

  @Test func csv() {
    let text = "a,\"b\",kind\r\n1,2.5,cat\n-3,4e2,dog\n\n0.1,7,\"a \"\"cat\"\"\"\n"
    #expect(refused(Array(text.utf8)) { _ = try Dataset(csv: $0, file: "f") } > 500)
  }

  @Test func safetensors() throws {
    let file = try readFile(fixture("version_1.safetensors"))
    #expect(refused(file) { _ = try Model<Float>(Safetensors($0, file: "f")) } > 1000)
  }

  @Test func npy() throws {
    for name in ["x", "y"] {
      let file = try readFile(fixture("arrays/\(name).npy"))
      #expect(refused(file) { _ = try FileArray(npy: $0, file: "f") } > 500)
    }
  }

  @Test func npz() throws {
    for name in ["stored", "deflated", "streamed"] {
      let file = try readFile(fixture("arrays/\(name).npz"))
      let refusals = refused(file) { bytes in
        let arrays = try NPZ(bytes, file: "f")
        for name in arrays.names {
          _ = arrays.summary(name)
          _ = try arrays.array(name)
        }
      }
      #expect(refusals > 1000)
    }
  }

  #if HDF5
    @Test func hdf5() throws {
      let folder = try TemporaryFolder()
      let path = "\(folder.path)/x.h5"
      let file = try readFile(fixture("arrays/data.h5"))
      let refusals = refused(file, count: 300) { bytes in
        try writeFile(path, bytes)
        _ = try DatasetParts(path)
      }
      #expect(refusals > 30)
    }
  #endif

  @Test func zip64() {
    let file = Zip.bytes(of: [("a.npy", [1, 2, 3]), ("b", Array(repeating: 1, count: 90))], isDeflated: true, wide: 0)
    let refusals = refused(file) { bytes in
      let zip = try Zip(bytes, file: "f")
      for entry in zip.entries { _ = try zip.contents(of: entry) }
    }
    #expect(refusals > 1000)
  }

  @Test func json() {
    let text = #"{"a":[1,-2.5e3,"x\u00e9\n",{"b":null,"c":true}],"d":{},"e":"\ud83d\ude42"}"#
    #expect(refused(Array(text.utf8)) { _ = try JSON(parsing: $0) } > 1000)
  }
}
