import Foundation
import TestSupport
import Testing
import TonoCore
import TonoModels
import TonoNetwork

/// The trained TL-IMINET models as PyTorch and tf2onnx export them, against the values that PyTorch
/// computed in double precision.
///
/// Exporters fold normalizations into the convolutions, so that a convolution here is the
/// normalization behind it there.
@Suite(.enabled(if: Fixture.shared("reference/models") != nil, "needs the shared models"))
struct ONNXReferenceTests {
  /// An exported model, and which node is which layer of the values.
  struct Case: Sendable, CustomTestStringConvertible {
    let file: String
    let values: String
    let layers: [String: String]

    var testDescription: String { file }
  }

  static let cases = [
    Case(
      file: "recording_tower.onnx", values: "recording_tower",
      layers: tower("right_branch", "nyu", pools: [3, 7]).merging(
        [
          "classifier.classifier.1.Gemm": "nyu_fc_1_pre",
          "classifier.classifier.2.Relu": "nyu_fc_1",
          "classifier.classifier.4.Gemm": "nyu_fc_2_pre", "Softmax": "output",
        ], uniquingKeysWith: { $1 })),
    Case(
      file: "recording_tower_tf2onnx_channels_last.onnx", values: "recording_tower",
      layers: [
        "recording_tower.nyu_conv_1.BiasAdd": "nyu_conv_1_BN",
        "recording_tower.nyu_conv_1_AC.Relu": "nyu_conv_1_AC",
        "recording_tower.nyu_conv_1_MP.MaxPool": "nyu_conv_1_MP",
        "recording_tower.nyu_conv_2.BiasAdd": "nyu_conv_2_BN",
        "recording_tower.nyu_conv_2_AC.Relu": "nyu_conv_2_AC",
        "recording_tower.nyu_conv_3.BiasAdd": "nyu_conv_3_BN",
        "recording_tower.nyu_conv_3_AC.Relu": "nyu_conv_3_AC",
        "recording_tower.nyu_fc_1.BiasAdd": "nyu_fc_1_pre",
        "recording_tower.nyu_fc_1.Relu": "nyu_fc_1",
        "recording_tower.nyu_fc_2.BiasAdd": "nyu_fc_2_pre",
        "recording_tower.nyu_fc_2.Softmax": "output",
      ]),
    Case(
      file: "siamese_pretrained.onnx", values: "siamese_pretrained",
      layers: tower("left_branch", "lid", pools: [3, 7, 11]).merging(
        tower("right_branch", "nyu", pools: [3, 7]), uniquingKeysWith: { $1 }
      ).merging(
        [
          "Concat": "merge", "fully_connected.fully_connected.1.Gemm": "fc_1_pre",
          "fully_connected.fully_connected.2.Relu": "fc_1",
          "fully_connected.fully_connected.4.Gemm": "fc_2_pre", "Reshape": "output",
        ], uniquingKeysWith: { $1 })),
  ]

  /// The nodes of a tower: in PyTorch's numbering, each normalization is in the convolution before.
  private static func tower(_ name: String, _ prefix: String, pools: [Int]) -> [String: String] {
    var layers: [String: String] = [:]
    for (index, number) in [0, 4, 8].enumerated() {
      let layer = "\(prefix)_conv_\(index + 1)"
      layers["\(name).\(name).\(number).Conv"] = layer + "_BN"
      layers["\(name).\(name).\(number + 2).Relu"] = layer + "_AC"
      if pools.contains(number + 3) {
        layers["\(name).\(name).\(number + 3).MaxPool"] = layer + "_MP"
      }
    }
    return layers
  }

  private static func load(_ test: Case) throws -> Network {
    let url = try #require(Fixture.shared("reference/models/" + test.file))
    let model = try ModelFile.load(url)
    #expect(model.warnings.isEmpty)
    return model.network
  }

  private static func batch(
    _ index: Int, _ network: Network, _ values: ReferenceValues
  ) throws -> [String: Tensor] {
    try Dictionary(
      uniqueKeysWithValues: network.inputs.map { input in
        (input.name, Tensor(batch: [try values.tensor("input\(index)/\(input.name)")]))
      })
  }

  @Test(arguments: cases)
  func everyActivationIsMet(_ test: Case) throws {
    let network = try Self.load(test)
    let values = try ReferenceValues("reference/values/\(test.values)")
    let known = Set(values.arrays.map(\.name))
    var checked = 0
    for index in 0..<4 {
      let pass = try network.forward(
        try Self.batch(index, network, values), to: Array(test.layers.keys))
      for (node, layer) in test.layers {
        let name = "input\(index)/activation/\(layer)"
        guard known.contains(name) else { continue }
        let deviation = try values.deviation(of: pass[node].sample(0), from: name)
        #expect(deviation.relative <= Tolerance.activation, "\(node): \(deviation)")
        checked += 1
      }
    }
    #expect(checked >= 4 * 10)
  }

  /// Where nothing ties, every cell of the gradients must be met; neurons of raw convolutions are no
  /// nodes of a file that has the normalization folded into them.
  @Test(arguments: cases)
  func untiedGradientsAreMet(_ test: Case) throws {
    let network = try Self.load(test)
    let values = try ReferenceValues("reference/untied/\(test.values)")
    let nodes = Dictionary(uniqueKeysWithValues: test.layers.map { ($1, $0) })
    let batch = try Self.batch(0, network, values)
    var checked = 0
    for array in values.arrays where array.name.hasPrefix("input0/gradient/") {
      let parts = array.name.split(separator: "/").map(String.init)
      guard let node = nodes[parts[2]] else { continue }
      let pass = try network.forward(batch, to: [node])
      let seed = Self.seed(parts[3], shape: try network.shape(of: node))
      let gradients = network.backward([node: seed], through: pass)
      let gradient = try #require(gradients[parts[4]]).sample(0)
      let deviation = try values.deviation(of: gradient, from: array.name)
      #expect(deviation.relative <= Tolerance.untiedGradient, "\(array.name): \(deviation)")
      checked += 1
    }
    #expect(checked > 2)
  }

  /// The gradient of a neuron with respect to its layer: an element, a unit, or a channel's mean.
  private static func seed(_ neuron: String, shape: Shape) -> Tensor {
    let numbers = neuron.split { "@,".contains($0) }.compactMap { Int($0) }
    var seed = Tensor(shape: shape.batched(1))
    let cells = shape.count / shape[0]
    if numbers.count == 3 {
      seed.values[numbers[0] * cells + numbers[1] * shape[2] + numbers[2]] = 1
    } else {
      for cell in 0..<cells { seed.values[numbers[0] * cells + cell] = 1 / Float(cells) }
    }
    return seed
  }
}
