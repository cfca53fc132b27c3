import FunctionalNet
import FunctionalNetIO
import TestSupport
import Testing

/// The error that reading something gives; an empty text where it gives none.
func failure(_ body: () throws -> Void) -> String {
  do {
    try body()
    return ""
  } catch {
    return "\(error)"
  }
}

@Suite struct IDXFiles {
  private let images: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6]

  @Test func aFileIsReadAsItStands() throws {
    let idx = try IDX(images, file: "images", dimensions: 3...3)
    #expect(idx.shape == [2, 1, 3] && idx.bytes == [1, 2, 3, 4, 5, 6])
  }

  @Test func everyCutIsAnError() {
    for length in 1..<images.count {
      let message = failure { _ = try IDX(Array(images[..<length]), file: "images", dimensions: 3...3) }
      #expect(message.hasPrefix("images: at byte"), "cut at \(length): \(message)")
    }
  }

  @Test(
    arguments: [
      ([1, 0, 8, 3], "images: at byte 0: not an IDX file: it begins with 01 00 08 03"),
      ([0, 0, 13, 3], "images: at byte 2: element type 0d; only unsigned bytes (08) are supported"),
      ([0, 0, 8, 1], "images: at byte 3: an IDX file of 1 dimensions, expected 3"),
      ([0, 0, 8, 3, 0, 0, 0, 3], "dimensions [3, 1, 3] promise 9 bytes of data, but 6 follow"),
      (
        [0, 0, 8, 3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255],
        "promise more bytes than a computer can count"
      ),
    ] as [([UInt8], String)])
  func liesAreErrors(start: [UInt8], message: String) {
    let bytes = start + images[start.count...]
    #expect(failure { _ = try IDX(bytes, file: "images", dimensions: 3...3) }.contains(message))
  }

  @Test func aFolderHasTwoParts() throws {
    let parts = try DatasetParts(fixture("idx"))
    let test = try #require(parts.test)
    #expect(parts.training.count == 30 && test.count == 10)
    #expect(parts.training.sampleShape == [4, 5] && parts.training.classNames == ["0", "1", "2"])
    #expect(parts.training.labels.indices.prefix(4) == [0, 1, 2, 0])
    let x: Tensor<Float> = parts.training.tensor()
    #expect(
      x.rows(1..<2).elements == Array(repeating: 0, count: 5) + Array(repeating: 201, count: 5)
        + Array(repeating: 0, count: 10))
    #expect(InputScaling(fitting: parts.training).applied(to: x)[0, 0] == 200.0 / 255)
  }

  @Test func whatIsMissingIsNamed() throws {
    let folder = try TemporaryFolder()
    #expect(failure { _ = try DatasetParts(folder.path) }.contains("no file train-images-idx3-ubyte"))
    try writeFile("\(folder.path)/train-images-idx3-ubyte", images)
    #expect(failure { _ = try DatasetParts(folder.path) }.contains("train-labels-idx1-ubyte is not"))
    try writeFile("\(folder.path)/train-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 3, 0, 1, 2])
    #expect(failure { _ = try DatasetParts(folder.path) }.contains("3 labels for the 2 images"))
    try writeFile("\(folder.path)/train-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 2, 0, 1])
    #expect(try DatasetParts(folder.path).training.labels == [0, 1])
    try writeFile("\(folder.path)/t10k-images-idx3-ubyte", images)
    try writeFile("\(folder.path)/t10k-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 2, 0, 7])
    #expect(failure { _ = try DatasetParts(folder.path) }.contains("at byte 9: label 7 of sample 2 is not in 0..<2"))
    try writeFile(
      "\(folder.path)/t10k-images-idx3-ubyte", [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6])
    try writeFile("\(folder.path)/t10k-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 2, 0, 1])
    #expect(
      failure { _ = try DatasetParts(folder.path) }.contains(
        "the test images have shape [3, 1], the training images [1, 3]"))
    try writeFile("\(folder.path)/train-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 2, 0, 255])
    #expect(
      failure { _ = try DatasetParts(folder.path) }.contains(
        "at byte 9: label 255 of sample 2 is out of range: only 2 different"))
  }
}

@Suite struct GzipFiles {
  @Test func compressedFilesAreRead() throws {
    let bytes = try gunzip(readFile(fixture("idx/train-labels-idx1-ubyte.gz")), file: "labels")
    #expect(bytes.count == 38 && bytes.prefix(8) == [0, 0, 8, 1, 0, 0, 0, 30])
    #expect(try gunzip([1, 2, 3], file: "plain") == [1, 2, 3])
  }

  @Test func joinedFilesAreOne() throws {
    let one = try readFile(fixture("idx/train-labels-idx1-ubyte.gz"))
    #expect(try gunzip(one + one, file: "two").count == 76)
  }

  @Test func whatFollowsIsPaddingOrAnError() throws {
    let one = try readFile(fixture("idx/train-labels-idx1-ubyte.gz"))
    #expect(try gunzip(one + [0, 0, 0], file: "padded").count == 38)
    #expect(try gunzip(one + [0, 0] + one + [0], file: "padded").count == 76)
    for garbage in [[1, 2, 3], [0, 0, 7], Array("5.1,3.5\n".utf8)] as [[UInt8]] {
      let first = one.count + garbage.prefix { $0 == 0 }.count
      #expect(
        failure { _ = try gunzip(one + garbage, file: "more") }.hasPrefix(
          "more: at byte \(first): the gzip data ends here, but the file goes on with neither zeros nor more gzip data")
      )
    }
    for length in 1..<one.count {
      #expect(failure { _ = try gunzip(one + one[..<length], file: "cut") }.hasPrefix("cut: at byte "), "\(length)")
    }
  }

  @Test func cutsAndChangesAreErrors() throws {
    let whole = try readFile(fixture("idx/train-images-idx3-ubyte.gz"))
    for length in 2..<whole.count {
      #expect(failure { _ = try gunzip(Array(whole[..<length]), file: "cut") }.hasPrefix("cut: "), "cut at \(length)")
    }
    var changed = whole
    changed[whole.count - 6] ^= 1  // the checksum
    #expect(failure { _ = try gunzip(changed, file: "changed") }.contains("corrupt"))
  }

  @Test func aLimitIsKept() throws {
    let whole = try readFile(fixture("idx/train-images-idx3-ubyte.gz"))
    #expect(failure { _ = try gunzip(whole, file: "large", limit: 100) }.contains("more than the 100 bytes"))
    #expect(try gunzip(whole, file: "right", limit: 616).count == 616)
  }

  @Test func checksums() {
    #expect(crc32([Array("123456789".utf8)]) == 0xcbf4_3926)
    #expect(crc32([Array("1234".utf8), [], Array("56789".utf8)]) == 0xcbf4_3926)
  }
}

@Suite struct CSVFiles {
  private func dataset(_ text: String, label: LabelColumn = .last) throws -> Dataset {
    try Dataset(csv: Array(text.utf8), file: "t.csv", options: TableOptions(labelColumn: label))
  }

  private func numbers(_ data: Dataset) -> [Double] { data.tensor(Double.self).elements }

  @Test func withAHeaderAndWords() throws {
    let data = try dataset("a,b,kind\n1,2.5,cat\n-3,4e2,dog\n0.1,7,cat\n")
    #expect(data.sampleShape == [2] && data.classNames == ["cat", "dog"] && data.labels == [0, 1, 0])
    #expect(numbers(data) == [1, 2.5, -3, 400, 0.1, 7])
  }

  @Test func withoutAHeader() throws {
    let data = try dataset("1,2,10\n3,4,9\n5,6,10")
    #expect(data.classNames == ["9", "10"] && data.labels == [1, 0, 1] && numbers(data) == [1, 2, 3, 4, 5, 6])
    #expect(try dataset("5.1,3.5,setosa\n4.9,3.0,other").classNames == ["other", "setosa"])
  }

  @Test func aHeaderOfNumbersIsSeenByItsWord() throws {
    #expect(try dataset("0,1,label\n5,6,1\n7,8,0").labels == [1, 0])
  }

  @Test func aLineWithNumbersIsNoHeader() {
    #expect(
      failure { _ = try dataset("5.1,NA,1.4,x\n1,2,3,y\n") }.hasPrefix("t.csv:1: column 2: 'NA' is a missing value")
    )
  }

  @Test func theSameNumberIsTheSameClass() throws {
    let data = try dataset("1,1\n2,1.0\n3,02\n4,-3\n")
    #expect(data.classNames == ["-3", "1", "2"] && data.labels == [1, 1, 2, 0])
  }

  @Test func otherEncodingsAreNamed() {
    let utf16: [UInt8] = [0xFF, 0xFE] + "1,a\n".utf8.flatMap { [$0, UInt8(0)] }
    #expect(
      failure { _ = try Dataset(csv: utf16, file: "t") } == "t: at byte 0: this is text in UTF-16; save it as UTF-8")
    let latin1 = Array("1,s".utf8) + [0xE9] + Array("tosa\n".utf8)
    #expect(
      failure { _ = try Dataset(csv: latin1, file: "t") }.hasPrefix("t:1: the class is not UTF-8 text in column 2"))
  }

  @Test func theLabelColumnIsChosen() throws {
    #expect(try dataset("y,a,b\n1,20,30\n0,21,31\n", label: .named("y")).labels == [1, 0])
    #expect(numbers(try dataset("y,a,b\n1,20,30\n0,21,31\n", label: .named("y"))) == [20, 30, 21, 31])
    #expect(try dataset("5,x,7\n6,y,8\n", label: .position(2)).classNames == ["x", "y"])
    #expect(LabelColumn("3") == .position(3) && LabelColumn("kind") == .named("kind"))
  }

  @Test func asPeopleHaveIt() throws {
    let data = try dataset("\u{FEFF}\"a\", b ,c\r\n\r\n 1 ,\"2\", \"x, \"\"y\"\"\" \r\n3,4,z\r\n   \r\n")
    #expect(numbers(data) == [1, 2, 3, 4] && data.classNames == ["x, \"y\"", "z"])
    #expect(numbers(try dataset("1\t2\ta\n3\t4\tb")) == [1, 2, 3, 4])
    #expect(numbers(try dataset("1;2;a\n3;4;b")) == [1, 2, 3, 4])
  }

  @Test(arguments: [
    ("", "t.csv: there is no data"), ("\n\n  \n", "t.csv: there is no data"),
    ("a,b,c\n", "t.csv: there is a header line, but no data"),
    ("a,b,c\n1,2,x\n1,x\n", "t.csv:3: expected 3 columns as in the first line, found 2"),
    ("a,b,c\n1,2,x\n1,2,3,x\n", "t.csv:3: expected 3 columns as in the first line, found 4"),
    ("a,b,c\n1,2,x\n\n1,oops,x\n", "t.csv:4: column 2 ('b'): 'oops' is not a finite number"),
    ("1,2,x\n1,nan,x\n", "t.csv:2: column 2: 'nan' is a missing value; --missing drop"),
    ("1,2,x\n1,1e300,x\n", "t.csv:2: column 2: '1e300' is too large"),
    ("1,2,x\n1,,x\n", "t.csv:2: column 2: '' is a missing value; --missing drop"),
    ("1,2,x\n1,Infinity,x\n", "t.csv:2: column 2: 'Infinity' is not a finite number"),
    ("1,2,x\n1,1e999,x\n", "t.csv:2: column 2: '1e999' is not a finite number"),
    ("1,2,x\n1,2,\n", "t.csv:2: the class is missing in column 3"),
    ("1,2,0.5\n", "t.csv:1: '0.5' is a fraction, not a class"),
    ("x\ny\n", "t.csv:1: one column"), ("1,\"2,x\n3,4,y\n", "t.csv:1: a quote is opened here and never closed"),
    ("1,\"2\"3,x\n", "t.csv:1: something follows a closing quote"),
  ])
  func whatIsWrongIsSaid(text: String, message: String) {
    let found = failure { _ = try dataset(text) }
    #expect(found.hasPrefix(message), "\(found)")
  }

  @Test func unknownColumnsAreErrors() {
    #expect(
      failure { _ = try dataset("a,b\n1,2\n", label: .named("c")) }
        == "t.csv:1: no column is named 'c'; the first line has 'a', 'b'")
    #expect(
      failure { _ = try dataset("1,2\n", label: .position(3)) }.contains("there is no column 3; the columns are 1 to 2")
    )
  }

  /// Exact decimals take a short way; it must lead to the same numbers as the long one.
  @Test(arguments: seeds(200)) func numbersAreReadToTheLastBit(seed: Int) throws {
    var random = Random(seed: seed)
    let values = (0..<20).map { _ -> Double in
      let digits = Double(random.int(-999_999_999_999...999_999_999_999))
      return random.element([digits, digits / 100, digits / 1e11, random.double(-1e5...1e5), digits * 1e20])
    }
    let text = values.map { "\($0),k" }.joined(separator: "\n")
    #expect(numbers(try dataset(text)) == values)
  }
}

@Suite struct BuiltInData {
  @Test func digits() throws {
    let digits = try DatasetParts("digits").training
    #expect(digits.count == 1797 && digits.sampleShape == [8, 8] && digits.classNames == (0...9).map(String.init))
    let counts = (0..<10).map { digit in digits.labels.indices.lazy.filter { $0 == digit }.count }
    #expect(counts == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180])
    let x: Tensor<Double> = digits.tensor()
    #expect(x.sum() == 561_718)  // as NumPy adds up load_digits().data
    #expect(InputScaling(fitting: digits) == InputScaling(offset: [0], divisor: [16]))
  }

  @Test func iris() throws {
    let iris = try DatasetParts("iris").training
    #expect(iris.count == 150 && iris.classNames == ["setosa", "versicolor", "virginica"])
    let x: Tensor<Double> = iris.samples(scaling: InputScaling(fitting: iris)).x
    let mean = x.sum(axis: 0) / 150
    let variance = (x * x).sum(axis: 0) / 150
    #expect(mean.elements.allSatisfy { abs($0) < 1e-13 } && variance.elements.allSatisfy { abs($0 - 1) < 1e-13 })
  }

  @Test func xor() throws {
    let parts = try DatasetParts("xor")
    #expect(
      parts.training.samples(Float.self, scaling: InputScaling(fitting: parts.training)).x
        == Tensor(rows: [[0, 0], [0, 1], [1, 0], [1, 1]]))
    #expect(parts.training.labels == [0, 1, 1, 0] && parts.test?.labels == [0, 1, 1, 0])
  }

  @Test func splitsKeepEverySample() throws {
    let (training, test) = try DatasetParts("digits").split(testFraction: 0.2, key: Key(1))
    #expect(training.count == 1438 && test.count == 359)
    let all: Tensor<Float> = try DatasetParts("digits").training.tensor()
    let (a, b): (Tensor<Float>, Tensor<Float>) = (training.tensor(), test.tensor())
    #expect(a.sum() + b.sum() == all.sum())
  }

  @Test func aColumnThatNeverChangesIsSafe() throws {
    let data = try Dataset(csv: Array("7,1,a\n7,3,b\n".utf8), file: "t")
    #expect(data.samples(Double.self, scaling: InputScaling(fitting: data)).x == Tensor(rows: [[0, -1], [0, 1]]))
  }

  @Test func namesThatLeadNowhere() {
    #expect(
      failure { _ = try DatasetParts("digit") }
        == "digit: no such file or folder; the built-in data sets are digits, iris, xor")
    #expect(failure { _ = try DatasetParts("missing/data.csv") } == "missing/data.csv: no such file or folder")
    #expect(failure { _ = try DatasetParts(fixture("idx/t10k-labels-idx1-ubyte")) }.contains("name the folder"))
    #expect(failure { _ = try DatasetParts(fixture("python_float32.safetensors")) }.contains("is a safetensors file"))
  }

  @Test func labelsOfAnotherListOfClasses() throws {
    let data = try Dataset(csv: Array("1,b\n2,a\n".utf8), file: "t")
    #expect(try data.relabelled(["c", "b", "a"]).labels == [1, 2])
    #expect(
      failure { _ = try data.relabelled(["a", "c"]) }
        == "t: class 'b' is unknown to the model, whose classes are 'a', 'c'")
  }
}
