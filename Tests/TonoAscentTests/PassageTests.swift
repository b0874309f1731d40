import TestSupport
import Testing
import TonoAscent
import TonoNetwork

/// Neurons behind a ReLU that sleeps at the start, with every kind of layer in between.
@Suite struct PassageTests {
  /// Layers that sum cells with weights, or wait for all of several cells: a neuron behind them is looked
  /// at as it is.
  static func isNoPassage(_ layer: any Layer) -> Bool {
    switch (layer as? WithConstants)?.layer ?? (layer as? TimeDistributed)?.layer ?? layer {
    case is Conv2D, is ConvTranspose2D, is Dense, is MatMul: true
    case let layer as Reduction: layer.operation == .minimum
    default: false
    }
  }

  static let passages = LayerCase.all.filter { !isNoPassage($0.layer) }

  /// Each input of the layer through a ReLU that is at zero for all but the highest of numbers.
  static func network(_ test: LayerCase) throws -> Network {
    var nodes: [Network.Node] = []
    for index in test.inputs.indices {
      nodes += [
        .init(name: "far_\(index)", layer: Affine(shift: -5), inputs: ["x_\(index)"]),
        .init(name: "relu_\(index)", layer: ReLU(), inputs: ["far_\(index)"]),
        .init(
          name: "y_\(index)", layer: test.isPositive ? Affine(shift: 1) : Identity(),
          inputs: ["relu_\(index)"]),
      ]
    }
    return try Network(
      inputs: test.inputs.enumerated().map { .init(name: "x_\($0)", shape: $1) },
      nodes: nodes + [
        .init(name: "layer", layer: test.layer, inputs: test.inputs.indices.map { "y_\($0)" })
      ], outputs: ["layer"])
  }

  /// All channels, and of maps two units of each.
  static func neurons(of network: Network) throws -> [NeuronReference] {
    let shape = try network.shape(of: "layer")
    let units: [NeuronReference.Unit?] =
      shape.rank == 3
      ? [.init(row: 0, column: 0), .init(row: shape[1] - 1, column: shape[2] - 1)] : [nil]
    return (0..<shape[0]).flatMap { channel in
      units.map { NeuronReference(layer: "layer", channel: channel, unit: $0) }
    }
  }

  /// Whether a neuron has a gradient where each ReLU lets something different through.
  static func canAnswer(_ neuron: NeuronReference, in network: Network) throws -> Bool {
    var random = TestRandom(3)
    let inputs = network.inputs.map { input in
      var tensor = Tensor.random(input.shape.batched(1), using: &random)
      tensor.values = tensor.values.map { 5.37 + 0.05 * $0 }
      return (input.name, tensor)
    }
    let activations = try network.forward(
      Dictionary(uniqueKeysWithValues: inputs), to: ["layer"])
    var seed = Tensor(shape: activations["layer"].shape)
    for offset in try neuron.region(in: network).offsets(in: try network.shape(of: "layer")) {
      seed.values[offset] = 1
    }
    return network.backward(["layer": seed], through: activations).values.contains {
      $0.values.contains { abs($0) > 1e-6 }
    }
  }

  /// A layer that is new in the sources, and does not say that it hands zeros on, fails here.
  @Test("what hands zeros on is looked through", arguments: passages)
  func wakes(_ test: LayerCase) throws {
    let network = try Self.network(test)
    let ascent = try Ascent(network: network, settings: AscentSettings(steps: 1, wakingSteps: 400))
    for neuron in try Self.neurons(of: network) where try Self.canAnswer(neuron, in: network) {
      let pattern = try ascent.climb(Objective(neuron))
      #expect(!pattern.isDead, "\(test) \(neuron) \(pattern.ending)")
      #expect(pattern.wakingSteps > 0, "\(test) \(neuron)")
    }
  }

  @Test func whatSumsWithWeightsIsNot() throws {
    for test in LayerCase.all where Self.isNoPassage(test.layer) {
      #expect(!test.layer.handsZerosOn, "\(test)")
    }
  }
}
