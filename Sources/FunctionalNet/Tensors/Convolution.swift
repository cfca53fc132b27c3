import CKernels

// Convolutions of images, as deep learning calls them (cross-correlations, to be exact), sample by sample. Each is a matrix
// product with patches of an image as one operand. Patches of neighbouring places overlap, and with a stride of 1 the
// patches' columns are just other views of the rows of the image, so nothing needs to be copied: sums for the few places
// where a patch would go over the right edge are computed with the others and dropped.
//
// Every sum is one chain of multiply-adds in index order, padding included. The gradient of a weight is a sum over so many places
// that it has as many chains as a line of memory has numbers; they take turns, over four samples, and are then added up, half
// of them to the other half and so on; and so are the sums of all fours of samples, in their order.

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
                work.load(x.baseAddress! + i * c.inputSize, following: (samples - 1 - i) * c.inputSize)
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
    let (row, most) = (c.patchSize + 1, 4)  // of the gradients of an output, the bias last; of samples
    let (size, chunks) = (c.outputs * row, (samples + most - 1) / most)
    var sums = [Self](unsafeUninitializedCapacity: Swift.max(1, chunks) * size) { parts, count in
      let parts = parts.baseAddress!
      if samples == 0 { parts.initialize(repeating: 0, count: size) }
      x.withUnsafeBufferPointer { x in
        dy.withUnsafeBufferPointer { dy in
          c.share(chunks, multiplyAdds: c.outputSize * c.patchSize * most) { share in
            var work = ConvolutionWork<Self>(c)
            for chunk in share {
              for i in chunk * most..<Swift.min((chunk + 1) * most, samples) {
                work.load(x.baseAddress! + i * c.inputSize, following: (samples - 1 - i) * c.inputSize)
                work.differentiate(dy.baseAddress! + i * c.outputSize, isFirst: i == chunk * most)
              }
              work.addUp(into: parts + chunk * size)
            }
          }
        }
      }
      count = Swift.max(1, chunks) * size
    }
    sums.withUnsafeMutableBufferPointer { sums in
      for chunk in 1..<Swift.max(1, chunks) {
        for i in 0..<size { sums[i] += sums[chunk * size + i] }
      }
    }
    return (
      weight: (0..<c.outputs).flatMap { sums[$0 * row..<$0 * row + c.patchSize] },
      bias: (0..<c.outputs).map { sums[$0 * row + c.patchSize] }
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

  /// `[outputs, places]`: what the product gives, and the derivatives.
  private let sums: UnsafeMutablePointer<S>
  private let derivatives: UnsafeMutablePointer<S>

  /// `[outputs, patch + 1, line]`
  private let lines: UnsafeMutablePointer<S>

  /// The places, padded to whole lines.
  private let places: Int

  /// As many ones, for the gradients of biases.
  private let ones: UnsafeMutablePointer<S>

  /// What the patches of the present sample are rows of.
  private var operand: UnsafePointer<S>

  init(_ c: Convolution) {
    self.c = c
    places = c.padded(c.gridCount, S.self)
    let imageCount = c.channels * c.padded.area + 64
    image = memory.allocate(imageCount)
    image.initialize(repeating: 0, count: imageCount)
    let patchCount = c.isDense ? 0 : c.patchSize * places
    patches = memory.allocate(patchCount)
    patches.initialize(repeating: 0, count: patchCount)
    ones = memory.allocate(places)
    ones.initialize(repeating: 1, count: places)
    operand = UnsafePointer(c.isDense ? image : patches)
    at = memory.allocate(c.patchSize + 1)
    sums = memory.allocate(c.outputs * places)
    derivatives = memory.allocate(c.outputs * places)
    derivatives.initialize(repeating: 0, count: c.outputs * places)
    lines = memory.allocate(c.outputs * (c.patchSize + 1) * 64 / MemoryLayout<S>.stride)
    for place in 0..<c.patchSize {
      let (channel, inKernel) = place.quotientAndRemainder(dividingBy: c.kernel.area)
      let (ky, kx) = inKernel.quotientAndRemainder(dividingBy: c.kernel.width)
      at[place] = c.isDense ? channel * c.padded.area + ky * c.padded.width + kx : place * places
    }
  }

  /// Takes a sample in: its channels with zeros around them, and what is needed to see its patches. Where none of it is, and
  /// so many numbers follow that a line behind this sample may be read, it is left where it is.
  mutating func load(_ x: UnsafePointer<S>, following: Int) {
    if c.isDense && c.padding == 0 && following * MemoryLayout<S>.stride >= 64 {
      operand = x
    } else {
      copy(x)
      operand = UnsafePointer(c.isDense ? image : patches)
    }
    at[c.patchSize] = UnsafePointer(ones) - operand
  }

  private func copy(_ x: UnsafePointer<S>) {
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
    S.multiply(
      c.outputs, places, PatchRows(start: operand, at: at, count: c.patchSize),
      by: RowPointer(UnsafeMutablePointer(mutating: weight), row: c.patchSize), into: RowPointer(sums, row: places))
    for output in 0..<c.outputs {
      let shift = bias[output]
      for line in 0..<c.output.height {
        let source = sums + output * places + line * c.gridWidth
        let target = y + (output * c.output.height + line) * c.output.width
        for x in 0..<c.output.width { (target + x).initialize(to: source[x] + shift) }
      }
    }
  }

  /// Adds the gradients of the weights and biases from this sample to their lines, which begin at zero with the first one.
  mutating func differentiate(_ dy: UnsafePointer<S>, isFirst: Bool) {
    for output in 0..<c.outputs {
      for line in 0..<c.output.height {
        (derivatives + output * places + line * c.gridWidth).update(
          from: dy + (output * c.output.height + line) * c.output.width, count: c.output.width)
      }
    }
    let patchCount = c.patchSize + 1
    if isFirst { lines.initialize(repeating: 0, count: c.outputs * patchCount * 64 / MemoryLayout<S>.stride) }
    S.addSums(
      c.outputs, places, PatchRows(start: operand, at: at, count: patchCount), by: RowPointer(derivatives, row: places),
      to: lines)
  }

  /// Writes the sums of all lines, `[outputs, patch + 1]`.
  func addUp(into gradients: UnsafeMutablePointer<S>) {
    S.sumLines(c.outputs * (c.patchSize + 1), lines, into: gradients)
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
    S.multiply(
      c.channels, places, PatchRows(start: UnsafePointer(spreadOut), at: at, count: terms),
      by: RowPointer(UnsafeMutablePointer(mutating: weight), row: terms), into: RowPointer(sums, row: places))
    for channel in 0..<c.channels {
      let inner = sums + channel * places + c.padding.height * c.padded.width + c.padding.width
      for y in 0..<c.input.height {
        (dx + (channel * c.input.height + y) * c.input.width).initialize(
          from: inner + y * c.padded.width, count: c.input.width)
      }
    }
  }
}

// MARK: Kernels

/// Rows that may overlap: row i begins at `start + at[i]`.
private struct PatchRows<Scalar: Real> {
  let start: UnsafePointer<Scalar>
  let at: UnsafeMutablePointer<Int>
  let count: Int

  var forKernels: fn_patches { fn_patches(patch_count: count, patches: start, at: at) }
}

extension Real {
  /// `c[m, n] = a · patches`, where n fills whole lines of memory.
  fileprivate static func multiply(
    _ m: Int, _ n: Int, _ patches: PatchRows<Self>, by a: RowPointer<Self>, into c: RowPointer<Self>
  ) {
    var product = fn_patch_product(
      m: m, n: n, patches: patches.forKernels, a: a.start, a_row: a.row, c: c.start, c_row: c.row)
    let run = Self.self == Float.self ? fn_patch_product_f32 : fn_patch_product_f64
    run(InstructionSet.current.code, &product)
  }

  /// Adds the products of rows of `a` with patches to lines, place by place.
  fileprivate static func addSums(
    _ m: Int, _ n: Int, _ patches: PatchRows<Self>, by a: RowPointer<Self>, to lines: UnsafeMutablePointer<Self>
  ) {
    var sums = fn_patch_sums(m: m, n: n, patches: patches.forKernels, a: a.start, a_row: a.row, sums: lines)
    let run = Self.self == Float.self ? fn_patch_sums_f32 : fn_patch_sums_f64
    run(InstructionSet.current.code, &sums)
  }

  fileprivate static func sumLines(
    _ count: Int, _ lines: UnsafeMutablePointer<Self>, into sums: UnsafeMutablePointer<Self>
  ) {
    let (lines, sums) = (UnsafeMutableRawPointer(lines), UnsafeMutableRawPointer(sums))
    if Self.self == Float.self {
      fn_line_sums_f32(count, lines.assumingMemoryBound(to: Float.self), sums.assumingMemoryBound(to: Float.self))
    } else {
      fn_line_sums_f64(count, lines.assumingMemoryBound(to: Double.self), sums.assumingMemoryBound(to: Double.self))
    }
  }
}
