// Functions of every number by itself, `[n, ...] -> [n, ...]`. Each states its derivative, also where there is none: at a
// kink the derivative is the one that PyTorch takes.

/// The rectifier `max(x, 0)`; its derivative is 1 for x > 0 and 0 otherwise. PyTorch: `ReLU`.
public struct ReLU<Scalar: Real>: FixedLayer {
  public init() {}

  public func pass(_ x: Tensor<Scalar>, _ mode: Mode) -> FixedPass<Scalar> {
    let y = x.map(.relu)
    return FixedPass(output: y) { $0.keptWherePositive(y) }
  }
}

/// `x` for x > 0 and `slope·x` otherwise; the derivative at 0 is the slope. Maas et al., "Rectifier nonlinearities improve
/// neural network acoustic models", ICML 2013. PyTorch: `LeakyReLU`.
public struct LeakyReLU<Scalar: Real>: FixedLayer {
  public let slope: Double

  public init(slope: Double = 0.01) { self.slope = slope }

  public var notation: String { slope == 0.01 ? "leakyrelu" : "leakyrelu(\(number(slope)))" }

  public func pass(_ x: Tensor<Scalar>, _ mode: Mode) -> FixedPass<Scalar> {
    let slope = Scalar(slope)
    return FixedPass(output: x.map(.leakyReLU(slope: slope))) { $0.combined(.leakyReLUGradient(slope: slope), with: x) }
  }
}

/// The logistic function `y = 1 / (1 + e⁻ˣ)`; its derivative is `y·(1 - y)`. PyTorch: `Sigmoid`.
public struct Sigmoid<Scalar: Real>: FixedLayer {
  public init() {}

  public func pass(_ x: Tensor<Scalar>, _ mode: Mode) -> FixedPass<Scalar> {
    let y = x.map(.sigmoid)
    return FixedPass(output: y) { $0.combined(.sigmoidGradient, with: y) }
  }
}

/// The hyperbolic tangent `y = tanh x`; its derivative is `1 - y²`. PyTorch: `Tanh`.
public struct Tanh<Scalar: Real>: FixedLayer {
  public init() {}

  public func pass(_ x: Tensor<Scalar>, _ mode: Mode) -> FixedPass<Scalar> {
    let y = x.map(.tanh)
    return FixedPass(output: y) { $0.combined(.tanhGradient, with: y) }
  }
}

/// The absolute value `|x|`; its derivative is the sign of x, and 0 at 0. PyTorch: `torch.abs`.
public struct Abs<Scalar: Real>: FixedLayer {
  public init() {}

  public func pass(_ x: Tensor<Scalar>, _ mode: Mode) -> FixedPass<Scalar> {
    FixedPass(output: x.map(.absolute)) { $0.combined(.absoluteGradient, with: x) }
  }
}

/// `x·Φ(x)`, where Φ is the distribution function of the standard normal distribution; its derivative is
/// `Φ(x) + x·φ(x)`. Hendrycks and Gimpel, "Gaussian error linear units", 2016. PyTorch: `GELU()`, the exact one.
public struct GELU<Scalar: Real>: FixedLayer {
  public init() {}

  public func pass(_ x: Tensor<Scalar>, _ mode: Mode) -> FixedPass<Scalar> {
    FixedPass(output: x.map(.gelu)) { $0.combined(.geluGradient, with: x) }
  }
}

/// `x` for x > 0 and `alpha·(eˣ - 1)` otherwise; the derivative at 0 is alpha. Clevert et al., "Fast and accurate deep
/// network learning by exponential linear units", ICLR 2016. PyTorch: `ELU`.
public struct ELU<Scalar: Real>: FixedLayer {
  public let alpha: Double

  public init(alpha: Double = 1) { self.alpha = alpha }

  public var notation: String { alpha == 1 ? "elu" : "elu(\(number(alpha)))" }

  public func pass(_ x: Tensor<Scalar>, _ mode: Mode) -> FixedPass<Scalar> {
    let alpha = Scalar(alpha)
    return FixedPass(output: x.map(.elu(alpha: alpha))) { $0.combined(.eluGradient(alpha: alpha), with: x) }
  }
}

/// A number as notation has it: the shortest that reads back the same, whole numbers without a point.
func number(_ value: Double) -> String {
  let isWhole = value == value.rounded() && abs(value) < 1e15 && (value != 0 || value.sign == .plus)
  return isWhole ? String(Int(value)) : value.description
}
