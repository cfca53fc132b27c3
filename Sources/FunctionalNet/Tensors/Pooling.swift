import CKernels

// Images made smaller: one number for each window, plane by plane.

/// The sizes of a pooling: windows over planes of `input` numbers.
public struct Pooling: Equatable, Sendable {
  public let input: Size2D
  public let kernel: Size2D
  public let stride: Size2D

  /// - Precondition: the input holds the kernel.
  public init(input: Size2D, kernel: Size2D, stride: Size2D) {
    require(input.holds(kernel), "a window of \(kernel) does not fit into an input of \(input)")
    (self.input, self.kernel, self.stride) = (input, kernel, stride)
  }

  var output: Size2D { input.windows(of: kernel, stride: stride) }

  fileprivate var forKernels: fn_pooling {
    fn_pooling(
      width: input.width, out_height: output.height, out_width: output.width, kernel_height: kernel.height,
      kernel_width: kernel.width, stride_height: stride.height, stride_width: stride.width)
  }

  /// Shares planes among the threads, where that is worth it.
  fileprivate func share(_ planes: Int, _ body: (Range<Int>) -> Void) {
    let smallestWorthSharing = 1 << 14
    if planes * input.area < smallestWorthSharing { body(0..<planes) } else { Threads.split(planes, grain: 1, body) }
  }
}

extension Real {
  public static func maxPool(_ p: Pooling, _ x: [Self]) -> (largest: [Self], taps: [UInt32]) {
    let planes = x.count / p.input.area
    let (size, run) = (p.output.area, Self.self == Float.self)
    var taps: [UInt32] = []
    let largest = [Self](unsafeUninitializedCapacity: planes * size) { y, count in
      taps = [UInt32](unsafeUninitializedCapacity: planes * size) { taps, count in
        x.withUnsafeBufferPointer { x in
          guard planes > 0, let y = y.baseAddress, let taps = taps.baseAddress else { return }
          let pooling = p.forKernels
          p.share(planes) { share in
            for plane in share {
              withUnsafePointer(to: pooling) { pooling in
                let source = UnsafeRawPointer(x.baseAddress! + plane * p.input.area)
                let target = UnsafeMutableRawPointer(y + plane * size)
                let readable = x.count - plane * p.input.area
                if run {
                  fn_max_pool_f32(
                    InstructionSet.current.code, pooling, readable, source.assumingMemoryBound(to: Float.self),
                    target.assumingMemoryBound(to: Float.self), taps + plane * size)
                } else {
                  fn_max_pool_f64(
                    InstructionSet.current.code, pooling, readable, source.assumingMemoryBound(to: Double.self),
                    target.assumingMemoryBound(to: Double.self), taps + plane * size)
                }
              }
            }
          }
        }
        count = planes * size
      }
      count = planes * size
    }
    return (largest, taps)
  }

  public static func maxPoolGradient(_ p: Pooling, _ dy: [Self], taps: [UInt32]) -> [Self] {
    let (size, area) = (p.output.area, p.input.area)
    let planes = dy.count / Swift.max(1, size)
    return [Self](unsafeUninitializedCapacity: planes * area) { dx, count in
      dy.withUnsafeBufferPointer { dy in
        taps.withUnsafeBufferPointer { taps in
          guard planes > 0, let dx = dx.baseAddress else { return }
          let pooling = p.forKernels
          p.share(planes) { share in
            for plane in share {
              withUnsafePointer(to: pooling) { pooling in
                let source = UnsafeRawPointer(dy.baseAddress! + plane * size)
                let target = UnsafeMutableRawPointer(dx + plane * area)
                let taps = taps.baseAddress! + plane * size
                if Self.self == Float.self {
                  fn_max_pool_gradient_f32(
                    InstructionSet.current.code, pooling, area, source.assumingMemoryBound(to: Float.self), taps,
                    target.assumingMemoryBound(to: Float.self))
                } else {
                  fn_max_pool_gradient_f64(
                    InstructionSet.current.code, pooling, area, source.assumingMemoryBound(to: Double.self), taps,
                    target.assumingMemoryBound(to: Double.self))
                }
              }
            }
          }
        }
      }
      count = planes * area
    }
  }

  public static func averagePool(_ p: Pooling, _ x: [Self]) -> [Self] {
    let planes = x.count / p.input.area
    let (size, area) = (p.output.area, Self(p.kernel.area))
    return [Self](unsafeUninitializedCapacity: planes * size) { y, count in
      x.withUnsafeBufferPointer { x in
        guard planes > 0, let y = y.baseAddress else { return }
        p.share(planes) { share in
          for number in share.lowerBound * size..<share.upperBound * size {
            let (plane, inPlane) = number.quotientAndRemainder(dividingBy: size)
            let window = plane * p.input.area + p.start(ofWindow: inPlane)
            var sum: Self = 0
            for ky in 0..<p.kernel.height {
              for kx in 0..<p.kernel.width { sum += x[window + ky * p.input.width + kx] }
            }
            (y + number).initialize(to: sum / area)
          }
        }
      }
      count = planes * size
    }
  }

  public static func averagePoolGradient(_ p: Pooling, _ dy: [Self]) -> [Self] {
    let area = Self(p.kernel.area)
    return spread(p, dy) { window, number, dx in
      let share = dy[number] / area
      for ky in 0..<p.kernel.height {
        for kx in 0..<p.kernel.width { dx[window + ky * p.input.width + kx] += share }
      }
    }
  }

  /// Planes of zeros to which `add` adds for one window after the other.
  @inline(__always)
  private static func spread(
    _ p: Pooling, _ dy: [Self], _ add: (_ window: Int, _ number: Int, _ dx: UnsafeMutablePointer<Self>) -> Void
  ) -> [Self] {
    let size = p.output.area
    let planes = dy.count / Swift.max(1, size)
    return [Self](unsafeUninitializedCapacity: planes * p.input.area) { dx, count in
      if planes > 0, let dx = dx.baseAddress {
        p.share(planes) { share in
          (dx + share.lowerBound * p.input.area).initialize(repeating: 0, count: share.count * p.input.area)
          for plane in share {
            for y in 0..<p.output.height {
              for x in 0..<p.output.width {
                let window = plane * p.input.area + y * p.stride.height * p.input.width + x * p.stride.width
                add(window, plane * size + y * p.output.width + x, dx)
              }
            }
          }
        }
      }
      count = planes * p.input.area
    }
  }
}

extension Pooling {
  /// Where in its plane a window begins.
  fileprivate func start(ofWindow number: Int) -> Int {
    let (y, x) = number.quotientAndRemainder(dividingBy: output.width)
    return y * stride.height * input.width + x * stride.width
  }
}
