import Foundation
import TestSupport
import Testing
import TonoCore
import TonoNetwork

@testable import TonoModels

/// Odd and broken ONNX files (Scripts/reference/onnx_fixtures.py): read right, or refused in one
/// sentence.
struct ONNXFileTests {
  private static func load(_ name: String) throws -> Model {
    try ModelFile.load(Fixture.url("models/onnx/\(name).onnx"))
  }

  private static func output(of model: Model) throws -> Tensor {
    let values = (0..<30).map { Float($0 % 7) - 3 }
    return try model.network.forward(
      ["map": Tensor(shape: [1, 1, 6, 5], values: values)], to: ["fc"])["fc"]
  }

  @Test func formatIsNamed() throws {
    let model = try Self.load("small")
    #expect(model.format == "ONNX, operator set 13")
    #expect(model.warnings.isEmpty)
  }

  @Test(arguments: ["float_raw", "float_typed", "double_raw", "double_typed", "external"])
  func otherFieldsHoldTheSameNumbers(name: String) throws {
    #expect(try Self.output(of: Self.load(name)) == Self.output(of: Self.load("small")))
  }

  @Test(arguments: [
    ("float16_raw", Tolerance.halfPrecision), ("float16_typed", Tolerance.halfPrecision),
    ("bfloat16_raw", Tolerance.brainFloat), ("bfloat16_typed", Tolerance.brainFloat),
  ])
  func shortNumbersAreWidened(name: String, tolerance: Double) throws {
    let deviation = Deviation(
      of: try Self.output(of: Self.load(name)), from: try Self.output(of: Self.load("small")))
    #expect(deviation.relative <= tolerance && deviation.relative > 0, "\(deviation)")
  }

  @Test func halfPrecisionPatterns() {
    #expect(Float(half: 0x3C00) == 1 && Float(half: 0xC000) == -2 && Float(half: 0) == 0)
    #expect(Float(half: 0x0001) == 0x1p-24 && Float(half: 0x7BFF) == 65_504)
    #expect(Float(half: 0x7C00) == .infinity && Float(half: 0x7E00).isNaN)
    #expect(Float(brainFloat: 0x3F80) == 1 && Float(brainFloat: 0xC040) == -3)
  }

  @Test func nonFiniteWeightsLoadWithAWarning() throws {
    let model = try Self.load("not_finite")
    #expect(model.warnings == ["initializer 'w2': 2 of 32 numbers not finite"])
  }

  @Test func openAxesAreFixedByAPerson() throws {
    let url = Fixture.url("models/onnx/open_input.onnx")
    let model = try ModelFile.load(url, shapes: ["map": [1, 1, 6, 5]])
    #expect(try Self.output(of: model) == Self.output(of: Self.load("small")))
    for (shapes, reason) in [
      (["nobody": [1]], "given for 'nobody', which is no input; the inputs are map"),
      (["map": [1, 1, 6]], "has 4 axes, but 3 extents are given"),
      (["map": [1, 1, 7, 5]], "has 6 elements along axis 2, but 7 are given"),
      (["map": [1, 1, 6, 0]], "cannot have an axis of 0 elements"),
      (["map": [1, 1, 6, 1 << 40]], "cannot have an axis of 1099511627776 elements"),
    ] {
      let error = #expect(throws: ModelError.self) { try ModelFile.load(url, shapes: shapes) }
      #expect(try #require(error).description.contains(reason), "\(error?.description ?? "")")
    }
    let error = #expect(throws: ModelError.self) {
      try ModelFile.load(Fixture.url("keras/sequential.h5"), shapes: ["map": [1]])
    }
    #expect(try #require(error).description.contains("only those of ONNX"))
  }

  /// What comes before a node that is not read works; anything else says which node is missing.
  @Test func theRestOfAModelIsUsable() throws {
    for (name, missing, reason) in [
      ("unsupported", "pool", "operator 'Blur' at node 'pool' is not read"),
      ("foreign_domain", "fc", "operator 'Gemm' at node 'fc' of the domain 'com.microsoft'"),
    ] {
      let model = try Self.load(name)
      #expect(model.warnings.count == 1 && model.warnings[0].contains(reason))
      #expect(try model.network.shape(of: "relu") == [2, 4, 4])
      #expect(model.network.outputs.isEmpty)
      for layer in [missing, "fc", "answer"] {
        let error = #expect(throws: NetworkError.self) { try model.network.shape(of: layer) }
        #expect(try #require(error).description.contains(reason))
      }
    }
  }

  @Test(arguments: [
    ("cycle", "depends on itself"), ("missing_input", "reads 'nobody'"),
    ("twice", "'conv' is made twice"), ("negative_extent", "an axis of -2 elements"),
    ("huge_weights", "an axis of 1152921504606846976 elements"),
    ("huge_product", "more than 2^30 elements"),
    ("short_weights", "holds 128 bytes; expected 160"),
    ("zero_weights", "expected any×any×any×any"),
    ("huge_input", "an axis of 1152921504606846976 elements"),
    ("huge_map", "more than 2^30"), ("negative_input", "an axis of -6 elements"),
    ("open_input", "an axis (3) without a fixed extent"), ("shapeless_input", "has no shape"),
    ("integer_input", "no floating-point numbers"),
    ("wrong_attribute", "attribute 'kernel_shape' of type float; expected ints"),
    ("wrong_count", "'strides' of 3 numbers; expected 2"),
    ("zero_stride", "'strides' of 0; expected 1 to"), ("huge_stride", "'strides' of 4611686018"),
    ("huge_pads", "'pads' of 4611686018"), ("no_kernel", "no attribute 'kernel_shape'"),
    ("wrong_group", "which do not fit 1 channels in 3 groups"), ("wrong_axis", "along axis 9"),
    ("wrong_bias", "has a bias of shape 4; expected 2"), ("no_weights", "has no weights"),
    ("no_output", "'nobody' is computed by no node"), ("no_graph", "holds no graph"),
    ("no_operators", "does not say which version"),
    ("old_operators", "version 6 of ONNX' operators; expected 7"),
    ("text_weights", "elements of the kind 8"),
    ("external_up", "lies in '../small.bin'; expected a file in the model's own folder"),
    ("external_absolute", "lies in '/etc/passwd'"),
    ("external_inner_up", "lies in 'weights/../../small.bin'"),
    ("external_nothing", "lies in ''"), ("external_missing", "'nobody.bin', which is not there"),
    ("external_folder", "'weights', which is not there"),
    ("external_short", "ends behind the 144 bytes of 'small.bin'"),
    ("external_offset", "ends behind the 144 bytes"), ("external_negative", "the offset '-4'"),
    ("external_length", "has 7 bytes in 'small.bin'; expected 128"),
    ("expand_bomb", "more than 2^30 numbers"), ("tile_bomb", "repeats an axis"),
    ("reshape_bomb", "asks for an axis of"), ("pad_bomb", "which do not fit"),
    ("constant_bomb", "makes constants far larger than the file"),
    ("constant_work", "takes too long to compute from constants"),
    ("deep", "nests graphs or types more than 100 deep"),
  ])
  func brokenFilesAreRefused(name: String, reason: String) throws {
    let error = #expect(throws: ModelError.self) { try Self.load(name) }
    let sentence = try #require(error).description
    #expect(sentence.contains(reason), "\(sentence)")
    #expect(sentence.contains("\(name).onnx: ") && !sentence.contains("\n"))
  }

  @Test func namesAreUniqueAndCanNameFolders() {
    var names = ONNXNames()
    #expect(names.take("/features/0/Conv") == "features.0.Conv")
    #expect(names.take("features/0/Conv") == "features.0.Conv.2")
    #expect(names.take("features/0/Conv") == "features.0.Conv.3")
    #expect(names.take("../..") == "node")
    #expect(names.take("a\u{0}b") == "a_b")
    #expect(names.take(String(repeating: "é", count: 4_000)).utf8.count <= 200)
  }
}

/// ONNX files that were damaged on the way.
struct DamagedONNXTests {
  private static let names = ["small", "signals", "shapes"]

  private static func load(_ bytes: Data) throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).onnx")
    try bytes.write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    _ = try ModelFile.load(url)
  }

  @Test(arguments: names)
  func everyTruncationIsRefused(name: String) throws {
    let bytes = try Data(contentsOf: Fixture.url("models/onnx/\(name).onnx"))
    // The last field is the version of the operators: a file that ends before it is refused too.
    for length in stride(from: 0, to: bytes.count, by: 7) {
      #expect(throws: ModelError.self, "\(length) bytes") {
        try Self.load(bytes.prefix(length))
      }
    }
  }

  /// A field of a few bytes each makes a node.
  @Test func endlesslyManyNodesAreRefused() throws {
    let nodes = Data(repeatElement([0x0A, 0x00], count: 100_001).joined())
    let length = nodes.count
    let varint = [length & 0x7F | 0x80, length >> 7 & 0x7F | 0x80, length >> 14].map { UInt8($0) }
    let bytes = Data([0x08, 0x08, 0x3A] + varint) + nodes + Data([0x42, 0x02, 0x10, 0x0D])
    let error = #expect(throws: ModelError.self) { try Self.load(bytes) }
    #expect(try #require(error).problem.contains("100001 nodes; at most 100000"))
  }

  /// Some flips change a weight or nothing at all, others break the file: it loads or is refused.
  @Test(arguments: names)
  func flippedBitsNeverCrash(name: String) throws {
    let bytes = try Data(contentsOf: Fixture.url("models/onnx/\(name).onnx"))
    var refused = 0
    for variant in 0..<1_000 {
      var damaged = bytes
      for flip in 0...(variant % 3) {
        let bit = (variant * 40_503 + flip * 30_011) % (bytes.count * 8)
        damaged[bit / 8] ^= 1 << (bit % 8)
      }
      do {
        try Self.load(damaged)
      } catch let error as ModelError {
        #expect(!error.problem.isEmpty && !error.problem.contains("\n"))
        refused += 1
      }
    }
    #expect(refused > 100 && refused < 1_000)
  }

  /// Bytes set to their largest make lengths, counts and settings as large as they can be.
  @Test(arguments: names)
  func extremeBytesNeverCrash(name: String) throws {
    let bytes = try Data(contentsOf: Fixture.url("models/onnx/\(name).onnx"))
    for position in stride(from: 0, to: bytes.count, by: 3) {
      for value: UInt8 in [0x00, 0x7F, 0xFF] {
        var damaged = bytes
        damaged[position] = value
        do { try Self.load(damaged) } catch is ModelError {}
      }
    }
  }
}
