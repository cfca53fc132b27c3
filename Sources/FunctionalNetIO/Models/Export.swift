import FunctionalNet

/// The files in which other programs read a model.
public enum ExportFormat: String, CaseIterable, Sendable {
  /// The whole network with the scaling of its inputs, for ONNX Runtime and others.
  case onnx

  /// The tensors alone, as NumPy's arrays, with the names and the orientation of PyTorch's `state_dict`.
  case npz

  /// The tensors alone, as PyTorch's `state_dict`.
  case safetensors

  /// The format that the ending of a path stands for; nil where it stands for none.
  public init?(path: String) {
    let name = fileName(of: path)
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return nil }
    self.init(rawValue: name[dot...].dropFirst().lowercased())
  }
}

extension Model {
  /// Writes the model for other programs.
  ///
  /// - Throws: `FileError` where the file cannot be written, or the format cannot hold the model.
  public func export(_ format: ExportFormat, to path: String) throws(FileError) {
    switch format {
    case .onnx:
      let bytes: [UInt8]
      do throws(ONNXError) { bytes = try onnx() } catch { throw FileError(path, nil, "cannot be written: \(error)") }
      try writeFile(path, bytes)
    case .npz: try writeFile(path, NPZ.bytes(of: tensors))
    case .safetensors:
      // The format that Python's libraries write for PyTorch; some do not read a file without it.
      try writeFile(path, Safetensors.bytes(of: tensors, metadata: ["format": "pt"]))
    }
  }
}
