import Foundation
import TestSupport
import Testing
import TonoCore
import TonoNetwork

@testable import TonoAscent

@Suite struct ObjectiveTests {
  static let texts = [
    "conv_a:2", "relu_a:1", "relu_a:3@2,5", "tanh_b:0", "fc_pre:4", "fc:0", "score:0",
    "mean(conv_a)", "square(tanh_b)", "square(fc_pre)", "relu_a:1 - 0.5*tanh_b:0",
    "2.0*square(conv_a) + fc_pre:2",
    "direction(fc_pre, [1.0, -0.5, 0.25, 0.0, 2.0], 0)",
    "direction(fc_pre, [1.0, -0.5, 0.25, 0.0, 2.0], 2)",
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
      try BoundObjective(Objective(text), in: network).values(of: activations)
    }
    let map = activations["relu_a"].sample(1).values[77..<154]
    #expect(abs(try values("relu_a:1")[1] - map.reduce(0, +) / 77) < Tolerance.reordered)
    #expect(try values("relu_a:1@2,5")[1] == Array(map)[2 * 11 + 5])
    #expect(try values("fc_pre:3")[0] == activations["fc_pre"].values[3])
  }

  @Test("the gradient agrees with finite differences", arguments: texts)
  func finiteDifferences(_ text: String) throws {
    let network = try SmallNetworks.siamese()
    let bound = try BoundObjective(Objective(text), in: network)
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

  @Test("the text form is parsed from exactly what it prints", arguments: texts)
  func text(_ text: String) throws {
    let objective = try Objective(text)
    #expect(objective.description == text)
    #expect(try Objective(objective.description) == objective)
  }

  @Test(
    "layers of any name come back",
    arguments: [
      "conv (1)", "a:b", "a + b", "x - y", "-negative", "say \"hi\"", "3*conv", "square(x)", "π/2",
      "two  spaces", " led", "back\\slash, [comma]",
    ])
  func names(_ layer: String) throws {
    let unit = NeuronReference.Unit(row: 1, column: 2)
    for objective in [
      Objective(NeuronReference(layer: layer, channel: 3)),
      Objective(NeuronReference(layer: layer, channel: 3, unit: unit)),
      Objective(.meanSquare(of: layer)) - 0.25 * Objective(.mean(of: layer)),
      Objective(try .direction([1e-7, -2, 3.5], in: layer, cosinePower: 1)),
    ] {
      #expect(try Objective(objective.description) == objective, "\(objective)")
    }
  }

  @Test(
    "what is no objective is refused with the place",
    arguments: [
      ("a:1 + ", "at its end"), ("a:1 - + b:2", "at '+ b:2'"), ("square(a", "expected )"),
      ("direction(a, [1 2])", "commas"), ("direction(a, [0, 0])", "zero"), ("\"a:1", "quotation"),
      ("direction(a, [1], 9)", "0 to 8"), ("2*", "LAYER:CHANNEL"),
    ])
  func malformed(_ text: String, _ words: String) throws {
    let error = #expect(throws: ObjectiveError.self) { try Objective(text) }
    #expect(error?.description.contains(words) == true, "\(String(describing: error))")
  }

  @Test("files of objectives keep apart, and neurons' lie in their layer's folder")
  func paths() throws {
    let texts = ["a:1 - b:2", "a:1 - b:3", "a:1  - b:2", "square(a/b)", "square(a.b)", "a/b:7"]
    let paths = Set(try texts.map { try Objective($0).path })
    #expect(paths.count == 5)
    #expect(paths.contains("a%2Fb/7"))
    #expect(paths.allSatisfy { $0.filter { $0 == "/" }.count == 1 })
  }

  @Test("a direction's own cells lie along it more than others of the same size")
  func direction() throws {
    let network = try SmallNetworks.siamese()
    let activations = try network.forward(batch(2), to: ["fc_pre"])
    let own = activations["fc_pre"].sample(0).values
    let bound = try BoundObjective(
      Objective(.direction(own, in: "fc_pre", cosinePower: 0)), in: network)
    let squares = own.reduce(0) { $0 + $1 * $1 }
    #expect(abs(bound.values(of: activations)[0] - squares) < Tolerance.reordered * squares)
    let error = #expect(throws: ObjectiveError.self) {
      try BoundObjective(Objective(.direction([1, 2], in: "fc_pre")), in: network)
    }
    #expect(error?.description.contains("2 numbers") == true)
  }

  @Test("a selection is neurons of a layer, or one objective")
  func selections() throws {
    let network = try SmallNetworks.siamese()
    func objectives(_ text: String) throws -> [String] {
      try ObjectiveSelection(text).objectives(in: network).map(\.description)
    }
    #expect(try objectives("fc_pre:1-2") == ["fc_pre:1", "fc_pre:2"])
    #expect(try objectives("fc_pre:*").count == 5)
    #expect(try objectives("fc_pre:1 - 2*fc_pre:0") == ["fc_pre:1 - 2.0*fc_pre:0"])
    #expect(throws: NeuronError.self) { try objectives("fc_pre") }
    #expect(throws: ObjectiveError.self) { try objectives("fc_pre:1 - ") }
    #expect(throws: NeuronError.self) { try objectives("square(fc_pre) + fc_pre:9") }
  }
}
