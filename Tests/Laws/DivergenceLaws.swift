import FunctionalNet
import TestSupport
import Testing

@Suite struct DivergenceLaws {
  @Test(arguments: [Float.nan, .infinity, -.infinity]) func oneNumberIsEnough(number: Float) {
    for count in [1, 3, 16, 100] {
      for place in [0, count / 2, count - 1] {
        var elements = [Float](repeating: 3e38, count: count)
        #expect(Tensor(elements).isFinite)
        elements[place] = number
        #expect(!Tensor(elements).isFinite)
      }
    }
    #expect(Tensor<Float>([]).isFinite)
  }

  @Test(arguments: 0..<4) func theFirstLayerIsFound(position: Int) throws {
    let network = try Sequential<Double>(notation: "linear(3) tanh linear(2) linear(2)")
    let params = network.initialParams(for: [2], key: Key(1))
    let damaged = params.traverse { $0.hasPrefix("\(position).") ? $1 / 0 : $1 }
    let (state, x) = (network.initialState(for: [2]), Tensor<Double>.normal([4, 2], key: Key(2)))
    let expected = position == 1 ? nil : position
    #expect(network.firstLayerNotFinite(damaged, state, x, .inference) == expected)
    #expect(network.lastLayerNotFinite(damaged) == expected)
  }
}
