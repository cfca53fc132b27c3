/// A type whose values stand for a height and a width: a `Size2D`, or a whole number for a square.
public protocol Size2DConvertible: Sendable {
  var size2D: Size2D { get }
}

extension Int: Size2DConvertible {
  public var size2D: Size2D { Size2D(self) }
}

/// A height and a width: of a kernel, a stride or a padding.
public struct Size2D: Size2DConvertible, Equatable, Sendable, ExpressibleByIntegerLiteral, CustomStringConvertible {
  public let height: Int
  public let width: Int

  public init(_ height: Int, _ width: Int) { (self.height, self.width) = (height, width) }
  public init(_ length: Int) { self.init(length, length) }
  public init(integerLiteral length: Int) { self.init(length) }

  public var size2D: Size2D { self }

  /// The number of places in it.
  public var area: Int { height * width }

  /// As notation has it: one number for a square, otherwise `(height,width)`.
  public var description: String { height == width ? "\(height)" : "(\(height),\(width))" }

  /// How many windows of a size fit into a plane of this size, `stride` apart; windows that are cut do not count.
  func windows(of kernel: Size2D, stride: Size2D) -> Size2D {
    Size2D((height - kernel.height) / stride.height + 1, (width - kernel.width) / stride.width + 1)
  }

  func holds(_ other: Size2D) -> Bool { height >= other.height && width >= other.width }
}
