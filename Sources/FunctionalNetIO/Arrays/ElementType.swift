/// What the elements of a NumPy file are: their kind, their width in bytes and the order of those bytes.
struct ElementType: Equatable {
  enum Kind: Character {
    case bool = "b"
    case signed = "i"
    case unsigned = "u"
    case float = "f"
  }

  let kind: Kind
  let width: Int
  var isBigEndian = false

  static let unsignedByte = ElementType(kind: .unsigned, width: 1)
  static let float32 = ElementType(kind: .float, width: 4)
  static let float64 = ElementType(kind: .float, width: 8)
  static let int64 = ElementType(kind: .signed, width: 8)

  /// NumPy's name of the type, such as `uint8`.
  var name: String {
    switch kind {
    case .bool: "bool"
    case .signed: "int\(8 * width)"
    case .unsigned: "uint\(8 * width)"
    case .float: "float\(8 * width)"
    }
  }

  /// The text that stands for it in a header, such as `<f4`.
  var description: String { "\(width == 1 ? "|" : isBigEndian ? ">" : "<")\(kind.rawValue)\(width)" }
}

extension ElementType {
  /// - Throws: what is wrong with a type that holds no plain numbers, and what to do.
  init(description text: String, _ origin: ArrayOrigin) throws(FileError) {
    var letters = text[...]
    let order = letters.popFirst()
    let letter = letters.popFirst()
    if let advice = letter.flatMap(ElementType.advice) {
      throw origin.error("holds \(advice.what) (dtype '\(text)'), not numbers; \(advice.instead)")
    }
    guard let order, "<>|=".contains(order), let kind = letter.flatMap(Kind.init), let width = Int(letters),
      kind.widths.contains(width), String(width) == letters, order != "|" || width == 1
    else {
      throw origin.error(
        "element type '\(text)' is not supported; bool, int8 to int64, uint8 to uint64 and float16 to float64 are")
    }
    self.init(kind: kind, width: width, isBigEndian: order == ">" && width > 1)
  }

  /// What types that are no numbers hold, and what to save instead.
  private static func advice(_ letter: Character) -> (what: String, instead: String)? {
    switch letter {
    case "O": ("Python objects", "save it as numbers, with .astype(np.float32)")
    case "U", "S", "a": ("texts", "save the numbers of the classes, np.unique(a, return_inverse=True)[1]")
    case "c": ("complex numbers", "save .real and .imag")
    case "M", "m": ("dates or times", "save them with .astype(np.int64)")
    case "V": ("bytes without a meaning, as bfloat16 is saved", "save it with .astype(np.float32)")
    default: nil
    }
  }
}

extension ElementType.Kind {
  fileprivate var widths: [Int] {
    switch self {
    case .bool: [1]
    case .signed, .unsigned: [1, 2, 4, 8]
    case .float: [2, 4, 8]
    }
  }
}

// MARK: Elements from bytes

extension ElementType {
  /// The elements that these bytes hold.
  ///
  /// - Precondition: `bytes.count` is a multiple of `width`.
  func elements(_ bytes: ArraySlice<UInt8>) -> FileArray.Elements {
    switch (kind, width) {
    case (.bool, _): .bytes(bytes.map { $0 == 0 ? 0 : 1 })
    case (.unsigned, 1): .bytes(Array(bytes))
    case (.signed, 1): .numbers(numbers(bytes, UInt8.self) { Double(Int8(bitPattern: $0)) })
    case (.unsigned, 2): .numbers(numbers(bytes, UInt16.self) { Double($0) })
    case (.signed, 2): .numbers(numbers(bytes, UInt16.self) { Double(Int16(bitPattern: $0)) })
    case (.float, 2): .numbers(numbers(bytes, UInt16.self, double(float16:)))
    case (.unsigned, 4): .numbers(numbers(bytes, UInt32.self) { Double($0) })
    case (.signed, 4): .numbers(numbers(bytes, UInt32.self) { Double(Int32(bitPattern: $0)) })
    case (.float, 4): .numbers(numbers(bytes, UInt32.self) { Double(Float(bitPattern: $0)) })
    case (.unsigned, _): .numbers(numbers(bytes, UInt64.self) { Double($0) })
    case (.signed, _): .numbers(numbers(bytes, UInt64.self) { Double(Int64(bitPattern: $0)) })
    case (.float, _): .numbers(numbers(bytes, UInt64.self) { Double(bitPattern: $0) })
    }
  }

  @inline(__always)
  private func numbers<Bits: FixedWidthInteger & BitwiseCopyable>(
    _ bytes: ArraySlice<UInt8>, _ type: Bits.Type, _ number: (Bits) -> Double
  ) -> [Double] {
    let total = bytes.count / MemoryLayout<Bits>.size
    return bytes.withUnsafeBytes { source in
      [Double](unsafeUninitializedCapacity: total) { target, count in
        for i in 0..<total {
          let bits = source.loadUnaligned(fromByteOffset: i * MemoryLayout<Bits>.size, as: Bits.self)
          target.initializeElement(at: i, to: number(isBigEndian ? Bits(bigEndian: bits) : Bits(littleEndian: bits)))
        }
        count = total
      }
    }
  }
}

/// The number that the bits of an IEEE half stand for. Swift has Float16 not on every machine.
private func double(float16 bits: UInt16) -> Double {
  let isNegative = bits >> 15 == 1
  let exponent = Int(bits >> 10 & 31)
  let fraction = Double(bits & 1023)
  let size: Double =
    switch exponent {
    case 0: fraction * 0x1p-24
    case 31: fraction == 0 ? .infinity : .nan
    default: (1024 + fraction) * Double(sign: .plus, exponent: exponent - 25, significand: 1)
    }
  return isNegative ? -size : size
}
