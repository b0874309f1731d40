import Foundation
import TestSupport
import Testing
import TonoCore
import TonoNetwork

@testable import TonoAscent

@Suite struct ObjectiveTests {
  static let texts = [
    "conv_a:2", "relu_a:1", "relu_a:3@2,5", "tanh_b:0", "fc_pre:4", "fc:0", "score:0",
  ]

  private func batch(_ count: Int) -> [String: Tensor] {
    var random = TestRandom(31)
    return [
      "a": .random([count, 1, 9, 14], using: &random),
      "b": .random([count, 1, 8, 7], using: &random),
    ]
  }

  @Test("a channel is the mean of its map, a unit and an element are themselves")
  func values() throws {
    let network = try SmallNetworks.siamese()
    let activations = try network.forward(batch(2), to: ["relu_a", "fc_pre"])
    func values(_ text: String) throws -> [Float] {
      try BoundObjective(Objective(NeuronReference(text)), in: network).values(of: activations)
    }
    let map = activations["relu_a"].sample(1).values[77..<154]
    #expect(abs(try values("relu_a:1")[1] - map.reduce(0, +) / 77) < Tolerance.reordered)
    #expect(try values("relu_a:1@2,5")[1] == Array(map)[2 * 11 + 5])
    #expect(try values("fc_pre:3")[0] == activations["fc_pre"].values[3])
  }

  @Test("the gradient agrees with finite differences", arguments: texts)
  func finiteDifferences(_ text: String) throws {
    let network = try SmallNetworks.siamese()
    let bound = try BoundObjective(Objective(NeuronReference(text)), in: network)
    let inputs = try network.inputs(of: bound.nodes).map(\.name)
    let batch = batch(1)
    let activations = try network.forward(batch, to: bound.nodes)
    let gradients = network.backward(bound.seeds(for: activations), through: activations)
    var random = TestRandom(32)
    for _ in 0..<4 {
      let directions = inputs.map { Tensor.random(batch[$0]?.shape ?? [], using: &random) }
      let slope = finiteDifference(
        of: { moved in
          let moved = Dictionary(uniqueKeysWithValues: zip(inputs, moved))
          guard let activations = try? network.forward(moved, to: bound.nodes) else { return .nan }
          return Double(bound.values(of: activations)[0])
        }, at: inputs.compactMap { batch[$0] }, along: directions, step: 1 / 1024)
      let predicted = zip(inputs, directions).reduce(0.0) { sum, entry in
        sum + (gradients[entry.0].map { dot($0, entry.1) } ?? .nan)
      }
      #expect(abs(slope - predicted) < Tolerance.smallStep * max(1, abs(slope)))
    }
  }

  @Test("sums, differences and multiples are linear, print and survive JSON")
  func algebra() throws {
    let network = try SmallNetworks.siamese()
    let (a, b) = (
      Objective(try NeuronReference("relu_a:1")), Objective(try NeuronReference("fc_pre:2"))
    )
    let combined = a - 0.5 * (b + a)
    #expect(combined.description == "relu_a:1 - 0.5*fc_pre:2 - 0.5*relu_a:1")
    #expect(
      try JSONDecoder().decode(Objective.self, from: JSONEncoder().encode(combined)) == combined)
    let activations = try network.forward(batch(1), to: ["relu_a", "fc_pre"])
    func value(_ objective: Objective) throws -> Float {
      try BoundObjective(objective, in: network).values(of: activations)[0]
    }
    let expected = try 0.5 * value(a) - 0.5 * value(b)
    #expect(abs(try value(combined) - expected) < Tolerance.reordered)
  }
}
