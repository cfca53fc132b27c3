import Foundation
import FunctionalNet
import TestSupport
import Testing

@testable import FunctionalNetIO

/// Makes a file of 8 TiB that holds nothing.
private func makeHole(_ path: String) throws {
  try writeText("", path)
  try #require(FileHandle(forWritingAtPath: path)).truncate(atOffset: 1 << 43)
}

private let hasHugeFiles: Bool = {
  guard let folder = try? TemporaryFolder() else { return false }
  return withExtendedLifetime(folder) { (try? makeHole("\(folder.path)/hole")) != nil }
}()

/// Files that claim what is not so, or never end. What fuzzing found is here or among its seeds in Tests/Fuzz/Corpus.
@Suite struct HostileFiles {
  /// Gzip data holds no more than a limit even where its end was reached, and where it says of itself that it is small.
  @Test func gzipKeepsToItsLimit() throws {
    let seeds =
      URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().path + "/Fuzz/Corpus"
    let zeros = try readFile("\(seeds)/gzip/zeros")
    #expect(try gunzip(zeros, file: "f", limit: 30_000) == Array(repeating: 0, count: 30_000))
    #expect(failure { _ = try gunzip(zeros, file: "f", limit: 29_999) }.contains("more than the 29999 bytes"))
    let liar = try readFile("\(seeds)/gzip/promises_nothing")
    #expect(failure { _ = try gunzip(liar, file: "f", limit: 1000) }.contains("more than the 1000 bytes"))
  }

  @Test func aDeviceWithoutAnEndIsLeft() throws {
    #expect(
      failure { _ = try readFile("/dev/zero", limit: 100_000) }
        == "/dev/zero: holds more than 100000 bytes, which is the most that is read of a pipe or a device; save it as a file"
    )
    #expect(try readFile("/dev/null", limit: 0) == [])
  }

  /// A file of nothing but a hole, which takes no room on the disk.
  @Test(.enabled(if: hasHugeFiles, "not every disk has files of 8 TiB")) func aFileLargerThanMemoryIsRefused() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/hole"
    try makeHole(path)
    #expect(
      failure { _ = try readFile(path) } == "\(path): its 8796093022208 bytes are more than this machine has memory")
  }

  @Test func aHeaderIsNoLargerThanTheFormatAllows() {
    let size: [UInt8] = [1, 0xE1, 0xF5, 5, 0, 0, 0, 0]  // 100,000,001
    let bytes = size + Array(repeating: 0x20, count: 100_000_001)
    #expect(
      failure { _ = try Safetensors(bytes, file: "f") }
        == "f: at byte 0: a header of 100000001 bytes; the format allows 100000000 at most")
  }

  /// A file of a hundred bytes makes no list of a million classes.
  @Test func aNetworkHasNoMoreOutputsThanItsFile() {
    func message(_ count: Int) -> String {
      let header =
        #"{"__metadata__":{"format":"functional-net","network":"relu","input_shape":"[\#(count)]"}}"#
      let bytes = [UInt8(header.utf8.count), 0, 0, 0, 0, 0, 0, 0] + Array(header.utf8)
      return failure { _ = try Model<Float>(Safetensors(bytes, file: "f")) }
    }
    #expect(message(1_000_000) == "f: the network 'relu' makes [1000000] of a sample, not a vector of some length")
    #expect(message(10_001).contains("[10001]") && message(10_000) == "")
  }

  /// A hundred thousand marks on one letter, which Swift would take minutes to put in order, are refused at once; thirty are a
  /// text as any other, and the two spellings of é are one.
  @Test func marksWithoutEndAreRefused() throws {
    func marks(_ count: Int) -> String {
      String(String.UnicodeScalarView((0..<count).map { $0 % 2 == 0 ? "\u{301}" : "\u{323}" }))
    }
    let many = "a" + marks(100_000)
    let wrong = "a text with more than 30 combining marks in a row"
    #expect(failure { _ = try JSON(parsing: "{\"\(many)\":1}".utf8) }.contains(wrong))
    #expect(failure { _ = try JSON(parsing: "\"\("a" + marks(31))\"".utf8) }.contains(wrong))
    #expect(failure { _ = try Dataset(csv: Array("1,x\n2,\(many)\n".utf8), file: "f") } == "f:2: \(wrong)")
    #expect(failure { _ = try Dataset(csv: Array("\(many),y\n2,x\n".utf8), file: "f") } == "f:1: \(wrong)")
    #expect(
      failure { _ = try UnlabelledInputs(Pieces(Array("\(many),y\n2,x\n".utf8), name: "f", size: 1 << 20), size: 1) }
        == "f:1: \(wrong)")
    #expect(failure { _ = try Zip(Zip.bytes(of: [("a" + marks(31), [1])]), file: "f") }.contains(wrong))
    #expect(
      failure { _ = try Sequential<Float>(notation: "relu \(many)") }.contains("the name of a layer, not '\u{FFFD}'"))
    let few = "a" + marks(30)
    #expect(try JSON(parsing: "\"\(few)\"".utf8) == .string(few))
    #expect(try Dataset(csv: Array("1,é\n2,e\u{301}\n3,b\n".utf8), file: "f").classNames == ["b", "é"])
  }

  /// A quote that bears a mark is a quote.
  @Test func doubledQuotesAreOneBeforeAMark() throws {
    let data = try Dataset(csv: Array("1,\"a\"\"\u{301}b\"\n2,c\n".utf8), file: "f")
    #expect(data.classNames.map { Array($0.unicodeScalars) }.contains(["a", "\"", "\u{301}", "b"]))
  }

  /// Zero has a sign, in JSON as in memory.
  @Test func zerosKeepTheirSign() throws {
    for number in [0, -0.0] {
      let read = try JSON(parsing: JSON.number(number).description.utf8)
      #expect(read.doubleValue?.sign == number.sign && read.doubleValue == 0)
      let network = Sequential<Double>([ELU(alpha: number)])
      let again = try Sequential<Double>(notation: network.notation)
      #expect((again.layers[0] as? ELU<Double>)?.alpha.sign == number.sign)
    }
  }

  /// A network without layers is none, wherever it stands.
  @Test(arguments: [
    "residual(,)", "residual(,relu)", "residual()", "sequential()", "sequential( )", "relu residual( , )",
  ])
  func emptyNetworksAreRefused(notation: String) {
    #expect(failure { _ = try Sequential<Float>(notation: notation) }.contains("takes a network in brackets"))
  }
}
