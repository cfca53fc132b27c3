import FunctionalNet
import TestSupport
import Testing

@Suite struct StackLaws {
  private func stack(_ random: inout Random) -> Stack<Double> {
    Stack([
      Linear<Double>.Params(weight: random.normal([2, 3]), bias: random.normal([3])), Empty<Double>(),
      Stack<Double>([Linear<Double>.Params(weight: random.normal([3, 1]), bias: random.normal([1]))]),
    ])
  }

  @Test func namesArePositions() {
    var random = Random(seed: 1)
    #expect(
      stack(&random).named.map(\.name) == ["0.weight", "0.bias", "2.0.weight", "2.0.bias"])
  }

  @Test func stacksAreAVectorSpace() {
    var random = Random(seed: 2)
    let (a, b) = (stack(&random), stack(&random))
    #expect(a == a && a != b && a + b == b + a && a - a == a.zero)
    #expect((2 * a).named.map(\.tensor) == (a + a).named.map(\.tensor))
    #expect(a != Stack([]) && Stack<Double>([]) == Stack([]))
    #expect(a != Stack(Array(a.parts.reversed())))
  }

  @Test func stacksComeBackUnderTheirNames() throws {
    var random = Random(seed: 3)
    let a = stack(&random)
    let tensors = Dictionary(uniqueKeysWithValues: a.named.map { ($0.name, $0.tensor) })
    #expect(try a.zero.loading(tensors) == a)
  }
}
