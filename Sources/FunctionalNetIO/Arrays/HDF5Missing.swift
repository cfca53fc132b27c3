#if !HDF5
  /// - Throws: always, in a build without libhdf5.
  func hdf5File(_ path: String) throws(FileError) -> any NamedArrays {
    throw FileError(
      path, nil,
      "this build reads no HDF5; install libhdf5 (apt-get install libhdf5-dev, or brew install hdf5) and build with "
        + "swift build -c release --traits HDF5")
  }
#endif
