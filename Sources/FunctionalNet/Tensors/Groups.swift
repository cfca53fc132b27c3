import CKernels

// Numbers that belong together because they are normalised together: one channel of all images of a batch, or one sample.

/// Which numbers of an array are a group: those at `[b, g, i]` of `[blocks, groups, length]`, for group g.
public struct Grouping: Equatable, Sendable {
  public let blocks: Int
  public let groups: Int
  public let length: Int

  public init(blocks: Int, groups: Int, length: Int) {
    (self.blocks, self.groups, self.length) = (blocks, groups, length)
  }

  /// The numbers in a group.
  public var size: Int { blocks * length }

  fileprivate func start(_ block: Int, _ group: Int) -> Int { (block * groups + group) * length }

  /// Shares the groups among the threads.
  @inline(__always)
  fileprivate func share(_ body: (Range<Int>) -> Void) { Threads.split(groups, if: groups * size >= 1 << 13, body) }
}

extension Real {
  public static func groupSums(_ x: [Self], _ g: Grouping) -> [Double] {
    x.withUnsafeBufferPointer { x in sums(g) { start, count in sum(x.baseAddress! + start, count: count) } }
  }

  public static func groupDots(_ x: [Self], _ y: [Self], _ g: Grouping) -> [Double] {
    x.withUnsafeBufferPointer { x in
      y.withUnsafeBufferPointer { y in
        sums(g) { start, count in dot(x.baseAddress! + start, y.baseAddress! + start, count: count) }
      }
    }
  }

  /// Sums of groups, part by part in order.
  @inline(__always)
  private static func sums(_ g: Grouping, _ part: (_ start: Int, _ count: Int) -> Double) -> [Double] {
    [Double](unsafeUninitializedCapacity: g.groups) { sums, count in
      if let sums = sums.baseAddress {
        g.share { groups in
          for group in groups {
            var sum = 0.0
            for block in 0..<(g.length > 0 ? g.blocks : 0) { sum += part(g.start(block, group), g.length) }
            (sums + group).initialize(to: sum)
          }
        }
      }
      count = g.groups
    }
  }

  public static func groupAffine(
    _ x: [Self], _ g: Grouping, center: [Self], scale: [Self], shift: [Self]
  ) -> [Self] {
    x.withUnsafeBufferPointer { x in
      parts(g, x.count) { result, start, group in
        let (center, scale, shift) = (center[group], scale[group], shift[group])
        for i in start..<start + g.length { (result + i).initialize(to: (x[i] - center) * scale + shift) }
      }
    }
  }

  public static func groupCombine(
    _ x: [Self], _ xScale: [Self], _ y: [Self], _ yScale: [Self], shift: [Self], _ g: Grouping
  ) -> [Self] {
    x.withUnsafeBufferPointer { x in
      y.withUnsafeBufferPointer { y in
        parts(g, x.count) { result, start, group in
          let (xScale, yScale, shift) = (xScale[group], yScale[group], shift[group])
          for i in start..<start + g.length { (result + i).initialize(to: x[i] * xScale + y[i] * yScale + shift) }
        }
      }
    }
  }

  @inline(__always)
  private static func parts(
    _ g: Grouping, _ count: Int, _ part: (_ result: UnsafeMutablePointer<Self>, _ start: Int, _ group: Int) -> Void
  ) -> [Self] {
    require(g.groups * g.size == count, "\(count) numbers are not \(g.groups) groups of \(g.size)")
    return [Self](unsafeUninitializedCapacity: count) { result, initialized in
      if let result = result.baseAddress {
        g.share { groups in
          for block in 0..<g.blocks {
            for group in groups { part(result, g.start(block, group), group) }
          }
        }
      }
      initialized = count
    }
  }
}

// MARK: Sums

extension Real {
  /// The sum of numbers, in Double: eight chains whose numbers take turns, added in order.
  fileprivate static func sum(_ x: UnsafePointer<Self>, count: Int) -> Double {
    let code = InstructionSet.current.code
    return Self.self == Float.self ? fn_sum_f32(code, count, x.of()) : fn_sum_f64(code, count, x.of())
  }

  /// The sum of products, likewise.
  fileprivate static func dot(_ x: UnsafePointer<Self>, _ y: UnsafePointer<Self>, count: Int) -> Double {
    let code = InstructionSet.current.code
    return Self.self == Float.self ? fn_dot_f32(code, count, x.of(), y.of()) : fn_dot_f64(code, count, x.of(), y.of())
  }
}
