import FunctionalNet
import FunctionalNetIO
import TestSupport
import Testing

@Suite struct MissingValueFiles {
  private func dataset(_ text: String, _ missing: MissingValues, label: LabelColumn = .last) throws -> Dataset {
    try Dataset(csv: Array(text.utf8), file: "t.csv", options: TableOptions(labelColumn: label, missing: missing))
  }

  private func numbers(_ data: Dataset) -> [Double] { data.tensor(Double.self).elements }

  @Test(arguments: ["", "NA", "N/A", "nan", "NaN", "null", "?", "-", "\"NA\"", " ? "])
  func everyMarkIsKnown(mark: String) throws {
    let text = "a,b,kind\n1,2,x\n\n3,\(mark),y\n5,6,y\n"
    let plain = mark.filter { $0 != "\"" && $0 != " " }
    #expect(
      failure { _ = try dataset(text, .error) }
        == "t.csv:4: column 2 ('b'): '\(plain)' is a missing value; --missing drop leaves such records out, "
        + "--missing mean puts the column's mean there")
    let dropped = try dataset(text, .drop)
    #expect(numbers(dropped) == [1, 2, 5, 6] && dropped.labels == [0, 1] && dropped.incomplete == 1)
    let kept = try dataset(text, .mean)
    #expect(bits(numbers(kept)) == bits([1, 2, 3, .nan, 5, 6]) && kept.labels == [0, 1, 1] && kept.incomplete == 1)
  }

  @Test func otherWordsAreStillWrong() {
    for word in ["none", "Na", "--", "inf", "nann", "x"] {
      #expect(
        failure { _ = try dataset("1,2,x\n1,\(word),x\n", .drop) }.hasPrefix(
          "t.csv:2: column 2: '\(word)' is not a finite number"))
    }
  }

  @Test func aMissingClassIsDroppedOrAnError() throws {
    for mark in ["", "NA", "?", "NaN"] {
      let text = "1,2,x\n3,4,\(mark)\n5,6,-\n"
      let dropped = try dataset(text, .drop)
      #expect(dropped.classNames == ["-", "x"] && dropped.labels == [1, 0] && dropped.incomplete == 1)
      for policy in [MissingValues.error, .mean] {
        #expect(
          failure { _ = try dataset(text, policy) }
            == "t.csv:2: the class is missing in column 3, which holds the classes (--label_column names another; "
            + "--missing drop leaves such records out)")
      }
    }
  }

  @Test func whatIsAllMissingIsAnError() {
    #expect(
      failure { _ = try dataset("kind,a,b\nx,1,NA\ny,2,\n", .mean, label: .position(1)) }
        == "t.csv: column 3 ('b'): every value is missing; leave the column out")
    #expect(
      failure { _ = try dataset("1,NA,x\n?,2,y\n", .drop) }
        == "t.csv: a value is missing in every record; --missing drop leaves nothing")
  }

  @Test func aRecordOfMarksIsNoHeader() throws {
    #expect(try dataset("?,NA,x\n1,2,y\n", .drop).labels == [0])
    #expect(try dataset(",a,kind\n1,2,y\n", .drop).incomplete == 0)
  }

  /// The mean and the deviation of a column are those of its present values, in the training part only; what is missing, in
  /// either part, becomes the mean, which is 0 once it is scaled.
  @Test func theMeanTakesItsPlace() throws {
    let training = try dataset("1,10,x\nNA,20,y\n3,NA,x\n5,60,y\n", .mean)
    let scaling = InputScaling(fitting: training)
    #expect(scaling.fillsMissing && scaling.offset == [3, 30])
    #expect(scaling.divisor == [(8.0 / 3).squareRoot(), (1400.0 / 3).squareRoot()])
    let x: Tensor<Double> = training.samples(scaling: scaling).x
    #expect(x[1, 0] == 0 && x[2, 1] == 0 && x[0, 0] == -2 / (8.0 / 3).squareRoot())
    let test = try dataset("NA,30,x\n100,?,y\n", .mean)
    let y: Tensor<Float> = test.samples(scaling: scaling).x
    #expect(y[0, 0] == 0 && y[0, 1] == 0 && y[1, 1] == 0 && y[1, 0] == Float(97 / (8.0 / 3).squareRoot()))
  }

  @Test(arguments: seeds(20)) func withoutMissingValuesNothingChanges(seed: Int) throws {
    var random = Random(seed: seed)
    let rows = (0..<random.int(1...30)).map { _ in "\(random.double(-9...9)),\(random.double()),\(random.int(0...2))" }
    let text = rows.joined(separator: "\n")
    let (plain, mean) = (try dataset(text, .error), try dataset(text, .mean))
    let (a, b) = (InputScaling(fitting: plain), InputScaling(fitting: mean))
    #expect(bits(a.offset) == bits(b.offset) && bits(a.divisor) == bits(b.divisor))
    let (x, y): (Tensor<Float>, Tensor<Float>) = (plain.samples(scaling: a).x, mean.samples(scaling: b).x)
    #expect(bits(x) == bits(y) && !a.fillsMissing)
  }

  @Test func theModelFileSaysIt() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/model"
    func text(_ fills: Bool) throws -> String {
      let scaling = InputScaling(offset: [1, 2], divisor: [3, 4], fillsMissing: fills)
      let model = Model(
        params: Params<Float>.initial(inputs: 2, hidden: 3, classes: 2, key: Key(1)),
        description: ModelDescription(classNames: ["a", "b"], inputShape: [2], scaling: scaling))
      try model.save(path)
      #expect(try Model<Float>(contentsOf: path) == model)
      return try Safetensors(readFile(path), file: path).metadata["input_scaling"] ?? ""
    }
    #expect(try text(false) == #"{"offset":[1,2],"divisor":[3,4]}"#)
    #expect(try text(true) == #"{"offset":[1,2],"divisor":[3,4],"missing":"mean"}"#)
    var bytes = try readFile(path)
    let place = try #require(bytes.indices.first { bytes[$0...].starts(with: Array("mean".utf8)) })
    bytes[place] = UInt8(ascii: "l")
    #expect(failure { _ = try Model<Float>(Safetensors(bytes, file: "m")) }.hasPrefix("m: metadata 'input_scaling'"))
  }
}
