// Kernels are written for Float and for Double; generic code that has found out which of them its scalar is calls them with the
// same pointers under that name.

extension UnsafePointer where Pointee: Real {
  /// This pointer, whose scalar is `Same`.
  func of<Same: Real>(_ type: Same.Type = Same.self) -> UnsafePointer<Same> {
    UnsafeRawPointer(self).assumingMemoryBound(to: Same.self)
  }
}

extension UnsafeMutablePointer where Pointee: Real {
  /// This pointer, whose scalar is `Same`.
  func of<Same: Real>(_ type: Same.Type = Same.self) -> UnsafeMutablePointer<Same> {
    UnsafeMutableRawPointer(self).assumingMemoryBound(to: Same.self)
  }
}
