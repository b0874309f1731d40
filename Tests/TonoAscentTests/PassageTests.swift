import TestSupport
import Testing
import TonoAscent
import TonoCore
import TonoNetwork

/// Neurons behind a ReLU that sleeps at the start, with every kind of layer in between.
@Suite struct PassageTests {
  /// Layers that sum cells with weights, or wait for all of several cells: a gate before them is not
  /// looked for.
  static func isNoPassage(_ layer: any Layer) -> Bool {
    switch (layer as? WithConstants)?.layer ?? (layer as? TimeDistributed)?.layer ?? layer {
    case is Conv2D, is ConvTranspose2D, is Dense, is MatMul: true
    case let layer as Reduction: layer.operation == .minimum
    default: false
    }
  }

  static let passages = LayerCase.all.filter { !isNoPassage($0.layer) }

  /// Each input of the layer through a ReLU that is at zero for all but the highest of numbers; of the
  /// factors of a product the first alone, since a product waits for all of them in the same cell.
  static func network(_ test: LayerCase) throws -> Network {
    var nodes: [Network.Node] = []
    for index in test.inputs.indices {
      nodes += [
        .init(name: "far_\(index)", layer: Affine(shift: -5), inputs: ["x_\(index)"]),
        .init(
          name: "relu_\(index)", layer: test.layer is Multiply && index > 0 ? Identity() : ReLU(),
          inputs: ["far_\(index)"]),
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

  /// What stands behind a sleeping ReLU in models: exporters' identities and casts, pools along one axis,
  /// batch normalization behind the activation (musicnn), and pools behind that.
  static let chains: [[any Layer]] = [
    [Identity()], [Affine(scale: 0.5, shift: -1)], [Dropout(rate: 0.5), Permute(axes: [1, 0, 2])],
    [
      WindowPooling(
        .maximum,
        axes: [
          .init(size: 2, stride: 1, dilation: 2, before: 0, after: 0, windows: 4),
          .init(size: 3, stride: 3, dilation: 1, before: 0, after: 0, windows: 3),
        ])
    ],
    [Reshape(shape: [2, 54]), TimeDistributed(Reshape(shape: [54, 1]))],
    [normalization], [normalization, MaxPooling2D(window: two, strides: two)],
    [
      normalization, AveragePooling2D(window: two, strides: two), Flatten(),
      Selection(kind: "Slice", places: [[3, 14]]),
    ],
    [normalization, ReLU()], [Tanh(), GlobalMaxPooling2D()],
    [ZeroPadding2D(top: 1, bottom: 1, left: 0, right: 0), ReLU(maximum: 6), Softmax(axis: 0)],
  ]

  static let two = Pair(rows: 2, columns: 2)
  static let normalization = BatchNormalization(
    gamma: [0.7, -0.4], beta: [0.1, 0.3], mean: [0.2, 0.5], variance: [1, 2], epsilon: 1e-3)

  @Test("a neuron behind several layers and a sleeping ReLU wakes", arguments: chains.indices)
  func wakesBehindSeveral(_ index: Int) throws {
    let small = try SmallNetworks.rectified(biases: [-8, -8])
    var nodes = Array(small.nodes.prefix { $0.name != "pool" })
    for (place, layer) in Self.chains[index].enumerated() {
      nodes.append(
        .init(name: "link_\(place)", layer: layer, inputs: [nodes[nodes.count - 1].name]))
    }
    let last = nodes[nodes.count - 1].name
    let network = try Network(inputs: small.inputs, nodes: nodes, outputs: [last])
    let ascent = try Ascent(network: network, settings: AscentSettings(steps: 60, wakingSteps: 300))
    for channel in 0..<2 {
      let pattern = try ascent.climb(Objective(NeuronReference(layer: last, channel: channel)))
      #expect(!pattern.isDead && pattern.wakingSteps > 0, "\(Self.chains[index]) \(pattern.ending)")
    }
  }

  @Test("only the branch that a channel comes from is woken")
  func branches() throws {
    let small = try SmallNetworks.rectified(biases: [-8])
    let network = try Network(
      inputs: small.inputs + [.init(name: "y", shape: [1, 6, 9])],
      nodes: Array(small.nodes.prefix { $0.name != "pool" }) + [
        .init(name: "far", layer: Affine(shift: -5), inputs: ["y"]),
        .init(name: "other", layer: ReLU(), inputs: ["far"]),
        .init(name: "joint", layer: Concatenate(axis: 0), inputs: ["relu", "other"]),
        .init(name: "sum", layer: Add(), inputs: ["relu", "other"]),
      ], outputs: ["joint", "sum"])
    let ascent = try Ascent(network: network, settings: AscentSettings(steps: 30, wakingSteps: 300))
    let start = ascent.noise(for: "joint:1", start: 0)
    let joint = try ascent.climb(Objective(NeuronReference("joint:1")))
    #expect(!joint.isDead && joint.activation > 0)
    #expect(joint.inputs["x"] == start["x"] && joint.inputs["y"] != start["y"])
    let sum = try ascent.climb(Objective(NeuronReference("sum:0")))
    #expect(!sum.isDead && sum.activation > 0)
  }
}
