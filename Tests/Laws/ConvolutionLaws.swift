import FunctionalNet
import TestSupport
import Testing

/// Convolutions by their definition, number by number.
private struct Definition<S: Real> {
  let c: Convolution
  let output: Size2D

  init(_ c: Convolution) {
    self.c = c
    output = Size2D(
      (c.input.height + 2 * c.padding.height - c.kernel.height) / c.stride.height + 1,
      (c.input.width + 2 * c.padding.width - c.kernel.width) / c.stride.width + 1)
  }

  /// The places of a patch, in index order.
  private var places: [(channel: Int, k: Int, l: Int)] {
    (0..<c.channels).flatMap { channel in
      (0..<c.kernel.height).flatMap { k in (0..<c.kernel.width).map { (channel, k, $0) } }
    }
  }

  /// x, with zeros around the image.
  private func at(_ x: [S], _ n: Int, _ channel: Int, _ i: Int, _ j: Int) -> S {
    let (y, z) = (i - c.padding.height, j - c.padding.width)
    guard (0..<c.input.height).contains(y), (0..<c.input.width).contains(z) else { return 0 }
    return x[((n * c.channels + channel) * c.input.height + y) * c.input.width + z]
  }

  private func weight(_ w: [S], _ o: Int, _ place: (channel: Int, k: Int, l: Int)) -> S {
    w[((o * c.channels + place.channel) * c.kernel.height + place.k) * c.kernel.width + place.l]
  }

  func forward(_ x: [S], _ w: [S], _ b: [S], samples: Int) -> [S] {
    var y: [S] = []
    for n in 0..<samples {
      for o in 0..<c.outputs {
        for i in 0..<output.height {
          for j in 0..<output.width {
            let sum = places.reduce(S.zero) {
              $0.addingProduct(
                weight(w, o, $1), at(x, n, $1.channel, i * c.stride.height + $1.k, j * c.stride.width + $1.l))
            }
            y.append(sum + b[o])
          }
        }
      }
    }
    return y
  }

  /// One chain over the outputs and the places of the kernel; where a place has no derivative there is a zero.
  func inputGradient(_ dy: [S], _ w: [S], samples: Int) -> [S] {
    func derivative(_ n: Int, _ o: Int, _ y: Int, _ x: Int) -> S {
      guard y % c.stride.height == 0, x % c.stride.width == 0, y >= 0, x >= 0 else { return 0 }
      let (i, j) = (y / c.stride.height, x / c.stride.width)
      guard i < output.height, j < output.width else { return 0 }
      return dy[((n * c.outputs + o) * output.height + i) * output.width + j]
    }
    var dx: [S] = []
    for n in 0..<samples {
      for channel in 0..<c.channels {
        for y in 0..<c.input.height {
          for x in 0..<c.input.width {
            var sum = S.zero
            for o in 0..<c.outputs {
              for (_, k, l) in places.filter({ $0.channel == channel }) {
                sum.addProduct(
                  weight(w, o, (channel, k, l)),
                  derivative(n, o, y + c.padding.height - k, x + c.padding.width - l))
              }
            }
            dx.append(sum)
          }
        }
      }
    }
    return dx
  }

  /// As many chains as a line of memory has numbers, over four samples; then half of them to the other half, and so on.
  func weightGradient(_ x: [S], _ dy: [S], samples: Int) -> [S] {
    let lanes = 64 / MemoryLayout<S>.stride
    let gridWidth = c.stride == 1 ? c.input.width + 2 * c.padding.width : output.width
    return (0..<c.outputs).flatMap { o in
      places.map { place in
        var total: S?
        for first in stride(from: 0, to: samples, by: 4) {
          var chains = [S](repeating: 0, count: lanes)
          for n in first..<min(first + 4, samples) {
            for i in 0..<output.height {
              for j in 0..<output.width {
                chains[(i * gridWidth + j) % lanes].addProduct(
                  dy[((n * c.outputs + o) * output.height + i) * output.width + j],
                  at(x, n, place.channel, i * c.stride.height + place.k, j * c.stride.width + place.l))
              }
            }
          }
          while chains.count > 1 {
            chains = zip(chains[..<(chains.count / 2)], chains[(chains.count / 2)...]).map { $0 + $1 }
          }
          total = total.map { $0 + chains[0] } ?? chains[0]
        }
        return total ?? 0
      }
    }
  }
}

extension SharedThreads {
  @Suite struct ConvolutionLaws {
    private func check<S: Real>(_ type: S.Type, _ random: inout Random, threads: Int) {
      let kernel = Size2D(random.int(1...4), random.int(1...4))
      let c = Convolution(
        channels: random.int(1...3), input: Size2D(random.int(4...11), random.int(4...11)),
        outputs: random.element([1, 2, 5, 9]), kernel: kernel,
        stride: random.element([1, 1, Size2D(2, 1), Size2D(1, 3), 2]), padding: random.element([0, 0, 1, Size2D(0, 2)]))
      let (samples, definition) = (random.int(1...9), Definition<S>(c))
      let x: Tensor<S> = random.normal([samples, c.channels, c.input.height, c.input.width])
      let w: Tensor<S> = random.normal([c.outputs, c.channels, kernel.height, kernel.width])
      let b: Tensor<S> = random.normal([c.outputs])
      let dy: Tensor<S> = random.normal([samples, c.outputs, definition.output.height, definition.output.width])
      Threads.count = threads
      defer { Threads.count = 1 }
      let y = S.convolve(c, x.elements, weight: w.elements, bias: b.elements)
      #expect(bits(y) == bits(definition.forward(x.elements, w.elements, b.elements, samples: samples)))
      let gradients = S.convolutionParamGradients(c, x.elements, dy.elements)
      #expect(gradients.weight == definition.weightGradient(x.elements, dy.elements, samples: samples))
      let sums = dy.reshaped([samples, c.outputs, definition.output.area]).sum(axis: 2).sum(axis: 0).elements
      #expect(zip(gradients.bias, sums).allSatisfy { abs($0 - $1) <= 1e-4 * (1 + abs($1)) })
      let dx = S.convolutionInputGradient(c, dy.elements, weight: w.elements)
      #expect(dx == definition.inputGradient(dy.elements, w.elements, samples: samples))
    }

    @Test(arguments: seeds(40)) func convolutionsAreTheirDefinition(seed: Int) {
      var random = Random(seed: seed)
      check(Float.self, &random, threads: 1 + seed % 3)
      check(Double.self, &random, threads: 1 + (seed + 1) % 3)
    }

    /// Large enough for every layer to share its work.
    @Test func networksDoNotDependOnTheThreads() throws {
      let network = try Sequential<Float>(
        notation:
          "conv2d(6) batchnorm2d relu maxpool2d(2) conv2d(17,stride=2,padding=1) leakyrelu avgpool2d(2) layernorm flatten "
          + "dropout(0.2) linear(20) batchnorm1d tanh linear(4)")
      let samples = Samples<Float>(
        x: .normal([48, 2, 18, 18], key: Key(1)), y: Labels((0..<48).map { $0 % 4 }))
      func trained(threads: Int) throws -> Moment<Stack<Float>> {
        Threads.count = threads
        defer { Threads.count = 1 }
        let trainer = try Trainer(network, sampleShape: [2, 18, 18], optimizer: .adam(), key: Key(2))
        return samples.batches(of: 24, epochs: 0..<2, key: Key(3)).reduce(trainer.start, trainer.next)
      }
      let one = try trained(threads: 1)
      for threads in [2, 3, 8] {
        let many = try trained(threads: threads)
        #expect(bits(many.params) == bits(one.params) && bits(many.state) == bits(one.state) && many == one)
      }
    }
  }
}

@Suite struct PoolingLaws {
  private func check<S: Real>(_ type: S.Type, _ random: inout Random) {
    let kernel = Size2D(random.int(1...3), random.int(1...3))
    let stride = random.element([kernel, 1, 2, Size2D(random.int(1...3), random.int(1...3))])
    let input = Size2D(random.int(3...9), random.element([random.int(3...9), random.int(16...40)]))
    let (planes, p) = (random.int(1...5), Pooling(input: input, kernel: kernel, stride: stride))
    let output = Size2D(
      (input.height - kernel.height) / stride.height + 1, (input.width - kernel.width) / stride.width + 1)
    // Few values, so that many are as large as others; some are not numbers.
    let x = (0..<planes * input.area).map { _ in
      random.int(0...40) == 0 ? S.nan : S(random.int(-2...2)) / random.element([1, -1])
    }
    let dy = (0..<planes * output.area).map { _ in S(random.double(-1...1)) }
    var (largest, taps, dx) = ([S](), [UInt32](), [S](repeating: 0, count: x.count))
    for plane in 0..<planes {
      for i in 0..<output.height {
        for j in 0..<output.width {
          let window = (0..<kernel.area).map { tap in
            (plane * input.height + i * stride.height + tap / kernel.width) * input.width + j * stride.width
              + tap % kernel.width
          }
          var best = 0
          for tap in window.indices where x[window[tap]] > x[window[best]] || x[window[tap]].isNaN { best = tap }
          dx[window[best]] += dy[largest.count]
          largest.append(x[window[best]])
          taps.append(UInt32(best))
        }
      }
    }
    let found = S.maxPool(p, x)
    #expect(found.taps == taps)
    #expect(zip(found.largest, largest).allSatisfy { bits([$0]) == bits([$1]) || ($0.isNaN && $1.isNaN) })
    #expect(S.maxPoolGradient(p, dy, taps: taps) == dx)
  }

  @Test(arguments: seeds(60)) func poolingsAreTheirDefinition(seed: Int) {
    var random = Random(seed: seed)
    check(Float.self, &random)
    check(Double.self, &random)
  }
}

@Suite struct GroupLaws {
  /// Eight chains whose numbers take turns, added in order, part by part.
  private func check<S: Real>(_ type: S.Type, _ random: inout Random) {
    let g = Grouping(blocks: random.int(1...4), groups: random.int(1...5), length: random.int(1...40))
    let (x, y): (Tensor<S>, Tensor<S>) = (random.normal([g.groups * g.size]), random.normal([g.groups * g.size]))
    func sums(_ term: (Int) -> Double) -> [Double] {
      (0..<g.groups).map { group in
        (0..<g.blocks).reduce(0.0) { total, block in
          var chains = [Double](repeating: 0, count: 8)
          for i in 0..<g.length { chains[i % 8] += term((block * g.groups + group) * g.length + i) }
          return total + chains.reduce(0, +)
        }
      }
    }
    #expect(S.groupSums(x.elements, g) == sums { Double(x.elements[$0]) })
    #expect(S.groupDots(x.elements, y.elements, g) == sums { Double(x.elements[$0]) * Double(y.elements[$0]) })
  }

  @Test(arguments: seeds(30)) func sumsAreTheirDefinition(seed: Int) {
    var random = Random(seed: seed)
    check(Float.self, &random)
    check(Double.self, &random)
  }
}
