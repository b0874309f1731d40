import Foundation
import TestSupport
import Testing
import TonoCore
import TonoModels
import TonoNetwork

/// Small ONNX models against ONNX' reference evaluator (Scripts/reference/onnx_fixtures.py).
struct ONNXGoldenTests {
  static let models = [
    "small", "convolutions", "signals", "pooling", "activations", "arithmetic", "normalization",
    "shapes", "channels_last", "choices",
  ]

  private static func load(_ name: String) throws -> Network {
    try ModelFile.load(Fixture.url("models/onnx/\(name).onnx")).network
  }

  /// The values' inputs, in the network's order of axes.
  private static func batch(
    _ network: Network, _ values: ReferenceValues
  ) throws -> [String: Tensor] {
    try Dictionary(
      uniqueKeysWithValues: network.inputs.map { input in
        let tensor = try values.tensor("input/\(input.name)")
        let isTransposed =
          tensor.count == input.shape.count && tensor.shape[1] != input.shape[0]
          && tensor.shape.extents.last == input.shape[0]
        let ordered =
          isTransposed
          ? Permute(axes: [2, 0, 1]).forward([tensor]) : tensor
        return (input.name, ordered.reshaped(input.shape.batched(1)))
      })
  }

  @Test(arguments: models)
  func everyActivationIsMet(_ model: String) throws {
    let values = try ReferenceValues("models/onnx/\(model)")
    let network = try Self.load(model)
    let pass = try network.forward(
      try Self.batch(network, values), to: network.nodes.map(\.name))
    var checked = 0
    for array in values.arrays where array.name.hasPrefix("activation/") {
      let node = String(array.name.dropFirst("activation/".count))
      // What is computed while the model is read becomes no node.
      guard let output = pass.values[node] else { continue }
      let deviation = try values.deviation(of: output.reshaped(array.shape), from: array.name)
      #expect(deviation.relative <= Tolerance.activation, "\(node): \(deviation)")
      checked += 1
    }
    #expect(checked >= 6)
  }

  @Test(arguments: models)
  func gradientsAgreeWithFiniteDifferences(_ model: String) throws {
    let values = try ReferenceValues("models/onnx/\(model)")
    let network = try Self.load(model)
    let batch = try Self.batch(network, values)
    let names = network.inputs.map(\.name)
    var random = TestRandom(5)
    for output in network.outputs {
      let pass = try network.forward(batch, to: [output])
      let seed = Tensor.random(pass[output].shape, using: &random)
      let gradients = network.backward([output: seed], through: pass)
      let read = names.filter { gradients[$0] != nil }
      let inputs = read.compactMap { batch[$0] }
      let directions = inputs.map { Tensor.random($0.shape, using: &random) }
      let slope = finiteDifference(
        of: { moved in
          let batch = Dictionary(uniqueKeysWithValues: zip(read, moved))
          return (try? network.forward(batch, to: [output])).map { dot($0[output], seed) } ?? .nan
        }, at: inputs, along: directions, step: 1 / 1024)
      let predicted = zip(read, directions).reduce(0) { sum, pair in
        sum + (gradients[pair.0].map { dot($0, pair.1) } ?? .nan)
      }
      #expect(
        abs(slope - predicted) <= Tolerance.smallStep * max(1, abs(slope)),
        "\(output): \(slope), \(predicted)")
    }
  }

  /// What a compiled network makes of the nodes that it fuses or runs as they are.
  @Test(arguments: models)
  func compiledNetworksAgree(_ model: String) throws {
    let values = try ReferenceValues("models/onnx/\(model)")
    let network = try Self.load(model)
    let batch = try Self.batch(network, values)
    for output in network.outputs {
      let pass = try network.forward(batch, to: [output])
      let shape = try network.shape(of: output)
      let region = Region(shape.extents.map { 0..<$0 })
      let program = try Program(network, targets: [output: region])
      let workspace = program.makeWorkspace()
      for (name, tensor) in batch where pass.values[name] != nil {
        _ = workspace.input(name).update(fromContentsOf: tensor.values)
      }
      program.forward(workspace)
      let result = Tensor(shape: shape, values: Array(workspace.output(output)))
      let deviation = Deviation(of: result, from: pass[output].sample(0))
      #expect(deviation.relative <= Tolerance.program, "\(output): \(deviation)")
    }
  }

  @Test func signalsHaveOneRow() throws {
    let network = try Self.load("signals")
    #expect(network.inputs == [Network.Input(name: "wave", shape: [1, 64])])
    #expect(try network.shape(of: "conv_1") == [4, 1, 30])
    #expect(try network.shape(of: "relu_1") == [4, 1, 30])
    #expect(try network.shape(of: "fc") == [3])
    #expect(try network.node("conv_1").layer is Conv2D)
  }

  @Test func inputsWithChannelsLastAreTakenChannelsFirst() throws {
    let network = try Self.load("channels_last")
    #expect(network.inputs == [Network.Input(name: "x", shape: [3, 6, 5])])
    #expect(try network.node("to_first").layer is Identity)
    #expect(try network.shape(of: "to_last") == [5, 4, 4])
  }

  @Test func layersThatSufficeAreReused() throws {
    let network = try Self.load("small")
    #expect(network.nodes.map(\.name) == ["conv", "relu", "pool", "flat", "fc", "answer"])
    #expect(
      network.nodes.map(\.layer.kind) == [
        "Conv2D", "ReLU", "MaxPooling2D", "Flatten", "Dense", "Softmax",
      ])
    #expect(try Self.load("pooling").node("maximum").layer is MaxPooling2D)
    #expect(try Self.load("normalization").node("group_scaled").layer is BatchNormalization)
  }
}
