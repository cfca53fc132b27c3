import FunctionalNet
import FunctionalNetIO
import TestSupport
import Testing

@Suite struct ZipFiles {
  private let entries: [(name: String, contents: [UInt8])] = [
    ("a", Array("hello".utf8)), ("", []), ("folder/ü.npy", Array(repeating: 7, count: 5000)), ("d", [1]),
  ]

  @Test(arguments: [false, true], [0xFFFF_FFFF, 100, 0]) func whatIsWrittenIsRead(isDeflated: Bool, wide: Int) throws {
    let archive = try Zip(Zip.bytes(of: entries, isDeflated: isDeflated, wide: wide), file: "f")
    #expect(archive.entries.map(\.name) == entries.map(\.name))
    for (entry, written) in zip(archive.entries, entries) {
      #expect(try Array(archive.contents(of: entry)) == written.contents)
    }
  }

  @Test func everyCutIsAnError() throws {
    let whole = Zip.bytes(of: entries, isDeflated: true)
    for length in whole.indices {
      let message = failure { _ = try Zip(Array(whole[..<length]), file: "cut") }
      #expect(message.hasPrefix("cut: at byte "), "cut at \(length): \(message)")
    }
  }

  @Test func changedContentsAreErrors() throws {
    for isDeflated in [false, true] {
      var bytes = Zip.bytes(of: [entries[2]], isDeflated: isDeflated)
      bytes[45] ^= 1
      let zip = try Zip(bytes, file: "f")
      #expect(failure { _ = try zip.contents(of: zip.entries[0]) }.contains("the entry 'folder/ü.npy' is damaged"))
    }
  }

  /// Fields of an archive of one stored entry 'd' with 5 bytes: its header has 31 bytes, the directory begins at 36.
  @Test(
    arguments: [
      ([36 + 8: 1], "the entry 'd' is encrypted"),
      ([36 + 10: 12], "the entry 'd' is packed by method 12 of ZIP; only stored"),
      ([36 + 24: 6], "the entry 'd' is stored in 5 bytes, but promises 6"),
      ([36 + 20: 6, 36 + 24: 6], "the entry 'd' promises 6 packed bytes, more than there are"),
      ([36 + 20: 4, 36 + 24: 4], "is damaged: its checksum does not fit"),
      ([36 + 42: 1], "the entry 'd' has no header at byte 1"), ([36 + 45: 255], "the entry 'd' has no header at byte"),
      ([36 + 10: 8, 36 + 27: 0x7F], "promises 2130706437 bytes, more than its 5 packed ones can hold"),
      ([30: 65], "the entry 'd' has another name in its header"),
      ([36: 0], "an entry of the archive's directory was expected"),
      ([36 + 47 + 10: 2], "the archive's directory of 2 entries and 47 bytes is not where it should be"),
      ([36 + 47 + 10: 0], "something follows the last entry of the archive's directory"),
      ([36 + 47 + 10: 255, 36 + 47 + 11: 255], "the archive's directory of 65535 entries and 47 bytes"),
      ([36 + 47 + 16: 37], "the archive's directory of 1 entries and 47 bytes is not where it should be"),
      ([36 + 47: 0], "not a ZIP archive, or cut: it has no end record"),
    ] as [([Int: UInt8], String)])
  func liesAreErrors(changes: [Int: UInt8], message: String) throws {
    var bytes = Zip.bytes(of: [("d", [1, 2, 3, 4, 5])])
    for (place, value) in changes { bytes[place] = value }
    let found = failure {
      let zip = try Zip(bytes, file: "f")
      _ = try zip.contents(of: zip.entries[0])
    }
    #expect(found.hasPrefix("f: at byte ") && found.contains(message), "\(found)")
  }

  @Test func entriesDoNotOverlap() throws {
    // A second entry in the directory that points into the data of the first, where a header of its own is.
    let inner = Zip.bytes(of: [("b", [9])])
    let outer = Zip.bytes(of: [("a", inner), ("b", [9])])
    var bytes = outer
    let directory = outer.indices.last { outer[$0...].starts(with: [0x50, 0x4B, 1, 2]) }!
    bytes[directory + 42] = 31
    #expect(failure { _ = try Zip(bytes, file: "f") } == "f: at byte 31: entries of the archive overlap")
    #expect(failure { _ = try Zip(Zip.bytes(of: [("a", []), ("a", [])]), file: "f") }.contains("two entries"))
  }

  @Test func asPythonWritesThem() throws {
    let x = try FileArray(npy: readFile(fixture("arrays/x.npy")), file: "x")
    let y = try FileArray(npy: readFile(fixture("arrays/y.npy")), file: "y")
    for name in ["stored", "deflated", "streamed"] {
      let file = try NPZ(readFile(fixture("arrays/\(name).npz")), file: name)
      #expect(try file.names == ["x", "y"] && file.array("x") == x && file.array("y") == y)
      #expect(file.summary("x") == "[6, 3, 2] uint8" && file.summary("y") == "[6] int64")
    }
    #expect(try NPZ(readFile(fixture("arrays/commented.npz")), file: "f").array("x") == x)
    let other = try NPZ(readFile(fixture("arrays/bzip2.npz")), file: "f")
    #expect(failure { _ = try other.array("x") }.contains("the entry 'x.npy' is packed by method 12"))
    #expect(failure { _ = try other.array("y") } == "f: there is no array 'y'")
    #expect(
      failure { _ = try NPZ(Zip.bytes(of: entries.dropLast(2)), file: "f") }.hasPrefix("f: this is a ZIP archive"))
  }
}

@Suite struct NPZFiles {
  @Test(arguments: seeds(20)) func whatIsWrittenIsRead(seed: Int) throws {
    var random = Random(seed: seed)
    let arrays = (0..<random.int(1...5)).map { (name: "a\($0)", array: randomArray(&random)) }
    let file = try NPZ(NPZ.bytes(of: arrays, isDeflated: seed % 2 == 1), file: "f")
    #expect(file.names == arrays.map(\.name))
    for (name, array) in arrays { #expect(try file.array(name) == array) }
  }

  @Test func parametersAreThoseOfPyTorch() throws {
    let network = try Sequential<Float>(notation: "conv2d(2,3) batchnorm2d flatten linear(3)")
    let params = network.initialParams(for: [1, 4, 4], key: Key(5))
    let tensors = NetworkTensors(params: params, state: network.initialState(for: [1, 4, 4]))
    let file = try NPZ(NPZ.bytes(of: tensors), file: "f")
    #expect(file.names == tensors.named.map(\.name))
    #expect(file.summary("1.num_batches_tracked") == "[] int64" && file.summary("3.weight") == "[3, 8] float32")
    for (name, tensor) in tensors.named {
      let array = try file.array(name)
      let expected = tensor.shape.count == 2 ? tensor.transposed.copy() : tensor
      #expect(array.shape == expected.shape && elements(array) == expected.elements.map(Double.init), "\(name)")
    }
    let wide = try NPZ(NPZ.bytes(of: params.traverse { $1 }), file: "f")
    #expect(wide.summary("0.weight") == "[2, 1, 3, 3] float32")
    #expect(NPZ.bytes(of: tensors) == NPZ.bytes(of: tensors))
  }

  @Test func doublesStayDoubles() throws {
    var random = Random(seed: 3)
    let params = random.twoLayerCase(Double.self).params
    let file = try NPZ(NPZ.bytes(of: params), file: "f")
    for (name, tensor) in params.named {
      #expect(file.summary(name).hasSuffix("float64"))
      let expected = tensor.shape.count == 2 ? tensor.transposed.copy() : tensor
      #expect(bits(elements(try file.array(name))) == bits(expected))
    }
  }
}
