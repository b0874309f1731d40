import Foundation
import TestSupport
import Testing
import TonoCore
import TonoFiles
import TonoNetwork

@testable import TonoModels

/// Every readable file, written as safetensors and read again: the same activations and gradients to the bit.
struct ConversionTests {
  private static let architectures = [
    "sequential_weights": "keras/sequential_architecture.json",
    "siamese_weights": "keras/siamese_architecture.json",
    "recording_tower_weights": "reference/models/recording_tower_architecture.json",
    "layers.weights": "formats/layers_keras.json", "nested.weights": "formats/nested_keras.json",
  ]

  /// Every committed model that can be read.
  static let files: [String] = [
    "keras", "reference/models", "models", "models/onnx", "formats",
  ].flatMap {
    folder in
    let names =
      (try? FileManager.default.contentsOfDirectory(atPath: Fixture.url(folder).path)) ?? []
    return names.sorted().filter { name in
      ["h5", "keras", "onnx", "pt", "pth", "safetensors"].contains { name.hasSuffix("." + $0) }
    }.map { "\(folder)/\($0)" }
  }

  private static func load(_ file: String) throws -> Model {
    let url = Fixture.url(file)
    let architecture = architectures[url.deletingPathExtension().lastPathComponent]
    return try ModelFile.load(
      url, architecture: architecture.map { Fixture.url($0) } ?? nil)
  }

  @Test(arguments: files)
  func everyFileComesBack(_ file: String) throws {
    guard let model = try? Self.load(file) else { return }
    let folder = try TemporaryFolder()
    let bytes = try ModelFile.encode(model, frontEnds: ["nobody": Data()])
    try bytes.write(to: folder["x.safetensors"])
    let other = try ModelFile.load(folder["x.safetensors"])
    #expect(other.format == "Tonoscope safetensors")
    #expect(other.warnings == model.warnings.map { $0 } || !model.warnings.isEmpty)
    try Self.expectSameBits(model.network, other.network)
    #expect(try ModelFile.encode(other, frontEnds: [:]) == bytes)
  }

  @Test func mostFilesAreRead() {
    #expect(Self.files.count { (try? Self.load($0)) != nil } >= 60)
  }

  @Test func frontEndsTravel() throws {
    let model = try Self.load("keras/siamese.h5")
    let input = model.network.inputs[0].name
    let json = #"{"name": "mine", "bands": 3, "level": -47.44}"#
    let folder = try TemporaryFolder()
    try ModelFile.encode(model, frontEnds: [input: Data(json.utf8)]).write(
      to: folder["x.safetensors"])
    let frontEnds = try ModelFile.load(folder["x.safetensors"]).frontEnds
    #expect(frontEnds.keys.sorted() == [input])
    #expect(
      JSONValue(parsing: try #require(frontEnds[input])) == JSONValue(parsing: Data(json.utf8)))
  }

  /// A printed architecture stands for the embedded one, in a file beside or one that is named.
  @Test func architecturesOverride() throws {
    let model = try Self.load("formats/nested.keras")
    let folder = try TemporaryFolder()
    try ModelFile.encode(model, frontEnds: [:]).write(to: folder["x.safetensors"])
    let renamed = try ModelFile.architecture(of: model, frontEnds: [:])
      .replacingOccurrences(of: "\"name\": \"merge\"", with: "\"name\": \"joined\"")
      .replacingOccurrences(of: "\"inputs\": [\"merge\"]", with: "\"inputs\": [\"joined\"]")
    try renamed.write(to: folder["other.json"], atomically: true, encoding: .utf8)
    let named = try ModelFile.load(folder["x.safetensors"], architecture: folder["other.json"])
    #expect(named.network.nodes.contains { $0.name == "joined" })
    try FileManager.default.moveItem(at: folder["other.json"], to: folder["x.architecture.json"])
    let beside = try ModelFile.load(folder["x.safetensors"])
    #expect(beside.network.nodes.contains { $0.name == "joined" })
    #expect(beside.architectureURL?.lastPathComponent == "x.architecture.json")
  }

  private static func expectSameBits(_ one: Network, _ other: Network) throws {
    #expect(one.inputs == other.inputs)
    #expect(one.outputs == other.outputs || one.outputs.isEmpty)
    #expect(one.nodes.map(\.name) == other.nodes.map(\.name))
    let batch = Dictionary(
      uniqueKeysWithValues: one.inputs.map { input in
        (
          input.name,
          Tensor(
            shape: input.shape.batched(1),
            values: (0..<input.shape.count).map { Float(sin(Double($0 * $0 % 9973))) })
        )
      })
    let names = one.nodes.map(\.name)
    let (a, b) = (try one.forward(batch, to: names), try other.forward(batch, to: names))
    for name in names { TonoModelsTests.expectSameBits(a[name], b[name], name) }
    let seeds = Dictionary(
      uniqueKeysWithValues: one.outputs.map { ($0, Tensor(shape: a[$0].shape, repeating: 1)) })
    let (slopes, others) = (
      one.backward(seeds, through: a), other.backward(seeds, through: b)
    )
    for input in one.inputs {
      TonoModelsTests.expectSameBits(
        slopes[input.name] ?? Tensor(shape: []), others[input.name] ?? Tensor(shape: []),
        input.name)
    }
  }
}
