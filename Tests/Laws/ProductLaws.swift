import CKernels
import Foundation
import FunctionalNet
import TestSupport
import Testing

/// The product by its definition: each element one chain of fused multiply-adds in index order.
private func chain<S: Real>(_ m: Int, _ n: Int, _ k: Int, _ a: (Int, Int) -> S, _ b: (Int, Int) -> S) -> [S] {
  (0..<m).flatMap { i in
    (0..<n).map { j in (0..<k).reduce(S.zero) { $0.addingProduct(a(i, $1), b($1, j)) } }
  }
}

private let awkward = [1, 2, 7, 15, 17, 31, 33, 100, 113]

@Suite struct ProductLaws {
  @Test(arguments: seeds(60)) func everyInstructionSetComputesTheChain(seed: Int) {
    check(Float.self, seed)
    check(Double.self, seed)
  }

  private func check<S: Real>(_ type: S.Type, _ seed: Int) {
    var random = Random(seed: seed)
    var (m, n, k) = (random.element(awkward), random.element(awkward), random.element(awkward))
    while m * n * k > 60_000 { (m, n, k) = ((m + 1) / 2, n, (k + 1) / 2) }
    checkProducts(type, m, n, k, &random)
  }

  @Test(arguments: [255, 256, 257, 520]) func longSumsAreOneChainToo(k: Int) {
    var random = Random(seed: k)
    checkProducts(Float.self, 5, 35, k, &random)
    checkProducts(Double.self, 13, 9, k, &random)
  }

  @Test func widePanelsOfAllHeights() {
    var random = Random(seed: 1)
    for m in 1...14 { checkProducts(Float.self, m, 33, 3, &random) }
    for n in 1...40 { checkProducts(Double.self, 3, n, 3, &random) }
  }

  private func checkProducts<S: Real>(_ type: S.Type, _ m: Int, _ n: Int, _ k: Int, _ random: inout Random) {
    let a: Tensor<S> = random.normal([m, k])
    let b: Tensor<S> = random.normal([k, n])
    let expected = bits(chain(m, n, k, { a[$0, $1] }, { b[$0, $1] }))
    let (at, bt) = (a.transposed.copy(), b.transposed.copy())
    #expect(bits(matmul(a, b)) == expected, "plain \(m) \(n) \(k)")
    #expect(bits(matmul(at.transposed, b)) == expected, "left transposed \(m) \(n) \(k)")
    #expect(bits(matmul(a, bt.transposed)) == expected, "right transposed \(m) \(n) \(k)")
    for set in InstructionSet.available {
      #expect(bits(product(a, b, with: set)) == expected, "\(set) \(m) \(n) \(k)")
      #expect(
        bits(product(a, b, rightTransposed: bt, with: set)) == expected, "\(set), right transposed \(m) \(n) \(k)")
    }
  }

  /// A product by one version of the kernels, straight from the C interface.
  private func product<S: Real>(
    _ a: Tensor<S>, _ b: Tensor<S>, rightTransposed: Tensor<S>? = nil, with set: InstructionSet
  ) -> [S] {
    let (m, k, n) = (a.shape[0], a.shape[1], b.shape[1])
    let code: Int32 = [.portable: 0, .avx2: 1, .avx512: 2, .neon: 3][set]!
    let right = (rightTransposed ?? b).elements
    let (row, column) = rightTransposed == nil ? (n, 1) : (1, k)
    if let a = a.elements as? [Float], let b = right as? [Float] {
      var c = [Float](repeating: .nan, count: m * n)
      fn_product_f32(code, m, n, k, a, k, 1, b, row, column, &c, n)
      return c as! [S]
    }
    var c = [Double](repeating: .nan, count: m * n)
    fn_product_f64(code, m, n, k, a.elements as! [Double], k, 1, right as! [Double], row, column, &c, n)
    return c as! [S]
  }

  @Test func emptyProductsAreZeros() {
    let zeros = matmul(Tensor<Float>.zeros([3, 0]), Tensor<Float>.zeros([0, 2]))
    #expect(zeros == .zeros([3, 2]))
    #expect(matmul(Tensor<Double>.zeros([0, 4]), .zeros([4, 2])).shape == [0, 2])
    #expect(matmul(Tensor<Double>.zeros([2, 4]), .zeros([4, 0])).shape == [2, 0])
  }

  @Test func infinitiesAndNaNsStayInTheirPlace() {
    var a = Tensor<Float>(shape: [5, 3], repeating: 1)
    let b = Tensor<Float>(shape: [3, 7], repeating: 1)
    a[2, 1] = .infinity
    a[4, 0] = .nan
    let c = matmul(a, b)
    #expect((0..<7).allSatisfy { c[2, $0] == .infinity && c[4, $0].isNaN && c[0, $0] == 3 && c[3, $0] == 3 })
  }

  @Test(arguments: seeds(20)) func aRowDoesNotDependOnItsCompany(seed: Int) {
    var random = Random(seed: seed)
    let (m, n, k) = (random.int(2...40), random.int(1...40), random.int(1...40))
    let x: Tensor<Float> = random.normal([m, k])
    let w: Tensor<Float> = random.normal([k, n])
    let all = matmul(x, w)
    let start = random.int(0...m - 1)
    let end = random.int(start + 1...m)
    #expect(bits(matmul(x.rows(start..<end), w)) == bits(all.rows(start..<end)))
  }

  @Test func instructionSetsAreNamed() throws {
    #expect(InstructionSet.available.first == .portable)
    #expect(InstructionSet.available.contains(InstructionSet.current))
    #expect(try InstructionSet.chosen() == InstructionSet.current)
  }
}

/// The suites that set the number of threads, which all share: one test after the other.
@Suite(.serialized) enum SharedThreads {}

extension SharedThreads {
  @Suite struct ThreadLaws {
    @Test(arguments: [1, 2, 3, 8]) func threadsDoNotChangeTheBits(threads: Int) {
      var random = Random(seed: 9)
      let (tall, wide): (Tensor<Float>, Tensor<Float>) = (random.normal([130, 40]), random.normal([40, 30]))
      let (short, broad): (Tensor<Float>, Tensor<Float>) = (random.normal([20, 60]), random.normal([60, 150]))
      Threads.count = 1
      let alone = [matmul(tall, wide), matmul(short, broad), matmul(broad.transposed, short.transposed.copy())]
      Threads.count = threads
      defer { Threads.count = 1 }
      #expect([matmul(tall, wide), matmul(short, broad), matmul(broad.transposed, short.transposed.copy())] == alone)
      #expect(Threads.count == threads)
    }

    @Test(arguments: [1, 2, 3, 7, 40]) func everyMemberOfATeamWorksOnce(maximum: Int) {
      for _ in 0..<50 { checkTeam(of: maximum) }
    }

    /// Several callers ask for teams of several sizes, again and again. Every team is complete, and no caller waits for ever.
    @Test func callersAtOnceDoNotDisturbEachOther() {
      DispatchQueue.concurrentPerform(iterations: 4) { caller in
        for round in 0..<100 { checkTeam(of: 1 + (caller + round) % 5) }
      }
    }

    @Test(arguments: [2, 3, 40]) func whileTheTeamIsTakenOthersAreOneThread(maximum: Int) {
      let team = TakenTeam()
      defer { team.release() }
      #expect(checkTeam(of: maximum) == 1)
    }

    /// Checks that every member of a team works once, knows its size, and finds what all others did before the barrier.
    @discardableResult
    private func checkTeam(of maximum: Int) -> Int {
      var done = [Int32](repeating: 0, count: maximum + 1)
      let size = done.withUnsafeMutableBufferPointer { done in
        Int(
          fn_team(
            Int32(maximum),
            { context, index, size in
              let done = context!.assumingMemoryBound(to: Int32.self)
              done[Int(index)] += size
              fn_meet(size)
              let isWhole = (0..<Int(size)).allSatisfy { done[$0] == size }
              fn_meet(size)
              if !isWhole { done[Int(index)] = -1 }
            }, done.baseAddress))
      }
      #expect(1...maximum ~= size)
      #expect(done == Array(repeating: Int32(size), count: size) + Array(repeating: 0, count: maximum + 1 - size))
      return size
    }

    @Test func nobodyLeavesAMeetingBeforeAllAreThere() {
      for _ in 0..<200 {
        // A line of memory for each member, and whether there was an error.
        var rounds = [Int32](repeating: 0, count: 16 * 3 + 1)
        _ = rounds.withUnsafeMutableBufferPointer { rounds in
          fn_team(
            3,
            { context, index, size in
              let rounds = context!.assumingMemoryBound(to: Int32.self)
              for round in 1...5 {
                rounds[16 * Int(index)] = Int32(round)
                fn_meet(size)
                for other in 0..<Int(size) where rounds[16 * other] != Int32(round) { rounds[48] = 1 }
                fn_meet(size)
              }
            }, rounds.baseAddress)
        }
        #expect(rounds[48] == 0)
      }
    }

    @Test func aTeamWithinATeamIsOneThread() {
      var sizes = [Int32](repeating: 0, count: 2)
      _ = sizes.withUnsafeMutableBufferPointer { sizes in
        fn_team(
          2,
          { context, index, _ in
            fn_team(
              4, { context, _, size in context!.assumingMemoryBound(to: Int32.self).pointee += size },
              context!.assumingMemoryBound(to: Int32.self) + Int(index))
          }, sizes.baseAddress)
      }
      #expect(sizes[0] == 1)
    }
  }
}
