import FunctionalNet

/// The bits of every number, for comparisons that tell -0 from +0 and one NaN from another.
public func bits<S: Real>(_ x: Tensor<S>) -> [UInt64] { bits(x.elements) }

public func bits<S: Real>(_ x: [S]) -> [UInt64] {
  x.map { value in
    if let float = value as? Float { return UInt64(float.bitPattern) }
    return (value as! Double).bitPattern
  }
}

public func bits<P: Parameters>(_ parameters: P) -> [UInt64] { parameters.named.flatMap { bits($0.tensor) } }

/// The folder of the caller's source file and a file in it.
public func fixture(_ name: String, of caller: String = #filePath) -> String {
  caller[..<caller.lastIndex(of: "/")!] + "/Fixtures/" + name
}
