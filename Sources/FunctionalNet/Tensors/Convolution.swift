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

  /// Where a place of a patch is, by its number: the channel, and the row and the column in the kernel.
  func place(_ number: Int) -> (channel: Int, row: Int, column: Int) {
    let (channel, inKernel) = number.quotientAndRemainder(dividingBy: kernel.area)
    return (channel, inKernel / kernel.width, inKernel % kernel.width)
  }

  /// Whether patches are views of the padded image.
  var isDense: Bool { stride == 1 }

  /// The width of a row of sums, and the number of sums from the first to the last that count.
  var gridWidth: Int { isDense ? padded.width : output.width }
  var gridCount: Int { (output.height - 1) * gridWidth + output.width }

  /// Shares samples among the threads, where that is worth it.
  @inline(__always)
  fileprivate func share(_ samples: Int, of parts: Int, _ body: (Range<Int>) -> Void) {
    Threads.split(parts, if: samples * outputSize * patchSize >= 1 << 16, body)
  }
}

extension Real {
  public static func convolve(_ c: Convolution, _ x: [Self], weight: [Self], bias: [Self]) -> [Self] {
    let samples = x.count / Swift.max(1, c.inputSize)
    return [Self](unsafeUninitializedCapacity: samples * c.outputSize) { y, count in
      x.withUnsafeBufferPointer { x in
        weight.withUnsafeBufferPointer { weight in
          bias.withUnsafeBufferPointer { bias in
            guard samples > 0, let y = y.baseAddress else { return }
            c.share(samples, of: samples) { share in
              let work = ConvolutionForward<Self>(c)
              for i in share {
                work.patches.load(x.baseAddress! + i * c.inputSize, following: (samples - 1 - i) * c.inputSize)
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
    require(samples > 0, "gradients of a convolution need a sample")
    var sums = [Self](unsafeUninitializedCapacity: chunks * size) { parts, count in
      let parts = parts.baseAddress!
      x.withUnsafeBufferPointer { x in
        dy.withUnsafeBufferPointer { dy in
          c.share(samples, of: chunks) { share in
            let work = ConvolutionParamGradients<Self>(c)
            for chunk in share {
              work.begin()
              for i in chunk * most..<Swift.min((chunk + 1) * most, samples) {
                work.patches.load(x.baseAddress! + i * c.inputSize, following: (samples - 1 - i) * c.inputSize)
                work.add(dy.baseAddress! + i * c.outputSize)
              }
              work.addUp(into: parts + chunk * size)
            }
          }
        }
      }
      count = chunks * size
    }
    sums.withUnsafeMutableBufferPointer { sums in
      for chunk in 1..<chunks {
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
          c.share(samples, of: samples) { share in
            let work = ConvolutionInputGradient<Self>(c)
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
