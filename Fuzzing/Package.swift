// swift-tools-version: 6.1
import PackageDescription

// Built by `Fuzzing/run` alone, which gives the compiler the flags of libFuzzer.
let package = Package(
  name: "tonoscope-fuzzing",
  dependencies: [.package(name: "tonoscope", path: "..")],
  targets: [
    .target(
      name: "FuzzReaders", dependencies: [.product(name: "Tonoscope", package: "tonoscope")]),
    .executableTarget(name: "tonofuzz", dependencies: ["FuzzReaders"]),
  ]
)
