import FunctionalNet
import FunctionalNetIO
import TestSupport
import Testing

@Suite struct NPYFiles {
  @Test func everyTypeOrderAndVersion() throws {
    let file = try NPZ(readFile(fixture("arrays/types.npz")), file: "types")
    let expected = try JSON(parsing: readFile(fixture("arrays/types.json")))
    #expect(file.names.count == 138)
    for name in file.names {
      let array = try file.array(name)
      let values = try #require(expected[name]?.arrayValue?.compactMap { $0.doubleValue })
      #expect(bits(elements(array)) == bits(values), "\(name)")
      if name.hasPrefix("shape_") {
        #expect(
          array.shape == name.split(separator: "_")[1].split(separator: "x").compactMap { Int($0) }
            || array.shape == [], "\(name)")
      } else {
        #expect(array.shape == [3, 4], "\(name)")
      }
    }
  }

  @Test func bytesStayBytes() throws {
    let file = try NPZ(readFile(fixture("arrays/types.npz")), file: "types")
    for name in file.names {
      var isBytes = false
      if case .bytes = try file.array(name).elements { isBytes = true }
      #expect(isBytes == (name.hasPrefix("?") || name.hasPrefix("u1")), "\(name)")
    }
  }

  @Test func whatIsWrittenIsWhatNumPyWrites() throws {
    for name in ["x", "y"] {
      let bytes = try readFile(fixture("arrays/\(name).npy"))
      #expect(NPY.bytes(of: try FileArray(npy: bytes, file: name)) == bytes)
    }
    let tensor = Tensor<Float>(rows: [[1, -2.5], [0.1, 4], [5, 6]])
    let written = NPY.bytes(of: tensor)
    #expect(written.count == 128 + 24 && written.starts(with: [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0, 0x76, 0]))
    #expect(
      String(decoding: written[10..<128], as: UTF8.self).hasPrefix(
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), } "))
    #expect(elements(try FileArray(npy: written, file: "f")) == tensor.elements.map(Double.init))
  }

  @Test func tensorsAreWrittenAsNumPyWritesThem() throws {
    let zip = try Zip(readFile(fixture("arrays/types.npz")), file: "types")
    let entries = zip.entries.filter { $0.name.hasPrefix("shape_") && $0.name.hasSuffix("_C.npy") }
    #expect(entries.count == 6)
    for entry in entries {
      let bytes = try Array(zip.contents(of: entry))
      let array = try FileArray(npy: bytes, file: entry.name)
      let tensor = Tensor<Float>(shape: array.shape, elements: elements(array).map { Float($0) })
      #expect(NPY.bytes(of: tensor) == bytes, "\(entry.name)")
    }
  }

  @Test func headersAreAsLongAsNumPyMakesThem() throws {
    let zip = try Zip(readFile(fixture("arrays/headers.npz")), file: "headers")
    #expect(zip.entries.count == 93)
    for entry in zip.entries {
      let bytes = try Array(zip.contents(of: entry))
      #expect(NPY.bytes(of: try FileArray(npy: bytes, file: entry.name)) == bytes, "\(entry.name)")
    }
  }

  @Test(arguments: seeds(50)) func whatIsWrittenIsRead(seed: Int) throws {
    var random = Random(seed: seed)
    let array = randomArray(&random)
    #expect(try FileArray(npy: NPY.bytes(of: array), file: "f") == array)
  }

  @Test func everyCutIsAnError() throws {
    let whole = try readFile(fixture("arrays/y.npy"))
    for length in whole.indices.dropFirst() {
      let message = failure { _ = try FileArray(npy: Array(whole[..<length]), file: "cut") }
      #expect(message.hasPrefix("cut: at byte "), "cut at \(length): \(message)")
    }
    #expect(
      failure { _ = try FileArray(npy: whole + [0], file: "long") }
        == "long: at byte 128: shape [6] of float64 promises 48 bytes, but 49 follow")
  }

  @Test(arguments: [
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", ""),
    ("  {\"shape\": (2L, ), \"fortran_order\":False,'descr':'<f4',}\n", ""),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (2)}", "',' was expected"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}", "a whole number that a computer can count to"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}", "a whole number that"),
    (
      "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4)}",
      "more bytes than a computer can count"
    ),
    ("{'descr': '<f4', 'fortran_order': True, 'shape': (4611686018427387904, 4, 0)}", "promises 0 bytes, but 8 follow"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}", "promises 12 bytes, but 8 follow"),
    ("{'descr': '<f4', 'fortran_order': 0, 'shape': (2,)}", "'False' was expected"),
    ("{'descr': '<f4', 'shape': (2,)}", "descr, fortran_order or shape is missing"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'shape': (2,)}", "a second or unknown key 'shape'"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'x': 1}", "a second or unknown key 'x'"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} x", "something follows the dictionary"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)", "'}' was expected"),
    ("{'descr': '<f4", "a text has no end"), ("", "'{' was expected"),
    ("{'descr': '<f3', 'fortran_order': False, 'shape': (2,)}", "element type '<f3' is not supported"),
    ("{'descr': '|f4', 'fortran_order': False, 'shape': (2,)}", "element type '|f4' is not supported"),
    ("{'descr': '<i04', 'fortran_order': False, 'shape': (2,)}", "element type '<i04' is not supported"),
    ("{'descr': '', 'fortran_order': False, 'shape': (2,)}", "element type '' is not supported"),
  ])
  func headersAreReadStrictly(header: String, message: String) throws {
    let text = Array(header.utf8)
    for (version, length) in [(1, [UInt8(text.count), 0]), (2, [UInt8(text.count), 0, 0, 0])] {
      let bytes =
        [0x93] + Array("NUMPY".utf8) + [UInt8(version), 0] + length + text + Array(repeating: UInt8(0), count: 8)
      let found = failure {
        let array = try FileArray(npy: bytes, file: "f")
        #expect(array == FileArray(shape: [2], elements: .numbers([0, 0])))
      }
      #expect(message.isEmpty ? found.isEmpty : found.contains(message), "\(found)")
    }
  }

  @Test(arguments: [
    ("objects", "holds Python objects (dtype '|O'), not numbers; save it as numbers"),
    ("texts", "holds texts (dtype '<U5'), not numbers; save the numbers of the classes"),
    ("bytes", "holds texts (dtype '|S3')"), ("complex", "holds complex numbers"), ("dates", "holds dates or times"),
    ("raw", "holds bytes without a meaning, as bfloat16 is saved (dtype '|V2')"),
    ("records", "holds records (a structured dtype), not numbers; save each field"),
    ("long", "element type '<f16' is not supported"),
  ])
  func whatIsNotNumbersIsNamed(name: String, message: String) throws {
    let file = try NPZ(readFile(fixture("arrays/refused.npz")), file: "f")
    let found = failure { _ = try file.array(name) }
    #expect(found.hasPrefix("f: array '\(name)': ") && found.contains(message), "\(found)")
    #expect(file.summary(name) == "not numbers")
  }
}

/// All elements of an array as Doubles.
func elements(_ array: FileArray) -> [Double] {
  switch array.elements {
  case .bytes(let bytes): bytes.map(Double.init)
  case .numbers(let numbers): numbers
  }
}

/// Bytes or numbers of a random shape.
func randomArray(_ random: inout Random) -> FileArray {
  let shape = (0..<random.int(0...4)).map { _ in random.int(0...4) }
  let count = shape.reduce(1, *)
  if random.int(0...1) == 0 { return FileArray(shape: shape, elements: .bytes(random.bytes(count))) }
  return FileArray(shape: shape, elements: .numbers((0..<count).map { _ in random.double(-1e9...1e9) }))
}
