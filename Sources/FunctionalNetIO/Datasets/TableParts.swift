import FunctionalNet

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension TableRecords {
  /// All records of a text that is there as a whole, and their numbers.
  ///
  /// The text is read in parts at the same time, which begin and end with a line; a text with quotes behind the first record
  /// is one part, since a quote may hold the end of a line. Numbers go where they would be at most, so that memory holds
  /// them once, and are then moved together.
  ///
  /// - Parameter parts: how many of them to make of so many bytes.
  /// - Throws: the error of the first record that is wrong.
  func all(of text: DelimitedText, parts: (Int) -> Int) throws(FileError) -> (numbers: [Double], Result) {
    let ranges = text.ranges(count: max(1, parts(text.end - text.position)))
    var outcomes = [Outcome?](repeating: nil, count: ranges.count)
    var room = [Int](repeating: 0, count: ranges.count)
    room.withUnsafeMutableBufferPointer { room in
      let room = UncheckedBuffer(room)
      Threads.split(ranges.count) { for part in $0 { room[part] = text.mostRecords(in: ranges[part]) } }
    }
    // A field takes a byte at least, with what ends it: a promise of many columns cannot ask for more memory than that.
    let sizes = zip(room, ranges).map { records, range in
      let (size, overflow) = records.multipliedReportingOverflow(by: inputs)
      return overflow ? range.count + 1 : min(size, range.count + 1)
    }
    let numbers = [Double](unsafeUninitializedCapacity: sizes.reduce(0, +)) { numbers, count in
      let starts = sizes.reduce(into: [0]) { $0.append($0.last! + $1) }
      outcomes.withUnsafeMutableBufferPointer { outcomes in
        let (outcomes, base) = (UncheckedBuffer(outcomes), numbers.baseAddress!)
        Threads.split(ranges.count) {
          for part in $0 { outcomes[part] = outcome(of: text.part(ranges[part]), into: base + starts[part]) }
        }
      }
      for (part, outcome) in outcomes.enumerated() {
        let size = outcome!.result.count * inputs
        if starts[part] != count {
          (numbers.baseAddress! + count).update(from: numbers.baseAddress! + starts[part], count: size)
        }
        count += size
      }
    }
    var joined = Result()
    joined.comments = text.commentCount
    joined.words.reserve(outcomes.reduce(0) { $0 + $1!.result.count })
    var line = text.nextLine
    for outcome in outcomes {
      let outcome = outcome!
      if let error = outcome.error {
        guard case .line(let place) = error.place else { throw error }
        throw FileError(error.file, .line(place + line - 1), error.message)
      }
      joined.count += outcome.result.count
      joined.incomplete += outcome.result.incomplete
      joined.comments += outcome.result.comments
      joined.words.append(outcome.result.words, line: line)
      line += outcome.lines
    }
    return (numbers, joined)
  }

  /// What came of a part; its lines are counted from 1.
  private struct Outcome {
    var result = Result()
    var lines = 0
    var error: FileError?
  }

  private func outcome(of part: DelimitedText, into numbers: UnsafeMutablePointer<Double>) -> Outcome {
    var (text, outcome) = (part, Outcome())
    do throws(FileError) {
      try read(&text, atMost: .max, into: numbers, result: &outcome.result)
    } catch {
      outcome.error = error
    }
    outcome.lines = text.nextLine - 1
    return outcome
  }
}

/// Memory of which each thread writes elements of its own.
private struct UncheckedBuffer<Element> {
  private let start: UnsafeMutablePointer<Element>

  init(_ buffer: UnsafeMutableBufferPointer<Element>) { start = buffer.baseAddress! }

  subscript(index: Int) -> Element {
    get { start[index] }
    nonmutating set { start[index] = newValue }
  }
}

extension DelimitedText {
  /// What is still to be read, in at most `count` parts of about the same size.
  fileprivate func ranges(count: Int) -> [Range<Int>] {
    let hasQuotes = bytes.withUnsafeBytes {
      position < end && memchr($0.baseAddress! + position, Int32(UInt8(ascii: "\"")), end - position) != nil
    }
    guard count > 1, !hasQuotes else { return [position..<end] }
    var bounds = [position]
    for part in 1..<count {
      let middle = position + (end - position) / count * part
      guard middle > bounds.last!, let newline = bytes[middle..<end].firstIndex(of: UInt8(ascii: "\n")) else {
        continue
      }
      if newline + 1 < end { bounds.append(newline + 1) }
    }
    return zip(bounds, bounds.dropFirst() + [end]).map { $0..<$1 }
  }

  /// How many records there can be: as many as ends of lines, and one.
  fileprivate func mostRecords(in range: Range<Int>) -> Int {
    bytes.withUnsafeBufferPointer { bytes in
      let part = UnsafeBufferPointer(rebasing: bytes[range])
      return 1 + part.count(of: UInt8(ascii: "\n")) + part.count(of: UInt8(ascii: "\r"))
    }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// How often a byte occurs.
  fileprivate func count(of byte: UInt8) -> Int {
    guard var place = baseAddress.map({ UnsafeRawPointer($0) }) else { return 0 }
    let end = place + count
    var total = 0
    while place < end, let found = memchr(place, Int32(byte), end - place) {
      total += 1
      place = UnsafeRawPointer(found) + 1
    }
    return total
  }
}
