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

  /// Calls `body` with the number of each plane, on several threads where that is worth it.
  @inline(__always)
  fileprivate func forEachPlane(_ planes: Int, _ body: (Int) -> Void) {
    Threads.split(planes, if: planes * input.area >= 1 << 14) { share in
      for plane in share { body(plane) }
    }
  }
}

extension Real {
  public static func maxPool(_ p: Pooling, _ x: [Self]) -> (largest: [Self], taps: [UInt32]) {
    let (size, area, code) = (p.output.area, p.input.area, InstructionSet.current.code)
    let planes = x.count / area
    var taps: [UInt32] = []
    let largest = [Self](unsafeUninitializedCapacity: planes * size) { y, count in
      taps = [UInt32](unsafeUninitializedCapacity: planes * size) { taps, count in
        x.withUnsafeBufferPointer { x in
          guard planes > 0, let y = y.baseAddress, let taps = taps.baseAddress else { return }
          p.forEachPlane(planes) { plane in
            var pooling = p.forKernels
            let (source, target, taps) = (x.baseAddress! + plane * area, y + plane * size, taps + plane * size)
            let readable = x.count - plane * area
            if Self.self == Float.self {
              fn_max_pool_f32(code, &pooling, readable, source.of(), target.of(), taps)
            } else {
              fn_max_pool_f64(code, &pooling, readable, source.of(), target.of(), taps)
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
    let (size, area, code) = (p.output.area, p.input.area, InstructionSet.current.code)
    let planes = dy.count / size
    return [Self](unsafeUninitializedCapacity: planes * area) { dx, count in
      dy.withUnsafeBufferPointer { dy in
        taps.withUnsafeBufferPointer { taps in
          guard planes > 0, let dx = dx.baseAddress else { return }
          p.forEachPlane(planes) { plane in
            var pooling = p.forKernels
            let (source, target) = (dy.baseAddress! + plane * size, dx + plane * area)
            let taps = taps.baseAddress! + plane * size
            if Self.self == Float.self {
              fn_max_pool_gradient_f32(code, &pooling, area, source.of(), taps, target.of())
            } else {
              fn_max_pool_gradient_f64(code, &pooling, area, source.of(), taps, target.of())
            }
          }
        }
      }
      count = planes * area
    }
  }

  public static func averagePool(_ p: Pooling, _ x: [Self]) -> [Self] {
    let (size, area) = (p.output.area, Self(p.kernel.area))
    let planes = x.count / p.input.area
    return [Self](unsafeUninitializedCapacity: planes * size) { y, count in
      x.withUnsafeBufferPointer { x in
        p.forEachPlane(planes) { plane in
          p.forEachWindow(of: plane) { window, number in
            var sum: Self = 0
            p.forEachTap(of: window) { sum += x[$0] }
            (y.baseAddress! + number).initialize(to: sum / area)
          }
        }
      }
      count = planes * size
    }
  }

  public static func averagePoolGradient(_ p: Pooling, _ dy: [Self]) -> [Self] {
    let (size, area) = (p.output.area, p.input.area)
    let planes = dy.count / size
    return [Self](unsafeUninitializedCapacity: planes * area) { dx, count in
      dy.withUnsafeBufferPointer { dy in
        p.forEachPlane(planes) { plane in
          let dx = dx.baseAddress!
          (dx + plane * area).initialize(repeating: 0, count: area)
          p.forEachWindow(of: plane) { window, number in
            let share = dy[number] / Self(p.kernel.area)
            p.forEachTap(of: window) { dx[$0] += share }
          }
        }
      }
      count = planes * area
    }
  }
}

extension Pooling {
  /// Calls `body` with the place where each window of a plane begins, and its number among all windows.
  @inline(__always)
  fileprivate func forEachWindow(of plane: Int, _ body: (_ window: Int, _ number: Int) -> Void) {
    for y in 0..<output.height {
      for x in 0..<output.width {
        body(
          plane * input.area + y * stride.height * input.width + x * stride.width,
          plane * output.area + y * output.width + x)
      }
    }
  }

  /// Calls `body` with every place of a window, row by row.
  @inline(__always)
  fileprivate func forEachTap(of window: Int, _ body: (Int) -> Void) {
    for ky in 0..<kernel.height {
      for kx in 0..<kernel.width { body(window + ky * input.width + kx) }
    }
  }
}
