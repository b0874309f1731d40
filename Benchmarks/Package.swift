// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "tonoscope-benchmarks",
  dependencies: [
    .package(name: "tonoscope", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
  ],
  targets: [
    .target(name: "CPeak"),
    .executableTarget(
      name: "tonobench",
      dependencies: [
        "CPeak",
        .product(name: "Tonoscope", package: "tonoscope"),
        .product(name: "TonoscopeC", package: "tonoscope"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
  ]
)
