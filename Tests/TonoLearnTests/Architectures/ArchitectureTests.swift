import Foundation
import TestSupport
import Testing
import TonoCore
import TonoLearn
import TonoModels
import TonoNetwork

@Suite struct ArchitectureTests {
  private func expectSame(_ network: Network, as file: URL, architecture: URL? = nil) throws {
    let other = try ModelFile.load(file, architecture: architecture).network
    #expect(network.inputs.map(\.shape) == other.inputs.map(\.shape))
    #expect(network.outputs == other.outputs)
    #expect(network.parameterCount == other.parameterCount)
    let (own, theirs) = (network.parameters, other.parameters)
    #expect(own.mapValues(\.shape) == theirs.mapValues(\.shape))
    #expect(network.nodes.map(\.layer.kind) == other.nodes.map(\.layer.kind))
    #expect(network.nodes.map(\.name) == other.nodes.map(\.name))
  }

  @Test("layers have the names and extents of the Keras models")
  func keras() throws {
    try expectSame(Architectures.siamese(seed: 1), as: Fixture.seed("siamese_pretrained.h5"))
    try expectSame(
      Architectures.recordingTower(seed: 1),
      as: Fixture.url("reference/models/recording_tower_weights.h5"),
      architecture: Fixture.url("reference/models/recording_tower_architecture.json"))
    let imitation = try Architectures.imitationTower(seed: 1)
    #expect(try imitation.shape(of: "lid_flatten") == [2640])
    #expect(imitation.outputs == ["lid_fc_2"] && imitation.parameterCount > 676_000)
    #expect(!imitation.nodes.contains { $0.layer is Dropout })
  }

  @Test("IMINET has two towers of one structure, and weights of their own")
  func iminet() throws {
    let network = try Architectures.iminet(seed: 1)
    #expect(network.inputs.map(\.name) == ["imi_input_a", "ref_input_b"])
    #expect(try network.shape(of: "imi_flatten") == network.shape(of: "ref_flatten"))
    let kernels = ["imi", "ref"].map {
      network.parameters[ParameterName(node: "\($0)_conv_2", parameter: "kernel")]
    }
    #expect(kernels[0]?.shape == [48, 48, 6, 6] && kernels[0] != kernels[1])
  }

  @Test("initial weights are drawn as Keras draws them", arguments: WeightInitializer.allCases)
  func weights(_ initializer: WeightInitializer) throws {
    let network = try Architectures.siamese(initializer: initializer, seed: 3)
    let parameters = network.parameters
    for (node, inputs, outputs) in [
      ("lid_conv_2", 48.0 * 36, 48.0 * 36), ("fc_1_pre", 5040, 108),
    ] {
      let kernel = try #require(parameters[ParameterName(node: node, parameter: "kernel")])
      let values = kernel.values.map(Double.init)
      let variance = values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
      let largest = values.reduce(0) { max($0, abs($1)) }
      let expected =
        switch initializer {
        case .glorotUniform, .glorotNormal: 2 / (inputs + outputs)
        case .heUniform, .heNormal: 2 / inputs
        }
      #expect(abs(variance / expected - 1) < 0.03, "\(node)")
      let reach =
        switch initializer {
        case .glorotUniform, .heUniform: 3.0.squareRoot()
        case .glorotNormal, .heNormal: 2 / 0.879_625_66
        }
      #expect(largest <= reach * expected.squareRoot() * 1.000_01)
      #expect(largest > 0.95 * reach * expected.squareRoot())
      let bias = try #require(parameters[ParameterName(node: node, parameter: "bias")])
      #expect(bias.values.allSatisfy { $0 == 0 })
    }
    let layer = try network.node("nyu_conv_3_BN").layer as? BatchNormalization
    #expect(
      layer?.gamma == Array(repeating: 1, count: 48) && layer?.beta.allSatisfy { $0 == 0 } == true)
    #expect(
      layer?.mean.allSatisfy { $0 == 0 } == true && layer?.variance.allSatisfy { $0 == 1 } == true)
  }

  @Test("a seed and a layer's name determine its weights")
  func seeds() throws {
    let kernel = ParameterName(node: "lid_conv_2", parameter: "kernel")
    let siamese = try Architectures.siamese(seed: 1).parameters[kernel]
    #expect(try Architectures.imitationTower(seed: 1).parameters[kernel] == siamese)
    #expect(try Architectures.siamese(seed: 2).parameters[kernel] != siamese)
  }

  @Test("towers are taken from pretrained networks, statistics and all")
  func pretrained() throws {
    let pretrained = try ModelFile.load(Fixture.seed("siamese_pretrained.h5")).network
    let scratch = try Architectures.siamese(seed: 1)
    let network = try scratch.taking(.recording, from: pretrained)
    let (own, theirs) = (network.parameters, pretrained.parameters)
    for (name, tensor) in own {
      let taken = name.node.hasPrefix("nyu")
      #expect((tensor == theirs[name]) == taken || tensor == scratch.parameters[name], "\(name)")
      #expect(!taken || tensor == theirs[name])
    }
    let layer = try network.node("nyu_conv_1_BN").layer as? BatchNormalization
    let other = try pretrained.node("nyu_conv_1_BN").layer as? BatchNormalization
    #expect(layer?.mean == other?.mean && layer?.variance == other?.variance)
    let tower = try Architectures.imitationTower(seed: 1)
    #expect(throws: InputError.self) { try scratch.taking(.recording, from: tower) }
    let narrow = try Architectures.classifier(
      TowerArchitecture(
        prefix: "nyu", input: "ref_input", inputShape: [1, 128, 128],
        blocks: TowerArchitecture.recording.blocks.map {
          .init(filters: 8, kernel: $0.kernel, pooling: $0.pooling)
        }), hidden: 4, classes: 2, dropout: (0, 0), seed: 1)
    #expect(throws: InputError.self) { try scratch.taking(.recording, from: narrow) }
  }

  @Test("an input that is too small for a tower is refused")
  func small() {
    #expect(throws: ShapeError.self) {
      try Architectures.iminet(inputShape: [1, 20, 153], seed: 1)
    }
  }
}
