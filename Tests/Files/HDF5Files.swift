#if HDF5
  import FunctionalNet
  import FunctionalNetIO
  import TestSupport
  import Testing

  @Suite struct HDF5Files {
    private let types = fixture("arrays/types.h5")

    /// The inputs of a data set in the file of all types, as Doubles.
    private func inputs(_ name: String, size: Int) throws -> [Double] {
      switch try ArrayInputs(contentsOf: types, size: size, keys: ArrayKeys(name)).inputs {
      case .bytes(let bytes): bytes.map(Double.init)
      case .numbers(let numbers): numbers
      }
    }

    @Test func everyTypeAndGroup() throws {
      let expected = try JSON(parsing: readFile(fixture("arrays/types.h5.json")))
      guard case .object(let members) = expected else {
        Issue.record("the description is no object")
        return
      }
      #expect(members.count == 25)
      for member in members where !["none", "scalar"].contains(member.name) {
        let shape = try #require(member.value.arrayValue?[0].arrayValue?.compactMap { $0.integerValue })
        let values = try #require(member.value.arrayValue?[1].arrayValue?.compactMap { $0.doubleValue })
        #expect(bits(try inputs(member.name, size: shape.dropFirst().reduce(1, *))) == bits(values), "\(member.name)")
      }
    }

    @Test(arguments: [
      ("none", "array 'none': holds no samples: its shape is [0, 3]"), ("scalar", "holds no samples: its shape is []"),
      ("texts", "array 'texts': holds texts, not numbers"), ("records", "holds records, not numbers"),
      ("empty", "holds nothing"),
      ("unwritten", "shape [1073741824, 1048576] promises more than the 0 bytes that are stored"),
      ("claims", "array 'claims': shape [1073741824, 1048576] promises more than the"),
    ])
    func otherDataSetsAreErrors(name: String, message: String) {
      let found = failure { _ = try inputs(name, size: 3) }
      #expect(found.hasPrefix(types) && found.contains(message), "\(found)")
    }

    private let unusual = fixture("arrays/unusual.h5")

    @Test func whatCannotBeReadIsThere() {
      for (name, message) in [
        ("lzf", "array 'lzf': is packed by the filter 'lzf', which this libhdf5 has not"),
        ("external", "array 'external': its elements are in other files"),
        ("virtual", "array 'virtual': its elements are in other files, which are not read; save them in this one"),
        ("never", "array 'never': has no data: none was ever written, and there is no fill value"),
      ] {
        let found = failure { _ = try ArrayInputs(contentsOf: unusual, size: 3, keys: ArrayKeys(name)) }
        #expect(found.hasPrefix("\(unusual): \(message)"), "\(found)")
      }
      let found = failure { _ = try DatasetParts(unusual, keys: ArrayKeys("elsewhere,lzf")) }
      #expect(found.contains("there is no array 'elsewhere'") && found.contains("lzf "), "\(found)")
    }

    /// The type of the elements of one data set in a version that no libhdf5 knows.
    @Test func whatCannotBeOpenedIsThere() throws {
      let folder = try TemporaryFolder()
      let path = "\(folder.path)/x.h5"
      var bytes = try readFile(unusual)
      let type: [UInt8] = [0x11, 0x20, 0x1F, 0, 4, 0, 0, 0]
      let index = try #require(bytes.indices.first { bytes[$0...].starts(with: type) })
      bytes[index] = 0xF1
      try writeFile(path, bytes)
      let found = failure { _ = try ArrayInputs(contentsOf: path, size: 3, keys: ArrayKeys("filled/chunked")) }
      #expect(found.hasPrefix("\(path): array 'filled/chunked': libhdf5 cannot open it: "), "\(found)")
      #expect(try ArrayInputs(contentsOf: path, size: 3, keys: ArrayKeys("filled/zeros")).count == 4)
    }

    @Test(arguments: [
      ("chunked", [Double](repeating: 2.5, count: 12)), ("contiguous", Array(repeating: 9, count: 12)),
      ("partly", Array(repeating: 1, count: 6) + Array(repeating: -7, count: 6)),
      ("zeros", Array(repeating: 0, count: 12)), ("compact", Array(repeating: 3, count: 12)),
    ])
    func whatWasNeverWrittenIsTheFillValue(name: String, values: [Double]) throws {
      let inputs = try ArrayInputs(contentsOf: unusual, size: 3, keys: ArrayKeys("filled/\(name)"))
      switch inputs.inputs {
      case .bytes(let bytes): #expect(bytes.map(Double.init) == values)
      case .numbers(let numbers): #expect(numbers == values)
      }
    }

    @Test func pathsMayBeginAtTheRoot() throws {
      let parts = try DatasetParts(
        fixture("arrays/data.h5"), keys: ArrayKeys("/train/images,train/labels,/test/images,/test/labels"))
      #expect(parts.training.count == 12 && parts.test?.count == 6)
      let inputs = try ArrayInputs(contentsOf: fixture("arrays/data.h5"), size: 20, keys: ArrayKeys("/test/images"))
      #expect(inputs.count == 6)
    }

    @Test func whatIsNotThereIsListed() {
      let found = failure { _ = try DatasetParts(types, keys: ArrayKeys("x,y")) }
      for text in [
        "there is no array 'x'; name them with --keys", "a/b/c/deep [2, 3, 4] uint8", "packed [20, 30] uint8",
        "empty not numbers",
        "texts not numbers",
      ] {
        #expect(found.contains(text), "\(found)")
      }
      #expect(!found.contains("itself"))
    }

    @Test func aDataSetInGroups() throws {
      let path = fixture("arrays/data.h5")
      for keys in [nil, ArrayKeys("train/images,train/labels,test/images,test/labels")] {
        let parts = try DatasetParts(path, keys: keys)
        let test = try #require(parts.test)
        #expect(parts.training.count == 12 && test.count == 6 && parts.training.sampleShape == [4, 5])
        #expect(parts.training.kind == .pixels(white: 255) && parts.training.classNames == ["0", "1", "2"])
        #expect(test.labels == [0, 1, 2, 0, 1, 2])
        let rows = test.tensor(Float.self).reshaped([6, 4, 5])
        #expect(rows[1, 1, 3] == 200 && rows[1, 2, 3] == 0 && rows.sum() == 6 * 5 * 200)
      }
    }

    @Test func otherFilesAreErrors() throws {
      let folder = try TemporaryFolder()
      let path = "\(folder.path)/x.h5"
      let whole = try readFile(fixture("arrays/data.h5"))
      for bytes in [[1, 2, 3], Array(whole.prefix(100)), Array(whole.prefix(whole.count / 2))] {
        try writeFile(path, bytes)
        #expect(failure { _ = try DatasetParts(path) }.hasPrefix("\(path): not an HDF5 file, or a damaged one"))
      }
      try writeText("a,b\n1,2\n", path)
      #expect(
        failure { _ = try DatasetParts(path) }.hasPrefix("\(path): this is text, such as a table in CSV, not an HDF5"))
      #expect(failure { _ = try ArrayInputs(contentsOf: "missing.h5", size: 1) } == "missing.h5: no such file")
    }
  }
#else
  import Testing

  @Suite(.disabled("the trait HDF5 is off: swift test --traits HDF5")) struct HDF5Files {
    @Test func everyTypeAndGroup() {}
  }
#endif
