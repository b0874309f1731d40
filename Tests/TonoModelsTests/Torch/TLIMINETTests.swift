import Foundation
import TestSupport
import Testing
import TonoCore
import TonoNetwork

@testable import TonoModels

/// State dicts of TL-IMINET, known by their names alone.
struct TLIMINETTests {
  /// The weights of a Keras model under PyTorch's names and in its layouts.
  private static func stateDict(
    of network: Network, _ architecture: Architecture, name: (String) -> String
  ) throws -> Arrays {
    var arrays: [String: Tensor] = [:]
    for node in architecture.nodes {
      let layer = try #require(try network.node(node.name).layer as? any DescribedLayer)
      for (role, reference) in node.weights {
        var tensor = try #require(layer.layerDescription.weights[role])
        if reference.permutation != nil {
          tensor = Permute(axes: [1, 0]).forward(Tensor(batch: [tensor])).sample(0)
        }
        arrays[name(reference.name)] = tensor
      }
    }
    return Arrays(arrays)
  }

  /// `left_branch.0.weight` as `DataParallel` calls it.
  private static func wrapped(_ name: String) -> String {
    let parts = name.split(separator: ".")
    return ([parts[0], "module"] + parts.dropFirst()).joined(separator: ".")
  }

  @Test(arguments: ["siamese", "recording", "imitation"], [false, true])
  func theSameNetworkComesOut(kind: String, isWrapped: Bool) throws {
    let models = Fixture.url("reference/models")
    let keras: Network
    let modules: [String]
    switch kind {
    case "siamese":
      keras = try ModelFile.load(Fixture.seed("siamese_pretrained.h5")).network
      modules =
        [0, 4, 8].flatMap { ["left_branch.\($0)", "right_branch.\($0)"] }
        + ["fully_connected.1", "fully_connected.4"]
    case "recording":
      keras = try ModelFile.load(
        models.appending(path: "recording_tower_weights.h5"),
        architecture: models.appending(path: "recording_tower_architecture.json")
      ).network
      modules = [
        "right_branch.0", "right_branch.4", "right_branch.8", "classifier.1", "classifier.4",
      ]
    default:
      keras = try ModelFile.load(models.appending(path: "imitation_tower.h5")).network
      modules = ["left_branch.0", "left_branch.4", "left_branch.8", "classifier.1", "classifier.4"]
    }
    let names = Set(modules.flatMap { [$0 + ".weight", $0 + ".bias"] })
    let architecture = try #require(Architecture.tlIminet(of: names))
    let arrays = try Self.stateDict(
      of: keras, architecture, name: { isWrapped ? Self.wrapped($0) : $0 })
    let network = try StateDict(arrays: arrays, format: "test").load(architecture: nil).network
    #expect(network.inputs == keras.inputs && network.outputs == keras.outputs)
    #expect(network.nodes.map(\.name) == keras.nodes.map(\.name))
    let batch = Dictionary(
      uniqueKeysWithValues: keras.inputs.map { input in
        (
          input.name,
          Tensor(
            shape: input.shape.batched(1),
            values: (0..<input.shape.count).map { Float(sin(Double($0 * $0 % 9973))) })
        )
      })
    let output = keras.outputs[0]
    #expect(
      try network.forward(batch, to: [output])[output]
        == keras.forward(batch, to: [output])[output])
  }

  @Test func otherNamesAreNoneOfThem() {
    #expect(Architecture.tlIminet(of: ["left_branch.0.weight", "left_branch.0.bias"]) == nil)
    #expect(Architecture.tlIminet(of: []) == nil)
  }
}
