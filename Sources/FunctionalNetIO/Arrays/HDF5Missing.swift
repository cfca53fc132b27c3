#if !HDF5
  /// - Throws: always, in a build without libhdf5.
  func hdf5File(_ path: String) throws(FileError) -> any NamedArrays {
    if !fileExists(path) { throw FileError(path, nil, "no such file") }
    if let mismatch = try FileKind.mismatch(at: path, expected: .hdf5) { throw mismatch }
    throw FileError(
      path, nil,
      "this build reads no HDF5; install libhdf5 (apt-get install libhdf5-dev, or brew install hdf5) and build with "
        + "swift build -c release --traits HDF5")
  }
#endif
