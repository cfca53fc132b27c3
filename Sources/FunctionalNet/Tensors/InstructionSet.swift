import CKernels

/// The processor instructions that the matrix products use. All give the same bits; they differ in speed.
public enum InstructionSet: String, CaseIterable, Sendable {
  case portable
  case avx2
  case avx512
  case neon

  /// The number by which the kernels know it.
  var code: Int32 {
    switch self {
    case .portable: Int32(FN_PORTABLE.rawValue)
    case .avx2: Int32(FN_AVX2.rawValue)
    case .avx512: Int32(FN_AVX512.rawValue)
    case .neon: Int32(FN_NEON.rawValue)
    }
  }

  /// Those that this machine can run, slowest first.
  public static let available: [InstructionSet] = allCases.filter { fn_can_run($0.code) }

  /// The one in use: what the environment variable `FUNCTIONAL_NET_ISA` names, otherwise the fastest available.
  ///
  /// A name that is unknown, or that this machine cannot run, stops the program when the first product is computed; a
  /// program that wants to report it in its own way calls `chosen()` first.
  public static let current: InstructionSet = {
    do throws(Unavailable) { return try chosen() } catch { fatalError(error.description) }
  }()

  /// What `FUNCTIONAL_NET_ISA` chooses.
  ///
  /// - Throws: ``Unavailable`` where the variable names something that this machine cannot run.
  public static func chosen() throws(Unavailable) -> InstructionSet {
    guard let forced = fn_forced_instruction_set().map({ String(cString: $0) }), !forced.isEmpty else {
      return available.last ?? .portable
    }
    guard let named = available.first(where: { $0.rawValue == forced.lowercased() }) else {
      throw Unavailable(name: forced)
    }
    return named
  }

  /// `FUNCTIONAL_NET_ISA` names an instruction set that is unknown or that this machine lacks.
  public struct Unavailable: Error, CustomStringConvertible {
    public let name: String

    public var description: String {
      let names = available.map(\.rawValue).joined(separator: ", ")
      return "FUNCTIONAL_NET_ISA is '\(name)', which this machine cannot run; it can run: \(names)"
    }
  }
}
