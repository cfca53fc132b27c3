import FunctionalNet
import TestSupport
import Testing

/// A layer that is right on its way forward and wrong on its way back.
private struct Faulty<Right: Layer<Double>>: Layer {
  typealias Scalar = Double

  let right: Right
  let fault: LayerFault

  var notation: String { right.notation }
  func outputShape(for shape: [Int]) throws(ShapeError) -> [Int] { try right.outputShape(for: shape) }
  func initialParams(for shape: [Int], key: Key) -> Right.Params { right.initialParams(for: shape, key: key) }
  func initialState(for shape: [Int]) -> Right.State { right.initialState(for: shape) }

  func pass(
    _ params: Right.Params, _ state: Right.State, _ x: Tensor<Double>, _ mode: Mode
  ) -> Pass<Right.Params, Right.State> {
    let pass = right.pass(params, state, x, mode)
    let frozen = right.pass(params, state, x, .inference)
    return Pass(output: pass.output, state: pass.state) { dOutput in
      let (gradient, input) = pass.pullback(dOutput)
      switch fault {
      case .negatedInput: return (gradient, { -input() })
      case .scaledInput: return (gradient, { 1.0001 * input() })
      case .shiftedInput: return (gradient, { input().shifted })
      case .reversedInput: return (gradient, { Tensor(shape: x.shape, elements: input().elements.reversed()) })
      case .inputOfInference: return (gradient, frozen.pullback(dOutput).input)
      case .noBias: return (gradient.replacingLast { 0 * $0 }, input)
      case .scaledParams: return (Double(x.rowCount - 1) / Double(x.rowCount) * gradient, input)
      case .shiftedParams: return (gradient.replacingFirst { $0.shifted }, input)
      case .none: return (gradient, input)
      }
    }
  }
}

private enum LayerFault: CaseIterable {
  case none, negatedInput, scaledInput, shiftedInput, reversedInput, noBias, scaledParams, shiftedParams

  /// Statistics and dice left out of the way back.
  case inputOfInference

  var isInParams: Bool { [.noBias, .scaledParams, .shiftedParams].contains(self) }
}

extension Tensor<Double> {
  /// Every number at the next place, the last one at the first.
  fileprivate var shifted: Tensor { Tensor(shape: shape, elements: elements.suffix(1) + elements.dropLast()) }
}

extension Parameters<Double> {
  fileprivate func replacingLast(_ change: (Tensor<Double>) -> Tensor<Double>) -> Self {
    let last = named.last?.name
    return traverse { $0 == last ? change($1) : $1 }
  }

  fileprivate func replacingFirst(_ change: (Tensor<Double>) -> Tensor<Double>) -> Self {
    let first = named.first?.name
    return traverse { $0 == first ? change($1) : $1 }
  }
}

/// The check of layers is worth something: for every layer, faults on its way back are caught.
@Suite struct PlantedLayerFaults {
  private func check<L: Layer<Double>>(
    _ layer: L, _ shape: [Int], besides harmless: [LayerFault] = [], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let count = ([4] + shape).reduce(1, *)
    let x = Tensor<Double>(
      shape: [4] + shape,
      elements: Key(5).permutation(count).map { 0.1 * (Double($0 - count / 2) + 0.5) * (1 + 1 / Double(count)) })
    let learns = layer.initialParams(for: shape, key: Key(1)).count > 0
    for fault in LayerFault.allCases where (learns || !fault.isInParams) && !harmless.contains(fault) {
      let report = checkLayer(Faulty(right: layer, fault: fault), sampleShape: shape, input: x)
      #expect(
        report.passed == (fault == .none), "\(layer.notation), \(fault): \(report)", sourceLocation: sourceLocation)
    }
  }

  /// What inference gives back is what training does, where there are neither statistics nor dice.
  @Test func faultsAreCaught() {
    let same = [LayerFault.inputOfInference]
    check(Linear(3), [4], besides: same)
    check(Conv2D(2), [2, 4, 4], besides: same)
    check(MaxPool2D(2), [1, 4, 4], besides: same)
    check(AveragePool2D(2), [1, 4, 4], besides: same)
    check(BatchNorm2D(), [2, 3, 3])
    check(BatchNorm1D(), [3])
    check(LayerNorm(), [5], besides: same)
    check(Dropout(0.5), [8])
    check(Flatten(), [2, 3], besides: same)
    check(ReLU(), [6], besides: same)
    check(LeakyReLU(slope: 0.3), [6], besides: same)
    check(Sigmoid(), [6], besides: same)
    check(Tanh(), [6], besides: same)
    check(Abs(), [6], besides: same)
    check(GELU(), [6], besides: same)
    check(ELU(), [6], besides: same)
    check(Softmax(), [4], besides: same)
    check(Residual { Linear<Double>(4) }, [4], besides: same)
  }
}

// MARK: A layer of a user's own

/// `y = gain·x² + offset`, number by number, with a gain and an offset for each place: nothing that the package knows.
private struct Parabola: Layer {
  typealias Scalar = Double

  struct Coefficients: Parameters {
    let gain: Tensor<Double>
    let offset: Tensor<Double>

    func traverse(_ visit: (String, Tensor<Double>) throws -> Tensor<Double>) rethrows -> Coefficients {
      Coefficients(gain: try visit("gain", gain), offset: try visit("offset", offset))
    }
  }

  var isWrong = false

  func initialParams(for shape: [Int], key: Key) -> Coefficients {
    Coefficients(gain: .uniform(shape, from: 0.5, to: 1, key: key), offset: .zeros(shape))
  }

  func pass(
    _ params: Coefficients, _ state: Empty<Double>, _ x: Tensor<Double>, _ mode: Mode
  ) -> Pass<Coefficients, Empty<Double>> {
    let squares = x * x
    return Pass(output: squares * params.gain + params.offset, state: state) { dOutput in
      (
        Coefficients(gain: (dOutput * squares).sum(axis: 0), offset: dOutput.sum(axis: 0)),
        { (isWrong ? 1 : 2) * (dOutput * x * params.gain) }
      )
    }
  }
}

@Suite struct LayersOfUsers {
  @Test func aLayerOfOnesOwnIsCheckedInALine() {
    #expect(checkLayer(Parabola(), sampleShape: [3]).passed)
    let report = checkLayer(Parabola(isWrong: true), sampleShape: [3])
    #expect(!report.passed && report.description.contains("in training, the derivatives are wrong"), "\(report)")
    #expect(Parabola().notation == "parabola")
  }

  @Test func itTrainsAmongTheOthers() throws {
    let network = Sequential<Double> {
      Linear(4)
      Parabola()
      Linear(2)
    }
    #expect(checkLayer(network, sampleShape: [3]).passed)
    let trainer = try Trainer(network, sampleShape: [3], optimizer: .adam(lr: 0.02), key: Key(1))
    let x = Tensor<Double>.normal([60, 3], key: Key(2))
    let inside = (0..<60).map { row in x.rows(row..<row + 1).elements.reduce(0) { $0 + $1 * $1 } < 2.4 ? 1 : 0 }
    let samples = Samples(x: x, y: Labels(inside))
    let trained = samples.batches(of: 10, epochs: 0..<60, key: Key(3)).reduce(trainer.start, trainer.next)
    #expect(evaluate(network, trained.params, trained.state, on: samples).accuracy > 0.9)
    #expect(trained.params.named.map(\.name).contains("1.gain"))
  }

  /// What the check says of layers that break other laws than that of derivatives.
  @Test func otherFaultsAreNamed() {
    struct Wrong: FixedLayer {
      typealias Scalar = Double
      var shape: [Int]?
      var rolls = false
      var givesBack: [Int]?
      func outputShape(for input: [Int]) throws(ShapeError) -> [Int] { shape ?? input }
      func pass(_ x: Tensor<Double>, _ mode: Mode) -> FixedPass<Double> {
        let factor = rolls ? Double.random(in: 1...2) : 1
        return FixedPass(output: factor * x) { dOutput in givesBack.map { .zeros($0) } ?? factor * dOutput }
      }
    }
    #expect(checkLayer(Wrong(), sampleShape: [3]).passed)
    #expect(
      checkLayer(Wrong(givesBack: [1]), sampleShape: [3]).description.contains(
        "gives derivatives [1] for an input [3, 3]"))
    #expect(checkLayer(Wrong(shape: [4]), sampleShape: [3]).description.contains("but outputShape says [4]"))
    #expect(
      checkLayer(Wrong(rolls: true), sampleShape: [3]).description.contains("two passes in inference give two results"))
  }
}
