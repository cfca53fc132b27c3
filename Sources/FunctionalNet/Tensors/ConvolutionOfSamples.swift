// One sample of a convolution after the other, in memory that a thread keeps for itself; see `Convolution.swift`.

/// The patches of a sample as rows: `[patch, places]`, the places padded to whole lines of memory. Places behind the last that
/// counts hold anything that is finite where the image and what follows it are.
final class Patches<S: Real> {
  let c: Convolution
  let places: Int
  private let memory = LineMemory()

  /// `[channels, padded height, padded width]`, and where patches are not views of that, the patches themselves.
  private let image: UnsafeMutablePointer<S>
  private let copies: UnsafeMutablePointer<S>

  /// As many ones as there are places: a patch more, for the gradients of biases.
  private let ones: UnsafeMutablePointer<S>

  /// What the rows are parts of, and where each begins there, the ones last.
  private var operand: UnsafePointer<S>
  private let at: UnsafeMutablePointer<Int>

  init(_ c: Convolution) {
    self.c = c
    places = LineMemory.padded(c.gridCount, S.self)
    image = memory.allocate(c.channels * c.padded.area + 64 / MemoryLayout<S>.stride, repeating: 0)
    copies = memory.allocate(c.isDense ? 0 : c.patchSize * places, repeating: 0)
    ones = memory.allocate(places, repeating: 1)
    operand = UnsafePointer(c.isDense ? image : copies)
    at = memory.allocate(c.patchSize + 1)
    for number in 0..<c.patchSize {
      let (channel, row, column) = c.place(number)
      at[number] = c.isDense ? channel * c.padded.area + row * c.padded.width + column : number * places
    }
  }

  /// Takes a sample in: its channels with zeros around them, and what is needed to see its patches. Where none of it is, and
  /// so many numbers follow that a line behind this sample may be read, it is left where it is.
  func load(_ x: UnsafePointer<S>, following: Int) {
    if c.isDense && c.padding == 0 && following * MemoryLayout<S>.stride >= 64 {
      operand = x
    } else {
      pad(x)
      if !c.isDense { copyPatches() }
      operand = UnsafePointer(c.isDense ? image : copies)
    }
    at[c.patchSize] = UnsafePointer(ones) - operand
  }

  private func pad(_ x: UnsafePointer<S>) {
    for channel in 0..<c.channels {
      let plane = image + channel * c.padded.area + c.padding.height * c.padded.width + c.padding.width
      for y in 0..<c.input.height {
        (plane + y * c.padded.width).update(
          from: x + (channel * c.input.height + y) * c.input.width, count: c.input.width)
      }
    }
  }

  private func copyPatches() {
    for number in 0..<c.patchSize {
      let (channel, row, column) = c.place(number)
      let target = copies + number * places
      for y in 0..<c.output.height {
        let source = image + channel * c.padded.area + (y * c.stride.height + row) * c.padded.width + column
        for x in 0..<c.output.width { target[y * c.output.width + x] = source[x * c.stride.width] }
      }
    }
  }

  var rows: PatchRows<S> { PatchRows(start: operand, at: at, count: c.patchSize) }
  var rowsAndOnes: PatchRows<S> { PatchRows(start: operand, at: at, count: c.patchSize + 1) }
}

/// `y = weight · patches + bias`
struct ConvolutionForward<S: Real> {
  let patches: Patches<S>
  private let memory = LineMemory()
  private let sums: UnsafeMutablePointer<S>  // [outputs, places]

  init(_ c: Convolution) {
    patches = Patches(c)
    sums = memory.allocate(c.outputs * patches.places)
  }

  func convolve(_ weight: UnsafePointer<S>, _ bias: UnsafePointer<S>, into y: UnsafeMutablePointer<S>) {
    let (c, places) = (patches.c, patches.places)
    S.multiply(
      c.outputs, places, patches.rows, by: RowPointer(UnsafeMutablePointer(mutating: weight), row: c.patchSize),
      into: RowPointer(sums, row: places))
    for output in 0..<c.outputs {
      let shift = bias[output]
      for line in 0..<c.output.height {
        let source = sums + output * places + line * c.gridWidth
        let target = y + (output * c.output.height + line) * c.output.width
        for x in 0..<c.output.width { (target + x).initialize(to: source[x] + shift) }
      }
    }
  }
}

/// The gradients of the weights and biases, from some samples one after the other.
struct ConvolutionParamGradients<S: Real> {
  let patches: Patches<S>
  private let memory = LineMemory()
  private let derivatives: UnsafeMutablePointer<S>  // [outputs, places]

  /// `[outputs, patch + 1, line]`, the bias last.
  private let lines: UnsafeMutablePointer<S>
  private let lineCount: Int

  init(_ c: Convolution) {
    patches = Patches(c)
    lineCount = c.outputs * (c.patchSize + 1)
    derivatives = memory.allocate(c.outputs * patches.places, repeating: 0)
    lines = memory.allocate(lineCount * 64 / MemoryLayout<S>.stride)
  }

  /// Before the first sample.
  func begin() { lines.initialize(repeating: 0, count: lineCount * 64 / MemoryLayout<S>.stride) }

  /// Adds those of the sample whose patches are loaded.
  func add(_ dy: UnsafePointer<S>) {
    let (c, places) = (patches.c, patches.places)
    for output in 0..<c.outputs {
      for line in 0..<c.output.height {
        (derivatives + output * places + line * c.gridWidth).update(
          from: dy + (output * c.output.height + line) * c.output.width, count: c.output.width)
      }
    }
    S.addSums(c.outputs, places, patches.rowsAndOnes, by: RowPointer(derivatives, row: places), to: lines)
  }

  /// Writes their sums, `[outputs, patch + 1]`.
  func addUp(into gradients: UnsafeMutablePointer<S>) { S.sumLines(lineCount, lines, into: gradients) }
}

/// The way back to the input: each input is the sum, over the outputs and the places of the kernel in index order, of what
/// it was multiplied with times the derivative there. So this is a convolution of the derivatives, with zeros around them and,
/// where the stride is not 1, between them.
struct ConvolutionInputGradient<S: Real> {
  private let c: Convolution
  private let memory = LineMemory()

  /// `[outputs, plane]`; each plane begins with as many zeros as the kernel looks back.
  private let spreadOut: UnsafeMutablePointer<S>
  private let at: UnsafeMutablePointer<Int>
  private let sums: UnsafeMutablePointer<S>  // [channels, places]

  private let places: Int
  private let plane: Int
  private let lookBack: Int

  init(_ c: Convolution) {
    self.c = c
    places = LineMemory.padded(c.padded.area, S.self)
    lookBack = (c.kernel.height - 1) * c.padded.width + c.kernel.width - 1
    plane = lookBack + places
    spreadOut = memory.allocate(c.outputs * plane, repeating: 0)
    at = memory.allocate(c.outputs * c.kernel.area)
    sums = memory.allocate(c.channels * places)
    for number in 0..<c.outputs * c.kernel.area {
      let (output, row, column) = c.place(number)
      at[number] = output * plane + lookBack - row * c.padded.width - column
    }
  }

  /// Puts the derivatives of a sample where its output places lie in the padded image.
  func spread(_ dy: UnsafePointer<S>) {
    for output in 0..<c.outputs {
      for line in 0..<c.output.height {
        let source = dy + (output * c.output.height + line) * c.output.width
        let target = spreadOut + output * plane + lookBack + line * c.stride.height * c.padded.width
        for x in 0..<c.output.width { target[x * c.stride.width] = source[x] }
      }
    }
  }

  /// `weight` is `[channels, outputs, kernel]`.
  func gather(_ weight: UnsafePointer<S>, into dx: UnsafeMutablePointer<S>) {
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
