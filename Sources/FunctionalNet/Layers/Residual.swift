/// A network around which its input is led and added to its output: `y = body(x) + x`, or `body(x) + shortcut(x)` where the
/// shapes differ. He et al., "Deep residual learning for image recognition", CVPR 2016. The parameters are called
/// `0.0.weight` and so on in the body, `1.0.weight` in the shortcut.
///
///     Residual {
///       Conv2D(16, padding: 1)
///       BatchNorm2D()
///       ReLU()
///       Conv2D(16, padding: 1)
///       BatchNorm2D()
///     }
public struct Residual<Scalar: Real>: Layer {
  public let body: Sequential<Scalar>

  /// Without layers it passes its input on.
  public let shortcut: Sequential<Scalar>

  public init(
    @SequentialBuilder<Scalar> _ body: () -> [any Layer<Scalar>],
    @SequentialBuilder<Scalar> shortcut: () -> [any Layer<Scalar>] = { [] }
  ) {
    self.init(Sequential(body()), shortcut: Sequential(shortcut()))
  }

  public init(_ body: Sequential<Scalar>, shortcut: Sequential<Scalar> = Sequential([])) {
    (self.body, self.shortcut) = (body, shortcut)
  }

  public var notation: String {
    "residual(\(body.notation)\(shortcut.layers.isEmpty ? "" : ", \(shortcut.notation)"))"
  }

  public func outputShape(for shape: [Int]) throws(ShapeError) -> [Int] {
    let (output, straight): ([Int], [Int])
    do throws(ShapeError) { output = try body.outputShape(for: shape) } catch { throw error.inside(0) }
    do throws(ShapeError) { straight = try shortcut.outputShape(for: shape) } catch { throw error.inside(1) }
    guard output == straight else {
      throw ShapeError(layer: name, "makes \(output) of samples of shape \(shape), and cannot add \(straight) to that")
    }
    return output
  }

  public func size(for shape: [Int]) -> LayerSize { body.size(for: shape) + shortcut.size(for: shape) }

  public func initialParams(for shape: [Int], key: Key) -> Stack<Scalar> {
    Stack([body.initialParams(for: shape, key: key.child(0)), shortcut.initialParams(for: shape, key: key.child(1))])
  }

  public func initialState(for shape: [Int]) -> Stack<Scalar> {
    Stack([body.initialState(for: shape), shortcut.initialState(for: shape)])
  }

  public func pass(
    _ params: Stack<Scalar>, _ state: Stack<Scalar>, _ x: Tensor<Scalar>, _ mode: Mode
  ) -> Pass<Stack<Scalar>, Stack<Scalar>> {
    let main = body.pass(params[0], state[0], x, mode.child(0))
    let side = shortcut.pass(params[1], state[1], x, mode.child(1))
    return Pass(output: main.output + side.output, state: Stack([main.state, side.state])) { dOutput in
      let (mainGradient, sideGradient) = (main.pullback(dOutput), side.pullback(dOutput))
      return (
        Stack([mainGradient.params, sideGradient.params]), { mainGradient.input() + sideGradient.input() }
      )
    }
  }
}

extension Stack {
  /// The stack at a position of this one.
  fileprivate subscript(position: Int) -> Stack {
    guard position < parts.count, let stack = parts[position] as? Stack else {
      fatalError("a residual takes the records of its body and of its shortcut, not \(parts.count) records")
    }
    return stack
  }
}
