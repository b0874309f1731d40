import Foundation
import TestSupport
import Testing
import TonoCore
import TonoModels
import TonoNetwork

/// Small models of every layer and every way of nesting against tf_keras
/// (Scripts/reference/keras_fixtures.py): activations of every node, gradients of some neurons.
struct KerasGoldenTests {
  /// A model file and the values it must give.
  struct Case: CustomTestStringConvertible {
    let values: String
    let file: String
    var architecture: String?

    var testDescription: String { file }
  }

  static let cases: [Case] =
    [
      "activations", "branches", "convolutions", "normalization", "pooling", "sequential", "shapes",
      "siamese", "nested", "squeeze_excite",
    ].flatMap { [Case(values: $0, file: $0), Case(values: $0, file: $0 + "_first")] }
    + [
      "activation_names", "decoder", "deferred", "flatten_last", "nested_sequential",
      "relu_variants", "shared",
    ].map { Case(values: $0, file: $0) } + [
      Case(
        values: "sequential", file: "sequential_weights", architecture: "sequential_architecture"),
      Case(values: "siamese", file: "siamese_weights", architecture: "siamese_architecture"),
      Case(values: "siamese", file: "siamese_keras_2_2"),
      Case(values: "siamese", file: "siamese_split_attributes"),
      Case(values: "sequential", file: "sequential_keras_2_2"),
    ]

  private static func load(_ model: Case) throws -> Network {
    try ModelFile.load(
      Fixture.url("keras/\(model.file).h5"),
      architecture: model.architecture.map { Fixture.url("keras/\($0).json") }
    ).network
  }

  /// The inputs of a network, matched with those of the values by their order.
  private static func inputs(
    of network: Network, _ values: ReferenceValues
  ) throws -> (batch: [String: Tensor], names: [String: String]) {
    let stored = values.arrays.map(\.name).filter {
      $0.hasPrefix("input0/") && $0.split(separator: "/").count == 2
    }
    try #require(stored.count == network.inputs.count)
    let pairs = zip(network.inputs, stored)
    return (
      try Dictionary(
        uniqueKeysWithValues: pairs.map {
          ($0.name, try Tensor(batch: [values.tensor($1)]))
        }),
      Dictionary(uniqueKeysWithValues: pairs.map { (String($1.dropFirst(7)), $0.name) })
    )
  }

  /// The values count calls from 0 behind `@`, the network's names from 2 behind a point.
  private static func node(_ name: Substring) -> String {
    let parts = name.split(separator: "@")
    guard parts.count == 2, let call = Int(parts[1]) else { return String(name) }
    return "\(parts[0]).\(call + 1)"
  }

  @Test(arguments: cases)
  func everyActivationIsMet(_ model: Case) throws {
    let values = try ReferenceValues("keras/\(model.values)")
    let network = try Self.load(model)
    let pass = try network.forward(
      try Self.inputs(of: network, values).batch, to: network.nodes.map(\.name))
    let prefix = "input0/activation/"
    let names = values.arrays.map(\.name).filter { $0.hasPrefix(prefix) }
    let isFirst = model.file.hasSuffix("_first")
    var checked = 0
    for name in names where !name.hasSuffix("/channels_first") {
      let stored =
        isFirst && names.contains(name + "/channels_first")
        ? name + "/channels_first" : name
      let node = Self.node(name.dropFirst(prefix.count))
      let output = try #require(pass.values[node], "no node \(node)")
      let deviation = try values.deviation(of: output.sample(0), from: stored)
      #expect(deviation.relative <= Tolerance.activation, "\(name): \(deviation)")
      checked += 1
    }
    #expect(checked > 1)
  }

  @Test(arguments: cases)
  func gradientsAreMet(_ model: Case) throws {
    let values = try ReferenceValues("keras/\(model.values)")
    let network = try Self.load(model)
    let (batch, inputNames) = try Self.inputs(of: network, values)
    var checked = 0
    for array in values.arrays where array.name.hasPrefix("input0/gradient/") {
      let parts = array.name.split(separator: "/")
      let (layer, neuron, input) = (Self.node(parts[2]), parts[3], String(parts[4]))
      let pass = try network.forward(batch, to: [layer])
      let seed = Self.seed(String(neuron), shape: try network.shape(of: layer))
      let gradients = network.backward([layer: seed], through: pass)
      let name = try #require(inputNames[input])
      let gradient = try #require(gradients[name])
      let deviation = try values.deviation(of: gradient.sample(0), from: array.name)
      #expect(deviation.relative <= Tolerance.gradient, "\(array.name): \(deviation)")
      checked += 1
    }
    #expect(checked > 0)
  }

  /// The gradient of a neuron with respect to its layer: an element, a unit, or a channel's mean.
  private static func seed(_ neuron: String, shape: Shape) -> Tensor {
    let numbers = neuron.split { "@,".contains($0) }.compactMap { Int($0) }
    var seed = Tensor(shape: shape.batched(1))
    let cells = shape.count / shape[0]
    switch numbers.count {
    case 3: seed.values[numbers[0] * cells + numbers[1] * shape[2] + numbers[2]] = 1
    default:
      for cell in 0..<cells { seed.values[numbers[0] * cells + cell] = 1 / Float(cells) }
    }
    return seed
  }
}
