import TestSupport
import Testing
import TonoCore
import TonoNetwork

@Suite struct NetworkTests {
  /// Two towers of odd shapes under one head, its nodes given in no particular order.
  static func siamese() throws -> Network {
    var random = TestRandom(2)
    func weights(_ shape: Shape) -> Tensor { .random(shape, using: &random) }
    return try Network(
      inputs: [.init(name: "a", shape: [1, 7, 9]), .init(name: "b", shape: [1, 6, 5])],
      nodes: [
        .init(name: "score", layer: Sigmoid(), inputs: ["fc"]),
        .init(name: "fc", layer: Dense(weights: weights([44, 1]), bias: nil), inputs: ["joint"]),
        .init(name: "joint", layer: Concatenate(axis: 0), inputs: ["flat_a", "flat_b"]),
        .init(
          name: "conv_a", layer: Conv2D(kernel: weights([2, 1, 4, 4]), bias: [0, 0.1]),
          inputs: ["a"]),
        .init(
          name: "pool_a",
          layer: MaxPooling2D(
            window: .init(rows: 2, columns: 2), strides: .init(rows: 2, columns: 2)),
          inputs: ["conv_a"]),
        .init(name: "flat_a", layer: Flatten(), inputs: ["pool_a"]),
        .init(
          name: "conv_b", layer: Conv2D(kernel: weights([2, 1, 3, 2]), bias: nil), inputs: ["b"]),
        .init(name: "tanh_b", layer: Tanh(), inputs: ["conv_b"]),
        .init(name: "twice_b", layer: Add(), inputs: ["tanh_b", "tanh_b"]),
        .init(name: "flat_b", layer: Flatten(), inputs: ["twice_b"]),
      ], outputs: ["score"])
  }

  static func batch(of count: Int) -> [String: Tensor] {
    var random = TestRandom(4)
    return [
      "a": .random([count, 1, 7, 9], using: &random),
      "b": .random([count, 1, 6, 5], using: &random),
    ]
  }

  @Test("nodes are put in order, and shapes are known before any run")
  func order() throws {
    let network = try Self.siamese()
    for (index, node) in network.nodes.enumerated() {
      let earlier = Set(network.nodes[..<index].map(\.name) + ["a", "b"])
      #expect(node.inputs.allSatisfy(earlier.contains))
    }
    #expect(try network.shape(of: "joint") == [44])
    #expect(network.parameterCount == 2 * 16 + 2 + 2 * 6 + 44)
  }

  @Test("a run goes as far as its target and no further")
  func cut() throws {
    let network = try Self.siamese()
    let activations = try network.forward(
      ["a": Self.batch(of: 1)["a"]].compactMapValues { $0 }, to: ["conv_a"])
    #expect(activations.path.map(\.name) == ["conv_a"])
    #expect(try network.inputs(of: ["conv_a"]).map(\.name) == ["a"])
    #expect(Set(activations.values.keys) == ["a", "conv_a"])
  }

  @Test("the gradient reaches every input, through branches that join and split")
  func gradient() throws {
    let network = try Self.siamese()
    var random = TestRandom(6)
    let batch = Self.batch(of: 2)
    for target in ["score", "joint", "twice_b", "pool_a"] {
      let inputs = try network.inputs(of: [target]).map(\.name)
      let activations = try network.forward(batch, to: [target])
      let seed = Tensor.random(activations[target].shape, using: &random)
      let gradients = network.backward([target: seed], through: activations)
      #expect(Set(gradients.keys) == Set(inputs))
      let directions = inputs.map { Tensor.random(batch[$0]?.shape ?? [], using: &random) }
      let slope = finiteDifference(
        of: { moved in
          let moved = Dictionary(uniqueKeysWithValues: zip(inputs, moved))
          return (try? network.forward(moved, to: [target])).map { dot($0[target], seed) } ?? .nan
        }, at: inputs.compactMap { batch[$0] }, along: directions, step: 1 / 1024)
      let predicted = zip(inputs, directions).reduce(0) { sum, entry in
        sum + (gradients[entry.0].map { dot($0, entry.1) } ?? .nan)
      }
      #expect(abs(slope - predicted) < Tolerance.smallStep * max(1, abs(slope)))
    }
  }

  @Test("an input that no seed depends on gets zeros")
  func zeros() throws {
    let network = try Self.siamese()
    let activations = try network.forward(Self.batch(of: 1), to: ["score"])
    let seed = Tensor(shape: activations["flat_a"].shape, repeating: 1)
    let gradients = network.backward(["flat_a": seed], through: activations)
    #expect(gradients["b"] == Tensor(shape: [1, 1, 6, 5]))
  }

  @Test("what is wrong with a graph is said in a sentence with names")
  func errors() throws {
    let dense = Dense(weights: Tensor(shape: [3, 3]), bias: nil)
    func build(_ nodes: [Network.Node], outputs: [String] = []) throws {
      _ = try Network(inputs: [.init(name: "x", shape: [3])], nodes: nodes, outputs: outputs)
    }
    #expect(throws: NetworkError.duplicateName("x")) {
      try build([.init(name: "x", layer: dense, inputs: ["x"])])
    }
    #expect(throws: NetworkError.unknownName("z", nearest: ["x", "fc"])) {
      try build([.init(name: "fc", layer: dense, inputs: ["z"])])
    }
    #expect(throws: NetworkError.cycle("p")) {
      try build([
        .init(name: "p", layer: dense, inputs: ["q"]),
        .init(name: "q", layer: dense, inputs: ["p"]),
      ])
    }
    #expect {
      try build([
        .init(name: "wide", layer: Dense(weights: Tensor(shape: [4, 1]), bias: nil), inputs: ["x"])
      ])
    } throws: { "\($0)".contains("'wide'") && "\($0)".contains("4 elements, got 3") }
    let network = try Self.siamese()
    #expect {
      try network.shape(of: "pol_a")
    } throws: { "\($0)".contains("nearest are pool_a") }
    #expect(throws: NetworkError.missingInput(network.inputs[1])) {
      try network.forward(["a": Tensor(shape: [1, 1, 7, 9])], to: ["score"])
    }
    #expect(throws: NetworkError.inputShape(network.inputs[0], got: [1, 1, 7, 8])) {
      try network.forward(["a": Tensor(shape: [1, 1, 7, 8])], to: ["conv_a"])
    }
  }
}
