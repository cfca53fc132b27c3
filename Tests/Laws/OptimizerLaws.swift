import FunctionalNet
import TestSupport
import Testing

/// One number as a record of parameters, to follow a recurrence by hand.
struct One<Scalar: Real>: Parameters {
  let value: Tensor<Scalar>
  init(_ value: Tensor<Scalar>) { self.value = value }
  init(_ number: Scalar) { value = Tensor([number]) }
  func traverse(_ visit: (String, Tensor<Scalar>) throws -> Tensor<Scalar>) rethrows -> One {
    One(try visit("value", value))
  }
}

@Suite struct OptimizerLaws {
  /// The parameters after each of some gradients.
  private func path(_ optimizer: Optimizer<One<Double>>, from start: Double, gradients: [Double]) -> [Double] {
    var (params, memory) = (One(start), optimizer.initial(One(start)))
    return gradients.map { gradient in
      let (updates, next) = optimizer.update(One(gradient), memory, params, Progress(step: 0))
      (params, memory) = (params + updates, next)
      return params.value[0]
    }
  }

  // Powers of two, so that every number below is exact.

  @Test func sgd() {
    #expect(path(.sgd(lr: 0.5), from: 8, gradients: [2, -4, 0]) == [7, 9, 9])
  }

  @Test func momentum() {
    // v: 2, -3, -1.5; p: 8 - 1, 7 + 1.5, 8.5 + 0.75
    #expect(path(.momentum(lr: 0.5, momentum: 0.5), from: 8, gradients: [2, -4, 0]) == [7, 8.5, 9.25])
  }

  @Test func nesterov() {
    // v as above; steps g + v/2: 3, -5.5, -0.75
    #expect(path(.nesterov(lr: 0.5, momentum: 0.5), from: 8, gradients: [2, -4, 0]) == [6.5, 9.25, 9.625])
  }

  @Test func withoutMomentumAllAreGradientDescent() {
    let gradients = [0.3, -0.2, 0.7, 0.01]
    let plain = path(.sgd(lr: 0.1), from: 1, gradients: gradients)
    #expect(path(.momentum(lr: 0.1, momentum: 0), from: 1, gradients: gradients) == plain)
    #expect(path(.nesterov(lr: 0.1, momentum: 0), from: 1, gradients: gradients) == plain)
  }

  @Test func velocitiesDoNotDecayIntoDenormals() {
    for optimizer in [Optimizer<One<Float>>.momentum(lr: 0.1), .nesterov(lr: 0.1)] {
      var memory = [One<Float>(Float.leastNormalMagnitude)]
      memory = optimizer.update(One(0), memory, One(1), Progress(step: 0)).memory
      #expect(memory[0].value.elements == [0])
      memory = optimizer.update(One(.nan), memory, One(1), Progress(step: 0)).memory
      #expect(memory[0].value.elements[0].isNaN)
    }
  }
}
