import FunctionalNet
import FunctionalNetIO
import TestSupport
import Testing

/// Files that earlier versions of the command wrote, kept for ever: later versions read them and predict the same, to the last
/// bit. Beside each is what was predicted then for three rows of inputs.
@Suite struct GoldenFiles {
  @Test(arguments: [
    ("version_1_two_layer", "iris_rows", "1a03bd86"), ("version_2_convolutions", "digits_rows", "217c34b2"),
    ("version_3_missing", "missing_rows", "f02df125"), ("version_2_sigmoid_twice", "xor_rows", "d56705ff"),
    ("version_4_columns", "iris_rows", "aa07da8d"),
  ])
  func modelsInFloat(file: String, rows: String, crc32: String) throws {
    try check(Float.self, file, rows, crc32)
  }

  /// The names of columns are in version 4 alone.
  @Test func namesOfColumns() throws {
    func names(_ file: String) throws -> ColumnNames? {
      try Model<Float>(contentsOf: fixture("golden/\(file).safetensors")).description.columnNames
    }
    let inputs = ["sepal_length_cm", "sepal_width_cm", "petal_length_cm", "petal_width_cm"]
    #expect(try names("version_4_columns") == ColumnNames(inputs: inputs, label: "species"))
    for file in ["version_1_two_layer", "version_2_convolutions", "version_3_missing"] {
      #expect(try names(file) == nil)
    }
  }

  @Test func modelsInDouble() throws { try check(Double.self, "version_2_residual", "iris_rows", "6d7e4341") }

  private func check<S: Real>(_ type: S.Type, _ file: String, _ rows: String, _ crc32: String) throws {
    let model = try Model<S>(contentsOf: fixture("golden/\(file).safetensors"))
    #expect(String(Safetensors.crc32(of: model.tensors), radix: 16) == crc32)
    let inputs = try lines("golden/\(rows).csv").flatMap { $0.split(separator: ",").compactMap { Double($0) } }
    let probabilities = try model.probabilities(.numbers(inputs))
    let names = model.description.classNames
    let expected = try lines("golden/\(file).csv")
    #expect(expected[0] == "prediction," + names.joined(separator: ","))
    for (row, best) in probabilities.argmax().enumerated() {
      let values = probabilities.rows(row..<row + 1).elements.map(\.description)
      #expect(expected[row + 1] == ([names[best]] + values).joined(separator: ","))
    }
    #expect(expected.count == 4)
  }

  private func lines(_ name: String) throws -> [String] {
    String(decoding: try readFile(fixture(name)), as: UTF8.self).split(separator: "\n").map(String.init)
  }
}
