// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "functional-net",
  platforms: [.macOS(.v15)],

  // MARK: Products
  products: [
    .library(name: "FunctionalNet", targets: ["FunctionalNet"]),
    .library(name: "FunctionalNetIO", targets: ["FunctionalNetIO"]),
    .executable(name: "functional-net", targets: ["functional-net"]),
  ],

  // MARK: Traits
  traits: [.trait(name: "HDF5", description: "Data sets from HDF5 files; needs libhdf5.")],
  dependencies: [],
  targets: [

    // MARK: System libraries
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CHDF5", pkgConfig: "hdf5", providers: [.apt(["libhdf5-dev"]), .brew(["hdf5"])]),

    // MARK: The library, from the bottom up
    .target(
      name: "CKernels", linkerSettings: [.linkedLibrary("m", .when(platforms: [.linux]))]),
    .target(name: "FunctionalNet", dependencies: ["CKernels"]),
    .target(name: "CDatasets"),
    .target(name: "CArguments"),
    .target(
      name: "FunctionalNetIO",
      dependencies: [
        "FunctionalNet", "CArguments", "CDatasets", "CZlib",
        .target(name: "CHDF5", condition: .when(traits: ["HDF5"])),
      ]),

    // MARK: The command, and what times the library
    .executableTarget(name: "functional-net", dependencies: ["FunctionalNet", "FunctionalNetIO"]),
    .executableTarget(
      name: "functional-net-benchmark", dependencies: ["FunctionalNet", "FunctionalNetIO", "CKernels"]),

    // MARK: Tests
    .target(name: "TestSupport", dependencies: ["FunctionalNet"], path: "Tests/Support"),
    .testTarget(name: "Laws", dependencies: ["FunctionalNet", "CKernels", "TestSupport"], exclude: ["Fixtures"]),
    .testTarget(name: "Gradients", dependencies: ["FunctionalNet", "TestSupport"]),
    .testTarget(
      name: "Parity", dependencies: ["FunctionalNet", "FunctionalNetIO", "TestSupport"], exclude: ["Fixtures"]),
    .testTarget(
      name: "Files", dependencies: ["FunctionalNet", "FunctionalNetIO", "TestSupport"], exclude: ["Fixtures"]),
    .testTarget(name: "Command", dependencies: ["FunctionalNet", "FunctionalNetIO", "TestSupport", "functional-net"]),
  ],
  swiftLanguageModes: [.v6]
)
