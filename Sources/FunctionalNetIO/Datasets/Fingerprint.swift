import FunctionalNet

extension DatasetParts {
  /// Eight hexadecimal digits that are others for almost all other data: the CRC-32 of everything that training sees.
  public var fingerprint: String {
    let parts = [training] + (test.map { [$0] } ?? [])
    let digits = String(crc32(parts.flatMap(\.fingerprintParts)), radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}

extension Dataset {
  fileprivate var fingerprintParts: [[UInt8]] {
    let scale =
      switch kind {
      case .pixels(let white): "pixels to \(white)"
      case .columns: "columns"
      case .plain: "plain"
      }
    let head = "\(scale) \(sampleShape) \(count) \(classNames)"
    let labels = labels.indices.withUnsafeBytes { Array($0) }
    switch inputs {
    case .bytes(let bytes): return [Array(head.utf8), bytes, labels]
    case .numbers(let numbers): return [Array(head.utf8), numbers.withUnsafeBytes { Array($0) }, labels]
    }
  }
}
