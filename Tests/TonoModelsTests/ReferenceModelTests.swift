import Foundation
import TestSupport
import Testing
import TonoCore
import TonoModels
import TonoNetwork

/// The trained TL-IMINET towers, in every form that they exist in.
struct ReferenceModelTests {
  static let models = Fixture.url("reference/models")

  @Test func recordingTowerKeepsItsNames() throws {
    let model = try ModelFile.load(
      Self.models.appending(path: "recording_tower_weights.h5"),
      architecture: Self.models.appending(path: "recording_tower_architecture.json"))
    let network = model.network
    #expect(model.format == "Keras 2 HDF5")
    #expect(model.warnings.isEmpty)
    #expect(network.inputs == [Network.Input(name: "ref_input", shape: [1, 128, 128])])
    #expect(network.outputs == ["nyu_fc_2"])
    #expect(
      network.nodes.map(\.name) == [
        "nyu_conv_1", "nyu_conv_1_BN", "nyu_conv_1_AC", "nyu_conv_1_MP", "nyu_conv_2",
        "nyu_conv_2_BN", "nyu_conv_2_AC", "nyu_conv_2_MP", "nyu_conv_3", "nyu_conv_3_BN",
        "nyu_conv_3_AC", "nyu_flatten", "nyu_drop_1", "nyu_fc_1_pre", "nyu_fc_1", "nyu_drop_2",
        "nyu_fc_2_pre", "nyu_fc_2",
      ])
    #expect(try network.shape(of: "nyu_conv_3") == [48, 25, 2])
    #expect(try network.shape(of: "nyu_fc_1") == [64])
  }

  @Test func siameseUnfoldsItsTowers() throws {
    for network in [
      try ModelFile.load(Fixture.seed("siamese_pretrained.h5")).network,
      try ModelFile.load(
        Fixture.seed("siamese_scratch_weights.h5"),
        architecture: Fixture.seed("siamese_scratch_architecture.json")
      ).network,
    ] {
      #expect(
        network.inputs == [
          Network.Input(name: "imi_input_a", shape: [1, 39, 482]),
          Network.Input(name: "ref_input_b", shape: [1, 128, 128]),
        ])
      #expect(try network.shape(of: "lid_conv_3_MP") == [48, 1, 55])
      #expect(try network.shape(of: "merge") == [5040])
      #expect(network.outputs == ["fc_2"])
      #expect(try network.inputs(of: ["nyu_conv_1"]).map(\.name) == ["ref_input_b"])
    }
  }

  @Test func imitationTowerIsRead() throws {
    let network = try ModelFile.load(Self.models.appending(path: "imitation_tower.h5")).network
    #expect(network.inputs == [Network.Input(name: "imi_input", shape: [1, 39, 482])])
    #expect(try network.shape(of: "lid_fc_2") == [7])
  }

  /// The channels-last file holds the same function, a Dense layer's rows in another order.
  @Test func channelsLastIsTheSameFunction() throws {
    let last = try ModelFile.load(Self.models.appending(path: "recording_tower_channels_last.h5"))
    let first = try ModelFile.load(
      Self.models.appending(path: "recording_tower_weights.h5"),
      architecture: Self.models.appending(path: "recording_tower_architecture.json"))
    #expect(last.network.inputs == first.network.inputs)
    try Self.expectSameFunction(last.network, first.network)
  }

  @Test(
    .enabled(if: Fixture.shared("reference/models") != nil, "needs the shared reference models"),
    arguments: [
      ("recording_tower_with_optimizer.h5", "Keras 2 HDF5"),
      ("recording_tower_keras3.h5", "Keras 3 HDF5"), ("recording_tower.keras", "Keras 3 archive"),
      ("recording_tower_keras3.weights.h5", "Keras 2 HDF5"),
      ("recording_tower.pt", "PyTorch state dict"), ("recording_tower.safetensors", "safetensors"),
    ])
  func otherFilesHoldTheSameTower(file: String, format: String) throws {
    let url = try #require(Fixture.shared("reference/models/" + file))
    let first = try ModelFile.load(
      Self.models.appending(path: "recording_tower_weights.h5"),
      architecture: Self.models.appending(path: "recording_tower_architecture.json"))
    let other = try ModelFile.load(
      url,
      architecture: file.hasSuffix(".weights.h5")
        ? Self.models.appending(path: "recording_tower_architecture.json") : nil)
    #expect(other.network.nodes.map(\.name) == first.network.nodes.map(\.name))
    #expect(other.format == format)
    try Self.expectSameFunction(other.network, first.network)
  }

  @Test(
    .enabled(if: Fixture.shared("reference/models") != nil, "needs the shared reference models"))
  func everySharedModelLoadsOrSaysWhyNot() throws {
    let folder = try #require(Fixture.shared("reference/models"))
    let architectures = [
      "recording_tower_weights.h5": "recording_tower_architecture.json",
      "siamese_scratch_weights.h5": "siamese_scratch_architecture.json",
      "recording_tower_keras3.weights.h5": "recording_tower_architecture.json",
    ]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      let url = folder.appending(path: name)
      let isReadable = !name.hasSuffix(".json")
      let architecture = architectures[name].map { folder.appending(path: $0) }
      if isReadable {
        #expect(throws: Never.self) { try ModelFile.load(url, architecture: architecture) }
      } else {
        #expect(throws: ModelError.self) { try ModelFile.load(url) }
      }
    }
  }

  /// Compares activations and one gradient of two networks on one input.
  private static func expectSameFunction(_ one: Network, _ other: Network) throws {
    let values = (0..<128 * 128).map { Float(sin(Double($0 * $0 % 9973))) }
    let batch = ["ref_input": Tensor(shape: [1, 1, 128, 128], values: values)]
    let targets = ["nyu_conv_1", "nyu_conv_3_AC", "nyu_fc_1", "nyu_fc_2"]
    let (a, b) = (try one.forward(batch, to: targets), try other.forward(batch, to: targets))
    for name in targets {
      let deviation = Deviation(of: a[name], from: b[name])
      #expect(deviation.relative <= Tolerance.activation, "\(name): \(deviation)")
    }
    var seed = Tensor(shape: [1, 64])
    seed.values[5] = 1
    let deviation = Deviation(
      of: try #require(one.backward(["nyu_fc_1_pre": seed], through: a)["ref_input"]),
      from: try #require(other.backward(["nyu_fc_1_pre": seed], through: b)["ref_input"]))
    #expect(deviation.relative <= Tolerance.gradient, "\(deviation)")
  }
}
