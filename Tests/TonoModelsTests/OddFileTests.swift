import Foundation
import TestSupport
import Testing
import TonoCore
import TonoNetwork

@testable import TonoModels

/// Odd and broken files (Scripts/reference/odd_hdf5.py): read right, or refused in one sentence.
struct OddFileTests {
  private static func load(_ name: String) throws -> Model {
    try ModelFile.load(Fixture.url("models/\(name).h5"))
  }

  /// What the small model computes for one input.
  private static func output(of model: Model) throws -> Tensor {
    let values = (0..<30).map { Float($0 % 7) - 3 }
    return try model.network.forward(
      ["map": Tensor(shape: [1, 1, 6, 5], values: values)], to: ["fc"])["fc"]
  }

  @Test(arguments: [
    "small_variable_strings", "small_double", "small_big_endian", "small_compressed", "small_cycle",
    "small_theano",
  ])
  func otherWordsGiveTheSameModel(name: String) throws {
    let expected = try Self.output(of: Self.load("small"))
    #expect(expected.values.contains { $0 > 0 })
    #expect(try Self.output(of: Self.load(name)) == expected)
  }

  @Test func linksAreFollowed() throws {
    let link = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).h5")
    try FileManager.default.createSymbolicLink(
      at: link, withDestinationURL: Fixture.url("models/small.h5"))
    defer { try? FileManager.default.removeItem(at: link) }
    #expect(try Self.output(of: ModelFile.load(link)) == Self.output(of: Self.load("small")))
  }

  @Test func nonFiniteWeightsLoadWithAWarning() throws {
    let model = try Self.load("not_finite")
    #expect(model.warnings == ["layer 'fc': 2 of 128 numbers of kernel not finite"])
  }

  @Test(arguments: [
    ("numeric_names", "attribute 'layer_names' of '/model_weights/' is not text"),
    ("missing_group", "there is no readable group '/model_weights/fc'"),
    ("missing_layer", "there are no weights for layer 'fc'"),
    ("missing_array", "there is no readable dataset '/model_weights/fc/fc/bias:0'"),
    ("wrong_shape", "has a kernel of shape 31×4; expected 32×4"),
    ("wrong_rank", "has a kernel of shape 128; expected 32×4"),
    ("integer_weights", "does not hold floating-point numbers"),
    ("text_weights", "does not hold floating-point numbers"),
    ("no_weights", "cannot be read"),
    ("swapped", "expects its kernel where the file has 'fc/bias:0'"),
    ("external_link", "there is no readable group '/model_weights/fc'"),
    ("soft_link", "there is no readable group '/model_weights/fc'"),
    ("unallocated", "claims to be larger than the file"),
    ("deflated", "claims to be larger than the file"),
    ("huge_piece", "claims to be larger than the file"),
    ("shared_array", "and those before it hold more numbers than the file can"),
    ("external_data", "keeps its numbers in another file"),
    ("virtual", "keeps its numbers in another file"),
    ("numeric_config", "attribute 'model_config' of '/' is not text"),
    ("two_configs", "holds 2 strings; expected one"),
    ("not_json", "is not valid JSON"),
    ("not_text", "is not valid UTF-8"),
    ("deep_json", "nested too deeply"),
    ("keras_1", "a model of Keras 1.2.2"),
    ("not_keras", "is not a Keras model"),
  ])
  func brokenFilesAreRefused(name: String, reason: String) throws {
    let error = #expect(throws: ModelError.self) { try Self.load(name) }
    let sentence = try #require(error).description
    #expect(sentence.contains(reason), "\(sentence)")
    #expect(sentence.contains("\(name).h5: ") && !sentence.contains("\n"))
  }

  /// Keras numbers unnamed layers anew in each session; the weights are then taken in order.
  @Test func weightsOfOtherNamesAreTakenInOrder() throws {
    let weights = Fixture.url("keras/sequential_weights.h5")
    let original = Fixture.url("keras/sequential_architecture.json")
    let renamed = FileManager.default.temporaryDirectory.appending(
      path: "\(UUID().uuidString).json")
    defer { try? FileManager.default.removeItem(at: renamed) }
    try String(contentsOf: original, encoding: .utf8)
      .replacingOccurrences(of: "conv_", with: "conv_9")
      .write(to: renamed, atomically: true, encoding: .utf8)
    let one = try ModelFile.load(weights, architecture: original).network
    let other = try ModelFile.load(weights, architecture: renamed).network
    #expect(other.nodes.contains { $0.name == "conv_91" })
    let input = Tensor(shape: one.inputs[0].shape.batched(1), repeating: 0.5)
    let outputs = try [one, other].map {
      try $0.forward([$0.inputs[0].name: input], to: ["fc_2"])["fc_2"]
    }
    #expect(outputs[0] == outputs[1])
  }

  @Test func weightsAloneNeedAnArchitecture() throws {
    let url = Fixture.url("reference/models/recording_tower_weights.h5")
    let error = #expect(throws: ModelError.self) { try ModelFile.load(url) }
    #expect(try #require(error).remedy == .giveKerasArchitecture)
    let other = Fixture.seed("siamese_scratch_architecture.json")
    #expect(throws: ModelError.self) { try ModelFile.load(url, architecture: other) }
    #expect(throws: ModelError.self) { try ModelFile.load(url, architecture: url) }
    let json = Fixture.url("reference/models/recording_tower_architecture.json")
    let swapped = #expect(throws: ModelError.self) { try ModelFile.load(json) }
    #expect(try #require(swapped).problem.contains("an architecture without weights"))
  }
}

/// Files that are no HDF5 at all, and HDF5 files that were damaged on the way.
struct DamagedFileTests {
  /// Writes bytes to a file that is removed afterwards.
  private static func withFile<Result>(
    _ bytes: some Sequence<UInt8>, _ body: (URL) throws -> Result
  ) throws -> Result {
    let url = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).h5")
    try Data(bytes).write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    return try body(url)
  }

  @Test(arguments: [
    ("", "the file is empty"),
    ("PK\u{3}\u{4}", "is not a zip archive, or is truncated"),
    ("Once upon a time", "looks like a text"),
    ("{\"class_name\": \"Functional\"}", "an architecture without weights"),
    ("version https://git-lfs.github.com/spec/v1\noid", "run 'git lfs pull'"),
    ("\u{8}\u{6}\u{12}\u{7}pytorch", "looks like an ONNX file, but it holds no graph"),
    ("\u{0}\u{1}\u{2}\u{3}\u{4}\u{5}", "looks like an unknown kind of file"),
  ])
  func otherFormatsAreNamed(content: String, reason: String) throws {
    let error = #expect(throws: ModelError.self) {
      try Self.withFile(content.utf8) { try ModelFile.load($0) }
    }
    #expect(try #require(error).problem.contains(reason), "\(error?.description ?? "")")
  }

  @Test func missingFilesAndFoldersAreNamed() throws {
    let missing = #expect(throws: ModelError.self) {
      try ModelFile.load(URL(filePath: "no/such/model.h5"))
    }
    #expect(
      try #require(missing).description
        == "no/such/model.h5: there is no such file; check the name")
    let folder = #expect(throws: ModelError.self) { try ModelFile.load(Fixture.url("models")) }
    #expect(try #require(folder).problem.contains("this is a folder"))
    let device = #expect(throws: ModelError.self) {
      try ModelFile.load(URL(filePath: "/dev/null"))
    }
    #expect(try #require(device).problem.contains("not a regular file"))
  }

  @Test(arguments: ["small", "small_variable_strings", "small_compressed"])
  func everyTruncationIsRefused(name: String) throws {
    let bytes = try Data(contentsOf: Fixture.url("models/\(name).h5"))
    for length in stride(from: 0, to: bytes.count, by: 97) {
      #expect(throws: ModelError.self, "\(length) bytes") {
        try Self.withFile(bytes.prefix(length)) { try ModelFile.load($0) }
      }
    }
    let error = #expect(throws: ModelError.self) {
      try Self.withFile(bytes.prefix(bytes.count / 2)) { try ModelFile.load($0) }
    }
    #expect(try #require(error).problem.contains("truncated or damaged"))
  }

  /// Some flips change a weight or nothing at all, others break the file: it loads or is refused.
  @Test(arguments: ["small", "small_variable_strings", "small_compressed"])
  func flippedBitsNeverCrash(name: String) throws {
    let bytes = try Data(contentsOf: Fixture.url("models/\(name).h5"))
    var refused = 0
    for variant in 0..<300 {
      var damaged = bytes
      // A multiplicative sequence visits every part of the file in no order.
      for flip in 0...(variant % 3) {
        let bit = (variant * 40_503 + flip * 30_011) % (bytes.count * 8)
        damaged[bit / 8] ^= 1 << (bit % 8)
      }
      do {
        _ = try Self.withFile(damaged) { try ModelFile.load($0) }
      } catch let error as ModelError {
        #expect(!error.problem.isEmpty)
        refused += 1
      }
    }
    #expect(refused > 20 && refused < 280)
  }
}
