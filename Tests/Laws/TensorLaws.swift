import FunctionalNet
import TestSupport
import Testing

@Suite struct TensorLaws {
  let x = Tensor<Double>(rows: [[1, -2, 3], [4, 5, -6]])

  @Test func elementsHaveTheirPlaces() {
    #expect(x.shape == [2, 3] && x.count == 6 && x.rowCount == 2 && x.rowSize == 3)
    #expect(x[0, 0] == 1 && x[0, 2] == 3 && x[1, 0] == 4 && x[1, 2] == -6)
    var y = x
    y[1, 1] = 50
    #expect(y.elements == [1, -2, 3, 4, 50, -6] && x[1, 1] == 5)
    #expect(Tensor<Float>(shape: [], elements: [7])[] == 7)
    #expect(Tensor<Float>(scalar: 7) == Tensor(shape: [], elements: [7]))
  }

  @Test(arguments: seeds(50)) func indicesAndOffsetsAreInverse(seed: Int) {
    var random = Random(seed: seed)
    let tensor = Tensor<Float>.zeros((0..<random.int(1...4)).map { _ in random.int(1...5) })
    for offset in 0..<tensor.count { #expect(tensor.offset(of: tensor.indices(of: offset)) == offset) }
  }

  @Test func reshapingKeepsTheOrder() {
    #expect(x.reshaped([3, 2]) == Tensor(rows: [[1, -2], [3, 4], [5, -6]]))
    #expect(x.reshaped([1, 2, 3]).rowSize == 6)
  }

  @Test func rows() {
    #expect(x.rows(1..<2) == Tensor(rows: [[4, 5, -6]]))
    #expect(x.rows(0..<0).shape == [0, 3])
    #expect(x.rows(at: [1, 0, 1]) == Tensor(rows: [[4, 5, -6], [1, -2, 3], [4, 5, -6]]))
    #expect(x.rows(at: []).shape == [0, 3])
    #expect(Tensor<Float>.zeros([4, 0]).rows(at: [2, 3]).shape == [2, 0])
  }

  @Test func elementwise() {
    let y = Tensor<Double>(rows: [[10, 20, 30], [40, 50, 60]])
    #expect(x + y == Tensor(rows: [[11, 18, 33], [44, 55, 54]]))
    #expect(x - y == Tensor(rows: [[-9, -22, -27], [-36, -45, -66]]))
    #expect(x * y == Tensor(rows: [[10, -40, 90], [160, 250, -360]]))
    #expect(y / x == Tensor(rows: [[10, -10, 10], [10, 10, -10]]))
    #expect(2 * x == x + x && -x == -1 * x && y / 10 == Tensor(rows: [[1, 2, 3], [4, 5, 6]]))
    #expect(relu(x) == Tensor(rows: [[1, 0, 3], [4, 5, 0]]))
    #expect(y.keptWherePositive(x) == Tensor(rows: [[10, 0, 30], [40, 50, 0]]))
    #expect(x.map(.absolute) == Tensor(rows: [[1, 2, 3], [4, 5, 6]]))
    #expect((x * x).map(.squareRoot) == x.map(.absolute))
  }

  @Test func reluKeepsNaNAndCountsZeroAsOff() {
    let y = relu(Tensor<Float>([.nan, -.infinity, .infinity, 0, -0.0]))
    #expect(y.elements[0].isNaN && y.elements[1...] == [0, .infinity, 0, 0])
    #expect(Tensor<Float>([5, 5]).keptWherePositive(Tensor([0, Float.leastNonzeroMagnitude])).elements == [0, 5])
  }

  @Test func anEndingShapeIsRepeated() {
    #expect(x + Tensor([10, 20, 30]) == Tensor(rows: [[11, 18, 33], [14, 25, 24]]))
    #expect(x * Tensor(scalar: 3) == 3 * x)
    let cube = Tensor<Double>(shape: [2, 2, 3], elements: (0..<12).map(Double.init))
    #expect((cube - cube.rows(0..<1).reshaped([2, 3])).rows(1..<2).elements == [6, 6, 6, 6, 6, 6])
  }

  @Test func reductions() {
    #expect(x.sum(axis: 0) == Tensor([5, 3, -3]) && x.sum(axis: 1) == Tensor([2, 3]))
    #expect(x.max(axis: 0) == Tensor([4, 5, 3]) && x.max(axis: 1) == Tensor([3, 5]))
    #expect(x.sum() == 5 && x.mean() == 5.0 / 6)
    #expect(x.argmax() == [2, 1] && Tensor<Float>(rows: [[3, 3, 1]]).argmax() == [0])
    let cube = Tensor<Float>(shape: [2, 2, 3], elements: (0..<12).map(Float.init))
    #expect(cube.sum(axis: 1) == Tensor(shape: [2, 3], elements: [3, 5, 7, 15, 17, 19]))
    #expect(
      Tensor<Float>(rows: [[1, .nan, 2], [5, 1, .nan]]).max(axis: 0).elements.map(\.isNaN) == [false, true, true])
    #expect(Tensor<Float>(rows: [[.nan, 1]]).max(axis: 1).elements[0].isNaN)
  }

  @Test func aNumberIsCombinedWithEveryElement() {
    let one = 1.0
    #expect(x + 1 == x + Tensor(scalar: one) && 1 + x == x + 1 && x + one == x + 1)
    #expect(x - 1 == x - Tensor(scalar: one) && 1 - x == Tensor(shape: x.shape, repeating: 1) - x)
    #expect(x * 2 == 2 * x && x * 2 == x + x && x / 2 == 0.5 * x)
    #expect(2 / x == Tensor(shape: x.shape, repeating: 2) / x)
    #expect(bits(Tensor<Float>([0]) * -1) == bits(Tensor<Float>([-0.0])))
  }

  @Test func anyFunctionMapsElements() throws {
    let factor = 3.0
    #expect(x.map { factor * $0 } == 3 * x && x.map { $0 > 0 ? $0 : 0 } == x.map(.relu))
    struct Stop: Error {}
    #expect(throws: Stop.self) { try x.map { _ in throw Stop() } }
  }

  @Test func sumsAreInIndexOrder() {
    let column = Tensor<Float>(shape: [4, 1], elements: [1e8, 1, -1e8, 1])
    #expect(column.sum(axis: 0).elements == [1])  // in pairs it would be 2 or 0
  }

  @Test func conversions() {
    #expect(Tensor<Double>([0.1]).converted(to: Float.self) == Tensor<Float>([0.1]))
    #expect(Tensor<Float>([0.1]).converted(to: Double.self).elements == [Double(Float(0.1))])
    #expect(x.converted(to: Double.self) == x)
    #expect(Float.converting([UInt8(0), 255]) == [0, 255])
    #expect(x.transposed.copy() == Tensor(rows: [[1, 4], [-2, 5], [3, -6]]))
    #expect(x.transposed.copy().transposed.copy() == x)
  }
}

@Suite struct SoftmaxLaws {
  @Test(arguments: seeds(50)) func rowsAddUpToOneAndShiftsDoNotMatter(seed: Int) {
    var random = Random(seed: seed)
    let classes = random.int(1...8)
    let z: Tensor<Double> = random.normal([random.int(1...5), classes], scale: 10)
    let p = softmax(z)
    #expect(p.elements.allSatisfy { 0 <= $0 && $0 <= 1 })
    #expect(p.sum(axis: 1).elements.allSatisfy { abs($0 - 1) < 1e-14 })
    let shifted = softmax(z + Tensor(scalar: 512))
    #expect(zip(p.elements, shifted.elements).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test func hugeScoresAreSafe() {
    let z = Tensor<Float>(rows: [[1e4, -1e4, 0], [-1e4, -1e4, -1e4]])
    #expect(softmax(z).rows(0..<1).elements == [1, 0, 0])
    #expect(crossEntropies(z, [1, 0])[0] == 2e4)
    #expect(abs(crossEntropies(z, [1, 0])[1] - 1.0986123) < 1e-3)
    #expect(crossEntropyGradient(z.rows(0..<1), [1]) == Tensor(rows: [[1, -1, 0]]))
    let tiny = Tensor<Double>(rows: [[0, -40]])
    #expect(abs(crossEntropy(tiny, [0]) / 4.248354255291589e-18 - 1) < 1e-15)
    #expect(crossEntropy(tiny, [1]) == 40)
  }

  @Test func oneHot() {
    #expect(Labels([2, 0]).oneHot(classes: 3) == Tensor<Float>(rows: [[0, 0, 1], [1, 0, 0]]))
  }
}
