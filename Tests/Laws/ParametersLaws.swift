import FunctionalNet
import TestSupport
import Testing

@Suite struct ParametersLaws {
  @Test(arguments: seeds(40)) func recordsAreAVectorSpace(seed: Int) {
    var random = Random(seed: seed)
    let a = random.twoLayerCase(Double.self).params
    let b = a.map { tensor in random.normal(tensor.shape) }
    #expect(a + b == b + a && a + a.zero == a && a - a == a.zero)
    #expect(2 * a == a + a && a - b == a + (-1) * b)
    #expect(abs(a.dot(b) - b.dot(a)) == 0 && abs((2 * a).dot(b) - 2 * a.dot(b)) < 1e-9)
    #expect(abs(a.norm * a.norm / a.dot(a) - 1) < 1e-14)
    #expect(a.traverse { $1 } == a)
    #expect(abs(a.randomDirection(key: Key(1)).norm - 1) < 1e-14)
  }

  @Test func namesAreThoseOfPyTorch() {
    let params = Params<Float>.initial(inputs: 5, hidden: 4, classes: 3, key: Key(1))
    #expect(params.named.map(\.name) == ["0.weight", "0.bias", "2.weight", "2.bias"])
    #expect(params.named.map(\.tensor.shape) == [[5, 4], [4], [4, 3], [3]])
    #expect(params.count == 5 * 4 + 4 + 4 * 3 + 3)
    #expect(params.isFinite && !params.map { $0 / 0 }.isFinite)
  }

  @Test func loading() throws {
    let params = Params<Float>.initial(inputs: 5, hidden: 4, classes: 3, key: Key(1))
    var tensors = Dictionary(uniqueKeysWithValues: params.named.map { ($0.name, 2 * $0.tensor) })
    #expect(try params.loading(tensors) == 2 * params)
    tensors["9.bias"] = .zeros([1])
    #expect(throws: ParametersMismatch(name: "9.bias", expected: nil, found: [1])) { try params.loading(tensors) }
    tensors["9.bias"] = nil
    tensors["0.bias"] = .zeros([5])
    #expect(throws: ParametersMismatch(name: "0.bias", expected: [4], found: [5])) { try params.loading(tensors) }
    tensors["0.bias"] = nil
    #expect(throws: ParametersMismatch(name: "0.bias", expected: [4], found: nil)) { try params.loading(tensors) }
  }

  @Test func initialWeightsHaveTheirSpread() {
    let (inputs, hidden) = (60, 50)
    let xavier = Params<Double>.initial(inputs: inputs, hidden: hidden, classes: 2, key: Key(3))
    let limit = (6.0 / 110).squareRoot()
    #expect(
      xavier.w1.elements.allSatisfy { abs($0) <= limit } && xavier.w1.elements.contains { abs($0) > 0.99 * limit })
    #expect(xavier.b1 == .zeros([hidden]) && xavier.b2 == .zeros([2]))
    let he = Params<Double>.initial(inputs: inputs, hidden: hidden, classes: 2, key: Key(3), initializer: .he)
    let variance = (he.w1 * he.w1).mean()
    #expect(abs(variance / (2.0 / 60) - 1) < 3.9 * (2.0 / 3000).squareRoot())
    #expect(
      he.w1 != xavier.w1 && he == .initial(inputs: inputs, hidden: hidden, classes: 2, key: Key(3), initializer: .he))
  }
}
