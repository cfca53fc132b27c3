#if HDF5
  import CHDF5
  import Synchronization

  /// The data sets of an HDF5 file, in its groups too: `images`, `train/images`.
  struct HDF5: NamedArrays {
    let file: String
    let names: [String]

    /// Lists the data sets; each is read when it is asked for.
    ///
    /// - Throws: `FileError` where libhdf5 cannot open the file.
    init(_ path: String) throws(FileError) {
      file = path
      names = try inFile(path) { (file) throws(FileError) in
        var names = Names()
        names.collect(in: file, prefix: "", depth: 0)
        return names.dataSets
      }
      if names.isEmpty { throw FileError(path, nil, "there are no data sets in this HDF5 file") }
    }

    func array(_ name: String) throws(FileError) -> FileArray {
      let origin = ArrayOrigin(file: file, array: name)
      return try inFile(file) { (file) throws(FileError) in
        let object = fn_hdf5_object(file, name)
        guard object >= 0 else {
          let cause = cause()
          guard names.contains(name) else { throw FileError(origin.file, nil, "there is no data set '\(name)'") }
          throw origin.error("libhdf5 cannot open it: \(cause); \(otherBuild)")
        }
        defer { fn_hdf5_close_object(object) }
        return try read(object, fileSize: fn_hdf5_file_size(file), origin)
      }
    }

    func summary(_ name: String) -> String {
      let summary: String? = try? inFile(file) { (file) throws(FileError) in
        let object = fn_hdf5_object(file, name)
        guard object >= 0 else { return "that libhdf5 cannot open" }
        defer { fn_hdf5_close_object(object) }
        return typeName(object).flatMap { type in shape(object).map { "\($0) \(type)" } }
      }
      return summary ?? "not numbers"
    }
  }

  func hdf5File(_ path: String) throws(FileError) -> any NamedArrays { try HDF5(path) }

  /// libhdf5 works for one thread at a time.
  private let turn = Mutex(())

  /// What `body` makes of an open file.
  private func inFile<Result: Sendable>(
    _ path: String, _ body: (Int64) throws(FileError) -> Result
  ) throws(FileError) -> Result {
    if !fileExists(path) { throw FileError(path, nil, "no such file") }
    return try turn.withLock { (_) throws(FileError) in
      let file = fn_hdf5_open(path)
      guard file >= 0 else {
        let cause = cause()
        if let mismatch = try FileKind.mismatch(at: path, expected: .hdf5) { throw mismatch }
        throw FileError(path, nil, "not an HDF5 file, or a damaged one: libhdf5 cannot open it (\(cause))")
      }
      defer { fn_hdf5_close(file) }
      return try body(file)
    }
  }

  /// What libhdf5 says of the call that just failed.
  private func cause() -> String {
    var buffer = [CChar](repeating: 0, count: 256)
    fn_hdf5_cause(&buffer, UInt64(buffer.count))
    return text(buffer)
  }

  /// The name of a filter that is not there and without which a data set cannot be read.
  private func missingFilter(_ dataSet: Int64) -> String? {
    var buffer = [CChar](repeating: 0, count: 256)
    return fn_hdf5_lacks_filter(dataSet, &buffer, UInt64(buffer.count)) != 0 ? text(buffer) : nil
  }

  /// The characters before the first zero.
  private func text(_ buffer: [CChar]) -> String {
    String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// What helps where this libhdf5 cannot read what another one wrote.
  private let otherBuild = "save it again as plain numbers, packed by gzip or not at all, as h5repack -f GZIP=4 does"

  /// The maximum of bytes that are taken for elements of which none was written.
  private let largestUnwritten = 1 << 24

  /// The names of the data sets in a file. Groups may hold themselves, and a damaged file may say anything: neither the depth
  /// nor the number of members is endless.
  private struct Names {
    private(set) var dataSets: [String] = []
    private var groups: Set<UInt64> = []
    private var visits = 0

    /// Adds those under a group.
    mutating func collect(in group: Int64, prefix: String, depth: Int) {
      guard groups.insert(fn_hdf5_identity(group)).inserted else { return }
      for index in 0..<fn_hdf5_member_count(group) {
        visits += 1
        guard visits <= 10_000 else { return }
        var buffer = [CChar](repeating: 0, count: 1024)
        let length = fn_hdf5_member_name(group, index, &buffer, UInt64(buffer.count))
        guard (1..<Int64(buffer.count)).contains(length) else { continue }
        let bytes = buffer.prefix(Int(length)).map { UInt8(bitPattern: $0) }
        guard let name = String(validating: bytes, as: UTF8.self) else { continue }
        let object = fn_hdf5_object(group, name)
        guard object >= 0 else {
          // It is there, and what is wrong with it is said to whoever asks for it; a link to nothing is not there.
          if fn_hdf5_is_own(group, name) != 0 { dataSets.append(prefix + name) }
          continue
        }
        defer { fn_hdf5_close_object(object) }
        if fn_hdf5_is_data_set(object) != 0 { dataSets.append(prefix + name) }
        if fn_hdf5_is_group(object) != 0, depth < 32 {
          collect(in: object, prefix: "\(prefix)\(name)/", depth: depth + 1)
        }
      }
    }
  }

  /// The lengths of a data set's dimensions; nil where it has none.
  private func shape(_ dataSet: Int64) -> [Int]? {
    var lengths = [UInt64](repeating: 0, count: 32)
    let rank = fn_hdf5_shape(dataSet, &lengths)
    return rank < 0 ? nil : lengths.prefix(Int(rank)).map { Int(clamping: $0) }
  }

  /// NumPy's name of the type of a data set's elements; nil where they are no numbers.
  private func typeName(_ dataSet: Int64) -> String? {
    let type = fn_hdf5_element_type(dataSet)
    return switch type.class_ {
    case fn_hdf5_integer: "\(type.is_unsigned != 0 ? "u" : "")int\(8 * type.size)"
    case fn_hdf5_float: "float\(8 * type.size)"
    case fn_hdf5_enumeration: type.size == 1 ? "bool" : "int\(8 * type.size)"
    default: nil
    }
  }

  private func read(_ dataSet: Int64, fileSize: UInt64, _ origin: ArrayOrigin) throws(FileError) -> FileArray {
    guard fn_hdf5_is_data_set(dataSet) != 0 else { throw origin.error("is a group, not a data set") }
    let type = fn_hdf5_element_type(dataSet)
    switch type.class_ {
    case fn_hdf5_integer, fn_hdf5_float, fn_hdf5_enumeration: break
    case fn_hdf5_text: throw origin.error("holds texts, not numbers; save the numbers of the classes")
    case fn_hdf5_record: throw origin.error("holds records, not numbers; save each field as a data set of its own")
    default: throw origin.error("holds no numbers")
    }
    guard let shape = shape(dataSet) else { throw origin.error("holds nothing") }
    if fn_hdf5_is_elsewhere(dataSet) != 0 {
      throw origin.error("its elements are in other files, which are not read; save them in this one")
    }
    if let filter = missingFilter(dataSet) {
      throw origin.error("is packed by the filter '\(filter)', which this libhdf5 has not; \(otherBuild)")
    }
    let stored = fn_hdf5_stored_size(dataSet)
    let count = elementCount(shape)
    let size = count.map { $0.multipliedReportingOverflow(by: Int(clamping: type.size)) }
    // Deflate, the common filter, packs a known number of bytes into one; nothing is allocated on a file's word alone.
    guard let count, let size, !size.overflow, stored <= fileSize,
      size.partialValue / mostDeflated <= Int(clamping: stored) || size.partialValue <= largestUnwritten
    else {
      throw origin.error(
        "shape \(shape) promises more than the \(stored) bytes that are stored for it in this file can hold")
    }
    if count > 0 && stored == 0 && fn_hdf5_has_fill_value(dataSet) == 0 {
      throw origin.error("has no data: none was ever written, and there is no fill value")
    }
    var status: Int32 = 0
    let elements: FileArray.Elements
    // Elements that were never written and have no fill value stay as they are here.
    if type.size == 1, type.class_ == fn_hdf5_enumeration || type.is_unsigned != 0 {
      var bytes = [UInt8](repeating: 0, count: count)
      if count > 0 { status = fn_hdf5_read_bytes(dataSet, &bytes) }
      elements = .bytes(bytes)
    } else {
      var numbers = [Double](repeating: 0, count: count)
      if count > 0 { status = fn_hdf5_read_doubles(dataSet, &numbers) }
      elements = .numbers(numbers)
    }
    guard status >= 0 else { throw origin.error("libhdf5 cannot read it: \(cause()); it is damaged, or \(otherBuild)") }
    return FileArray(shape: shape, elements: elements)
  }
#endif
