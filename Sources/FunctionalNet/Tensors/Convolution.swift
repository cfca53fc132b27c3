import CKernels

// Convolutions of images, as deep learning calls them (cross-correlations, to be exact), sample by sample. Each is a matrix
// product with patches of an image as one operand. Patches of neighbouring places overlap, and with a stride of 1 the
// patches' columns are just other views of the rows of the image, so nothing needs to be copied: sums for the few places
// where a patch would go over the right edge are computed with the others and dropped.
//
// Every sum is one chain of multiply-adds in index order, padding included; gradients of weights are one chain for each
// sample, added in the order of the samples.

/// The sizes of a convolution.
public struct Convolution: Equatable, Sendable {
  /// The channels and the size of an input.
  public let channels: Int
  public let input: Size2D

  /// The channels of the output.
  public let outputs: Int
  public let kernel: Size2D
  public let stride: Size2D
  public let padding: Size2D

  /// - Precondition: the padded input holds the kernel.
  public init(channels: Int, input: Size2D, outputs: Int, kernel: Size2D, stride: Size2D, padding: Size2D) {
    (self.channels, self.input, self.outputs) = (channels, input, outputs)
    (self.kernel, self.stride, self.padding) = (kernel, stride, padding)
    require(padded.holds(kernel), "a kernel of \(kernel) does not fit into an input of \(input) padded by \(padding)")
  }

  var padded: Size2D { Size2D(input.height + 2 * padding.height, input.width + 2 * padding.width) }
  var output: Size2D { padded.windows(of: kernel, stride: stride) }

  /// The numbers of a sample of the input and of the output, and of a patch.
  var inputSize: Int { channels * input.area }
  var outputSize: Int { outputs * output.area }
  var patchSize: Int { channels * kernel.area }

  /// Whether patches are views of the padded image.
  var isDense: Bool { stride == 1 }

  /// The width of a row of sums, and the number of sums from the first to the last that count.
  var gridWidth: Int { isDense ? padded.width : output.width }
  var gridCount: Int { (output.height - 1) * gridWidth + output.width }
}

extension Real {
  public static func convolve(_ c: Convolution, _ x: [Self], weight: [Self], bias: [Self]) -> [Self] {
    let samples = x.count / Swift.max(1, c.inputSize)
    return [Self](unsafeUninitializedCapacity: samples * c.outputSize) { y, count in
      x.withUnsafeBufferPointer { x in
        weight.withUnsafeBufferPointer { weight in
          bias.withUnsafeBufferPointer { bias in
            guard samples > 0, let y = y.baseAddress else { return }
            c.share(samples, multiplyAdds: c.outputSize * c.patchSize) { share in
              var work = ConvolutionWork<Self>(c)
              for i in share {
                work.load(x.baseAddress! + i * c.inputSize)
                work.convolve(weight.baseAddress!, bias.baseAddress!, into: y + i * c.outputSize)
              }
            }
          }
        }
      }
      count = samples * c.outputSize
    }
  }

  public static func convolutionParamGradients(
    _ c: Convolution, _ x: [Self], _ dy: [Self]
  ) -> (weight: [Self], bias: [Self]) {
    let samples = x.count / Swift.max(1, c.inputSize)
    let size = (c.patchSize + 1) * c.padded(c.outputs, Self.self)  // of the gradients of a sample, the bias last
    let parts = LineMemory()
    let partial: UnsafeMutablePointer<Self> = parts.allocate(samples * size)
    x.withUnsafeBufferPointer { x in
      dy.withUnsafeBufferPointer { dy in
        guard samples > 0 else { return }
        c.share(samples, multiplyAdds: c.outputSize * c.patchSize) { share in
          var work = ConvolutionWork<Self>(c)
          for i in share {
            work.load(x.baseAddress! + i * c.inputSize)
            work.differentiate(dy.baseAddress! + i * c.outputSize, into: partial + i * size)
          }
        }
      }
    }
    // Added in the order of the samples, place by place.
    if samples > 1 {
      Threads.split(size, grain: 1024) { places in
        for i in 1..<samples {
          let part = partial + i * size
          for place in places { partial[place] += part[place] }
        }
      }
    }
    let row = c.padded(c.outputs, Self.self)
    func gradient(_ output: Int, _ place: Int) -> Self { samples == 0 ? 0 : partial[place * row + output] }
    return (
      weight: (0..<c.outputs * c.patchSize).map { gradient($0 / c.patchSize, $0 % c.patchSize) },
      bias: (0..<c.outputs).map { gradient($0, c.patchSize) }
    )
  }

  public static func convolutionInputGradient(_ c: Convolution, _ dy: [Self], weight: [Self]) -> [Self] {
    let samples = dy.count / Swift.max(1, c.outputSize)
    var turned: [Self] = []  // [channels, outputs, kernel], from [outputs, channels, kernel]
    for channel in 0..<c.channels {
      for output in 0..<c.outputs {
        let first = (output * c.channels + channel) * c.kernel.area
        turned += weight[first..<first + c.kernel.area]
      }
    }
    return [Self](unsafeUninitializedCapacity: samples * c.inputSize) { dx, count in
      dy.withUnsafeBufferPointer { dy in
        turned.withUnsafeBufferPointer { turned in
          guard samples > 0, let dx = dx.baseAddress else { return }
          c.share(samples, multiplyAdds: c.outputSize * c.patchSize) { share in
            var work = ConvolutionReverse<Self>(c)
            for i in share {
              work.spread(dy.baseAddress! + i * c.outputSize)
              work.gather(turned.baseAddress!, into: dx + i * c.inputSize)
            }
          }
        }
      }
      count = samples * c.inputSize
    }
  }
}

extension Convolution {
  /// Shares samples among the threads, where that is worth it.
  fileprivate func share(_ samples: Int, multiplyAdds: Int, _ body: (Range<Int>) -> Void) {
    let smallestWorthSharing = 1 << 16
    if samples * multiplyAdds < smallestWorthSharing {
      body(0..<samples)
    } else {
      Threads.split(samples, grain: 1, body)
    }
  }

  /// A count rounded up to whole lines of memory.
  fileprivate func padded<S>(_ count: Int, _ type: S.Type) -> Int {
    let line = 64 / MemoryLayout<S>.stride
    return (count + line - 1) / line * line
  }
}

// MARK: One sample

/// The memory in which a thread works on one sample after the other: its padded image, and sums.
private struct ConvolutionWork<S: Real> {
  let c: Convolution
  private let memory = LineMemory()

  /// `[channels, padded height, padded width]`, and where the stride is not 1, the patches `[patch, places]`.
  private let image: UnsafeMutablePointer<S>
  private let patches: UnsafeMutablePointer<S>

  /// Where each row of patches begins.
  private let at: UnsafeMutablePointer<Int>

  /// `[outputs, places]`, and the derivatives by place, `[places, outputs]`.
  private let sums: UnsafeMutablePointer<S>
  private let turned: UnsafeMutablePointer<S>

  /// The places and the outputs, padded to whole lines.
  private let places: Int
  private let row: Int

  init(_ c: Convolution) {
    self.c = c
    (places, row) = (c.padded(c.gridCount, S.self), c.padded(c.outputs, S.self))
    let imageCount = c.channels * c.padded.area + 64
    image = memory.allocate(imageCount)
    image.initialize(repeating: 0, count: imageCount)
    let patchCount = c.isDense ? 0 : c.patchSize * places
    patches = memory.allocate(patchCount)
    patches.initialize(repeating: 0, count: patchCount)
    at = memory.allocate(c.patchSize)
    sums = memory.allocate(c.outputs * places)
    turned = memory.allocate(c.gridCount * row)
    turned.initialize(repeating: 0, count: c.gridCount * row)
    for place in 0..<c.patchSize {
      let (channel, inKernel) = place.quotientAndRemainder(dividingBy: c.kernel.area)
      let (ky, kx) = inKernel.quotientAndRemainder(dividingBy: c.kernel.width)
      at[place] = c.isDense ? channel * c.padded.area + ky * c.padded.width + kx : place * places
    }
  }

  private var operand: UnsafeMutablePointer<S> { c.isDense ? image : patches }

  /// Takes a sample in: its channels with zeros around them, and what is needed to see its patches.
  mutating func load(_ x: UnsafePointer<S>) {
    for channel in 0..<c.channels {
      let plane = image + channel * c.padded.area + c.padding.height * c.padded.width + c.padding.width
      for y in 0..<c.input.height {
        (plane + y * c.padded.width).update(
          from: x + (channel * c.input.height + y) * c.input.width, count: c.input.width)
      }
    }
    if c.isDense { return }
    for place in 0..<c.patchSize {
      let (channel, inKernel) = place.quotientAndRemainder(dividingBy: c.kernel.area)
      let (ky, kx) = inKernel.quotientAndRemainder(dividingBy: c.kernel.width)
      let row = patches + place * places
      for y in 0..<c.output.height {
        let source = image + channel * c.padded.area + (y * c.stride.height + ky) * c.padded.width + kx
        for x in 0..<c.output.width { row[y * c.output.width + x] = source[x * c.stride.width] }
      }
    }
  }

  /// y = weight · patches + bias
  mutating func convolve(_ weight: UnsafePointer<S>, _ bias: UnsafePointer<S>, into y: UnsafeMutablePointer<S>) {
    var product = fn_patch_product(
      m: c.outputs, n: places, k: c.patchSize, a: weight, a_row: c.patchSize, b: operand, b_row: 0, at: at, c: sums,
      c_row: places)
    (S.self == Float.self ? fn_right_patch_product_f32 : fn_right_patch_product_f64)(
      InstructionSet.current.code, &product)
    for output in 0..<c.outputs {
      let shift = bias[output]
      for line in 0..<c.output.height {
        let source = sums + output * places + line * c.gridWidth
        let target = y + (output * c.output.height + line) * c.output.width
        for x in 0..<c.output.width { (target + x).initialize(to: source[x] + shift) }
      }
    }
  }

  /// The gradients of the weights and, last, of the biases from this sample: `[patch + 1, outputs]`.
  mutating func differentiate(_ dy: UnsafePointer<S>, into gradients: UnsafeMutablePointer<S>) {
    for line in 0..<c.output.height {
      for output in 0..<c.outputs {
        let source = dy + (output * c.output.height + line) * c.output.width
        let target = turned + line * c.gridWidth * row + output
        for x in 0..<c.output.width { target[x * row] = source[x] }
      }
    }
    var product = fn_patch_product(
      m: c.patchSize, n: row, k: c.gridCount, a: operand, a_row: 0, b: turned, b_row: row, at: at, c: gradients,
      c_row: row)
    (S.self == Float.self ? fn_left_patch_product_f32 : fn_left_patch_product_f64)(
      InstructionSet.current.code, &product)
    let sums = gradients + c.patchSize * row
    sums.initialize(repeating: 0, count: row)
    for place in 0..<c.gridCount {
      for output in 0..<row { sums[output] += turned[place * row + output] }
    }
  }
}

/// The way back to the input: each input is the sum, over the outputs and the places of the kernel in index order, of what
/// it was multiplied with times the derivative there. So this is a convolution of the derivatives, with zeros around them and,
/// where the stride is not 1, between them.
private struct ConvolutionReverse<S: Real> {
  let c: Convolution
  private let memory = LineMemory()

  /// `[outputs, plane]`; each plane begins with as many zeros as the kernel looks back.
  private let spreadOut: UnsafeMutablePointer<S>
  private let at: UnsafeMutablePointer<Int>
  private let sums: UnsafeMutablePointer<S>

  private let places: Int
  private let plane: Int
  private let lookBack: Int

  init(_ c: Convolution) {
    self.c = c
    places = c.padded(c.padded.area, S.self)
    lookBack = (c.kernel.height - 1) * c.padded.width + c.kernel.width - 1
    plane = lookBack + places
    spreadOut = memory.allocate(c.outputs * plane)
    spreadOut.initialize(repeating: 0, count: c.outputs * plane)
    at = memory.allocate(c.outputs * c.kernel.area)
    sums = memory.allocate(c.channels * places)
    for term in 0..<c.outputs * c.kernel.area {
      let (output, inKernel) = term.quotientAndRemainder(dividingBy: c.kernel.area)
      let (ky, kx) = inKernel.quotientAndRemainder(dividingBy: c.kernel.width)
      at[term] = output * plane + lookBack - ky * c.padded.width - kx
    }
  }

  /// Puts the derivatives of a sample where its output places lie in the padded image.
  mutating func spread(_ dy: UnsafePointer<S>) {
    for output in 0..<c.outputs {
      for line in 0..<c.output.height {
        let source = dy + (output * c.output.height + line) * c.output.width
        let target = spreadOut + output * plane + lookBack + line * c.stride.height * c.padded.width
        for x in 0..<c.output.width { target[x * c.stride.width] = source[x] }
      }
    }
  }

  /// `weight` is `[channels, outputs, kernel]`.
  mutating func gather(_ weight: UnsafePointer<S>, into dx: UnsafeMutablePointer<S>) {
    let terms = c.outputs * c.kernel.area
    var product = fn_patch_product(
      m: c.channels, n: places, k: terms, a: weight, a_row: terms, b: spreadOut, b_row: 0, at: at, c: sums,
      c_row: places)
    (S.self == Float.self ? fn_right_patch_product_f32 : fn_right_patch_product_f64)(
      InstructionSet.current.code, &product)
    for channel in 0..<c.channels {
      let inner = sums + channel * places + c.padding.height * c.padded.width + c.padding.width
      for y in 0..<c.input.height {
        (dx + (channel * c.input.height + y) * c.input.width).initialize(
          from: inner + y * c.padded.width, count: c.input.width)
      }
    }
  }
}
