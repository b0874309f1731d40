// swift-tools-version: 6.1
import PackageDescription

/// A C library of the system: its headers through `shim.h`, its flags through pkg-config.
func system(_ name: String, pkgConfig: String, apt: String) -> Target {
  .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])
}

/// A test target beside the room it tests; `uses` are the further rooms it needs.
func tests(_ room: String, uses: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: room + "Tests", dependencies: [.init(stringLiteral: room), "TestSupport"] + uses)
}

/// A program to begin from, which the tests run.
func example(_ name: String) -> Target {
  .executableTarget(name: name, dependencies: ["Tonoscope"], path: "Examples/" + name)
}

let package = Package(
  name: "tonoscope",
  products: [
    .executable(name: "tonoscope", targets: ["TonoscopeCommand"]),
    .library(name: "Tonoscope", targets: ["Tonoscope"]),
    // For Benchmarks/ alone.
    .library(name: "TonoscopeC", targets: ["CTonoKernels"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    .package(url: "https://github.com/swiftcsv/SwiftCSV", from: "0.10.0"),
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.4.0"),
  ],
  targets: [
    // MARK: - C libraries
    system("CTonoBLAS", pkgConfig: "openblas", apt: "libopenblas-dev"),
    system("CTonoFFTW", pkgConfig: "fftw3f", apt: "libfftw3-dev"),
    system("CTonoSndfile", pkgConfig: "sndfile", apt: "libsndfile1-dev"),
    system("CTonoEBUR128", pkgConfig: "libebur128", apt: "libebur128-dev"),
    system("CTonoSoxr", pkgConfig: "soxr", apt: "libsoxr-dev"),
    system("CTonoHDF5", pkgConfig: "hdf5", apt: "libhdf5-dev"),
    system("CTonoPNG", pkgConfig: "libpng", apt: "libpng-dev"),
    system("CTonoCairo", pkgConfig: "cairo", apt: "libcairo2-dev"),
    system("CTonoZip", pkgConfig: "libzip", apt: "libzip-dev"),
    system("CTonoArchive", pkgConfig: "libarchive", apt: "libarchive-dev"),
    system("CTonoCrypto", pkgConfig: "libcrypto", apt: "libssl-dev"),
    .target(name: "CTonoPNGWriter", dependencies: ["CTonoPNG"]),

    // MARK: - Rooms: the arrows go down, never round
    .target(name: "CTonoKernels"),
    .target(name: "TonoCore", dependencies: ["CTonoKernels", "CTonoBLAS"]),
    .target(name: "TonoFiles", dependencies: ["TonoCore", "CTonoZip", "CTonoCrypto"]),
    .target(name: "TonoNetwork", dependencies: ["TonoCore", "CTonoKernels"]),
    .target(
      name: "TonoAudio",
      dependencies: [
        "TonoCore", "TonoFiles", "CTonoKernels", "CTonoFFTW", "CTonoSndfile", "CTonoSoxr",
        "CTonoEBUR128",
      ]),
    .target(name: "CTonoHDF5Probe", dependencies: ["CTonoHDF5"]),
    .target(
      name: "TonoModels",
      dependencies: [
        "TonoNetwork", "TonoFiles", "CTonoHDF5", "CTonoHDF5Probe",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ]),
    .target(name: "TonoAscent", dependencies: ["TonoNetwork", "TonoAudio", "CTonoKernels"]),
    .target(
      name: "TonoRender", dependencies: ["TonoCore", "CTonoPNG", "CTonoPNGWriter", "CTonoCairo"]),
    .target(
      name: "TonoLearn",
      dependencies: [
        "TonoNetwork", "TonoAudio", "TonoModels", "CTonoArchive",
        .product(name: "SwiftCSV", package: "SwiftCSV"),
      ]),
    .target(name: "TonoSearch", dependencies: ["TonoModels", "TonoAudio", "CTonoKernels"]),
    .target(name: "TonoCheck", dependencies: ["TonoModels", "TonoAscent"]),
    .target(name: "TonoListen", dependencies: ["TonoModels", "TonoAscent", "TonoRender"]),
    .target(
      name: "TonoStudy", dependencies: ["TonoCheck", "TonoListen", "TonoLearn", "TonoSearch"]),
    .target(name: "Tonoscope", dependencies: ["TonoStudy"]),
    .executableTarget(
      name: "TonoscopeCommand",
      dependencies: [
        "TonoStudy",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    // MARK: - Examples
    example("ListenToANeuron"),
    example("ComposeAnObjective"),
    example("ClimbStepByStep"),
    example("WriteALayer"),

    // MARK: - Tests
    .target(name: "TestSupport", dependencies: ["TonoNetwork"], path: "Tests/TestSupport"),
    tests("TonoCore"),
    tests("TonoFiles"),
    tests("TonoNetwork", uses: ["CTonoKernels"]),
    tests("TonoAudio"),
    tests("TonoModels", uses: ["CTonoZip"]),
    tests("TonoAscent", uses: ["TonoModels"]),
    tests("TonoRender"),
    tests("TonoLearn", uses: ["TonoModels", "TonoAudio"]),
    tests("TonoSearch", uses: ["CTonoKernels"]),
    tests("TonoCheck"),
    tests("TonoListen"),
    tests("TonoStudy"),
    .testTarget(
      name: "CommandLineTests",
      dependencies: [
        "TonoscopeCommand", "Tonoscope", "TestSupport", "ListenToANeuron", "ComposeAnObjective",
        "ClimbStepByStep", "WriteALayer",
      ]),
  ]
)
