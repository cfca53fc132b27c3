/// The scalars of this library: `Float` for speed, `Double` for proof.
///
/// A loop over elements written in generic code would not be specialised for callers in other modules and would run a
/// hundred times too slowly. So whole-array work is a requirement of this protocol: its one generic implementation, in
/// the extensions beside each concept, is compiled here for `Float` and for `Double`.
public protocol Real: BinaryFloatingPoint, LosslessStringConvertible, Sendable {
  /// The exponential, the natural logarithm and the hyperbolic tangent of one number; see `ElementaryFunctions.swift`.
  static func exp(_ x: Self) -> Self
  static func log(_ x: Self) -> Self
  static func tanh(_ x: Self) -> Self

  /// eˣ - 1, exact also near 0, and the distribution function of the standard normal distribution.
  static func expMinusOne(_ x: Self) -> Self
  static func normalDistribution(_ x: Self) -> Self

  /// The exponentials of many numbers, with the same bits and faster, and their rectifiers; `y` may be `x`.
  static func exp(_ x: UnsafePointer<Self>, count: Int, into y: UnsafeMutablePointer<Self>)
  static func relu(_ x: UnsafePointer<Self>, count: Int, into y: UnsafeMutablePointer<Self>)

  /// `c[m, n] = a[m, k] · b[k, n]` with the given versions of the kernels; see `Product.swift`.
  static func multiply(
    _ m: Int, _ n: Int, _ k: Int, _ a: MatrixPointer<Self>, _ b: MatrixPointer<Self>,
    into c: UnsafeMutablePointer<Self>, row: Int, with instructionSet: InstructionSet)

  /// The same with a number added to each column, if `bias` is given, and the kernels of this machine.
  static func multiply(
    _ m: Int, _ n: Int, _ k: Int, _ a: MatrixPointer<Self>, _ b: MatrixPointer<Self>, plus bias: UnsafePointer<Self>?,
    into c: UnsafeMutablePointer<Self>, row: Int)

  /// Takes a moment of the two-layer network one step on, in place where nobody else holds it; see `FusedTwoLayer.swift`.
  static func fusedStep(_ moment: inout Moment<Params<Self>>, _ batch: Samples<Self>, _ rule: MomentumRule)

  /// The scores of samples from the two-layer network; see `FusedForward.swift`.
  static func scores(_ params: Params<Self>, _ samples: Samples<Self>) -> Tensor<Self>

  /// `y[i] = operation(x[i])`; see `Elementwise.swift`.
  static func map(_ operation: UnaryOperation<Self>, _ x: [Self]) -> [Self]

  /// `x[i] = 0` where `x[i] <= 0`; see `Elementwise.swift`.
  static func rectify(_ x: inout [Self])

  /// `z[i] = operation(x[i], y[i % y.count])`: the shorter `y` is repeated; see `Elementwise.swift`.
  static func combine(_ operation: BinaryOperation<Self>, _ x: [Self], _ y: [Self]) -> [Self]

  /// One number for each column (of `outer` blocks of `length` rows of `inner` columns); see `Reductions.swift`.
  static func reduce(_ reduction: Reduction, _ x: [Self], outer: Int, length: Int, inner: Int) -> [Self]

  /// Convolutions, sample by sample, and their gradients; see `Convolution.swift`.
  static func convolve(_ sizes: Convolution, _ x: [Self], weight: [Self], bias: [Self]) -> [Self]
  static func convolutionParamGradients(
    _ sizes: Convolution, _ x: [Self], _ dy: [Self]
  ) -> (weight: [Self], bias: [Self])
  static func convolutionInputGradient(_ sizes: Convolution, _ dy: [Self], weight: [Self]) -> [Self]

  /// The largest number of each window, with its place there, and the mean; and their gradients; see `Pooling.swift`.
  static func maxPool(_ sizes: Pooling, _ x: [Self]) -> (largest: [Self], taps: [UInt32])
  static func maxPoolGradient(_ sizes: Pooling, _ dy: [Self], taps: [UInt32]) -> [Self]
  static func averagePool(_ sizes: Pooling, _ x: [Self]) -> [Self]
  static func averagePoolGradient(_ sizes: Pooling, _ dy: [Self]) -> [Self]

  /// The sums of groups of numbers, and of products; see `Groups.swift`.
  static func groupSums(_ x: [Self], _ grouping: Grouping) -> [Double]
  static func groupDots(_ x: [Self], _ y: [Self], _ grouping: Grouping) -> [Double]

  /// `(x - center)·scale + shift`, and `x·xScale + y·yScale + shift`, with numbers for each group.
  static func groupAffine(_ x: [Self], _ grouping: Grouping, center: [Self], scale: [Self], shift: [Self]) -> [Self]
  static func groupCombine(
    _ x: [Self], _ xScale: [Self], _ y: [Self], _ yScale: [Self], shift: [Self], _ grouping: Grouping
  ) -> [Self]

  /// Zero with a probability, and otherwise what keeps the mean at 1; see `Dropout.swift`.
  static func mask(_ count: Int, dropping probability: Double, key: Key) -> [Self]

  /// The sum over rows of `columns` numbers, each row times its weight, of how far y is from t; and its derivatives, each row
  /// times its factor; see `Distance.swift`.
  static func distance(
    _ distance: Distance<Self>, _ y: [Self], _ t: [Self], columns: Int, weights: [Self]
  ) -> Double
  static func distanceGradient(
    _ distance: Distance<Self>, _ y: [Self], _ t: [Self], columns: Int, factors: [Self]
  ) -> [Self]

  /// The update, and the next two moments, of Adam; see `Adaptive.swift`.
  static func adam(_ rule: AdamRule, _ g: [Self], _ m: [Self], _ v: [Self]) -> [[Self]]

  /// The softmax of each row of `columns` numbers, and each row's cross-entropy with one true column; see `Losses`.
  static func softmax(_ x: [Self], columns: Int) -> [Self]
  static func crossEntropies(_ x: [Self], columns: Int, truth: [Int]) -> [Self]

  /// The position of the first largest number of each row.
  static func argmax(_ x: [Self], columns: Int) -> [Int]

  /// Sums of all numbers, and of all products of pairs, in index order; carried in `Double` throughout.
  static func sum(_ x: [Self]) -> Double
  static func dot(_ x: [Self], _ y: [Self]) -> Double

  /// Whether no number is infinite or not a number.
  static func areFinite(_ x: [Self]) -> Bool

  /// The nearest number of this type for each number of another; see `Conversion.swift`.
  static func converting(_ bytes: [UInt8]) -> [Self]
  static func converting(_ numbers: [Float]) -> [Self]
  static func converting(_ numbers: [Double]) -> [Self]

  /// The numbers that bytes stand for; see `Inputs.swift`.
  static func lookUp(_ bytes: [UInt8], in levels: [Self]) -> [Self]

  /// A matrix of `rows` rows, turned into one of `rows` columns.
  static func transpose(_ x: [Self], rows: Int, columns: Int) -> [Self]

  /// `count` random numbers from a key; see `Key.swift`.
  static func uniform(_ count: Int, from low: Double, to high: Double, key: Key) -> [Self]
  static func normal(_ count: Int, mean: Double, standardDeviation: Double, key: Key) -> [Self]
}

extension Float: Real {}
extension Double: Real {}
