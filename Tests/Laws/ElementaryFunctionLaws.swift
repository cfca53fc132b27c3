import Foundation
import FunctionalNet
import TestSupport
import Testing

/// The error of a result in units in the last place of the true value `high + low`.
private func ulps(_ result: Double, _ high: Double, _ low: Double) -> Double {
  result == high ? abs(low) / high.ulp : abs((result - high) - low) / high.ulp
}

@Suite struct ElementaryFunctionLaws {
  /// The bounds that `ElementaryFunctions.swift` states, against 60-digit references.
  @Test(arguments: [
    ("exp", 1.0), ("log", 1.0), ("tanh", 3.0), ("sigmoid", 2.0), ("expMinusOne", 3.0), ("normalDistribution", 4.0),
  ])
  func doubleErrors(name: String, bound: Double) throws {
    let functions: [String: (Double) -> Double] = [
      "exp": Double.exp, "log": Double.log, "tanh": Double.tanh, "sigmoid": Double.sigmoid,
      "expMinusOne": Double.expMinusOne, "normalDistribution": Double.normalDistribution,
    ]
    var (worst, count) = (0.0, 0)
    for line in try String(contentsOfFile: fixture("elementary_functions.csv"), encoding: .utf8).split(separator: "\n")
    {
      let parts = line.split(separator: ",")
      guard parts[0] == name else { continue }
      let numbers = parts.dropFirst().map { Double(bitPattern: UInt64($0, radix: 16)!) }
      let result = functions[name]!(numbers[0])
      let error = ulps(result, numbers[1], numbers[2])
      #expect(error < bound, "\(name)(\(numbers[0])) = \(result), expected \(numbers[1])")
      (worst, count) = (max(worst, error), count + 1)
    }
    #expect(count > 400 && worst > 0.3)
  }

  /// The exponentials of many numbers are those of each, bit for bit.
  @Test(arguments: seeds(20)) func manyExponentialsAreEach(seed: Int) {
    func check<S: Real>(_ type: S.Type) {
      var random = Random(seed: seed)
      let edges: [S] = [
        0, -0.0, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, 709.7, 709.79, 709.81, 88.7, 88.8, -87.3, -103.9,
        -104,
        -708.4, -745.1, -745.15, -745.3, .greatestFiniteMagnitude, 1, -1,
      ]
      let x = (0..<random.int(0...40)).map { _ in
        random.int(0...2) == 0 ? random.element(edges) : S(random.double(-1...1) * random.element([1, 20, 100, 800]))
      }
      let many = Tensor(x).map(.exp).elements
      #expect(many.count == x.count)
      for (number, power) in zip(x, many) {
        let expected = S.exp(number)
        #expect(power == expected || (power.isNaN && expected.isNaN), "exp(\(number)) = \(power), not \(expected)")
      }
    }
    check(Float.self)
    check(Double.self)
  }

  @Test func floatErrors() {
    // Foundation's Double functions are right to far more digits than Float has.
    let functions: [(name: String, mine: (Float) -> Float, reference: (Double) -> Double)] = [
      ("exp", Float.exp, Foundation.exp), ("log", Float.log, Foundation.log), ("tanh", Float.tanh, Foundation.tanh),
      ("sigmoid", Float.sigmoid, { 1 / (1 + Foundation.exp(-$0)) }),
    ]
    for (name, mine, reference) in functions {
      let bound = name == "sigmoid" ? 2.0 : 0.51
      for pattern in stride(from: UInt32(0), to: 0xFF80_0000, by: 131_071) {
        let x = Float(bitPattern: pattern)
        if !x.isFinite || (name == "log" && x <= 0) { continue }
        let (result, expected) = (mine(x), reference(Double(x)))
        if expected.magnitude > Double(Float.greatestFiniteMagnitude) {
          #expect(result == .infinity, "\(name)(\(x))")
        } else {
          let error = abs(Double(result) - expected) / Double(Float(expected).ulp)
          if error >= bound { Issue.record("\(name)(\(x)) = \(result), expected \(expected), \(error) ulp") }
        }
      }
    }
  }

  @Test func specialValues() {
    special(Float.self)
    special(Double.self)
  }

  private func special<S: Real>(_ type: S.Type) {
    let smallest = S.leastNonzeroMagnitude
    #expect(
      S.exp(.infinity) == .infinity && S.exp(-.infinity) == 0 && S.exp(.nan).isNaN && S.exp(0) == 1 && S.exp(-0.0) == 1)
    #expect(S.exp(smallest) == 1 && S.exp(1e4) == .infinity && S.exp(-1e4) == 0)
    #expect(S.log(.infinity) == .infinity && S.log(0) == -.infinity && S.log(-0.0) == -.infinity)
    #expect(S.log(-1).isNaN && S.log(-.infinity).isNaN && S.log(.nan).isNaN)
    #expect(S.log(1) == 0 && S.log(1).sign == .plus && S.log(smallest).isFinite)
    #expect(S.tanh(.infinity) == 1 && S.tanh(-.infinity) == -1 && S.tanh(.nan).isNaN)
    #expect(S.tanh(0).sign == .plus && S.tanh(-0.0).sign == .minus && S.tanh(-0.0) == 0)
    #expect(S.tanh(smallest) == smallest && S.tanh(-smallest) == -smallest)
    #expect(S.sigmoid(.infinity) == 1 && S.sigmoid(-.infinity) == 0 && S.sigmoid(.nan).isNaN && S.sigmoid(0) == 0.5)
  }

  @Test func expAndLogAreMonotonic() {
    var (last, lastLog) = (-1.0, -Double.infinity)
    for x in stride(from: -30.0, through: 30, by: 0.003) {
      let (y, z) = (Double.exp(x), Double.log(Double.exp(x)))
      #expect(y > last && z > lastLog)
      (last, lastLog) = (y, z)
    }
  }

  @Test func wholeTensorsAreMappedByTheSameFunctions() {
    let x = Tensor<Double>([-3, -0.5, 0, 0.25, 2])
    #expect(x.map(.exp).elements == x.elements.map(Double.exp))
    #expect(x.map(.tanh).elements == x.elements.map(Double.tanh))
    #expect(x.map(.sigmoid).elements == x.elements.map(Double.sigmoid))
    #expect(x.map(.exp).map(.log).elements == x.elements.map { Double.log(Double.exp($0)) })
  }
}
