import TestSupport
import Testing
import TonoCore
import TonoNetwork

/// A network cut into parts: together they are the whole, to the bit.
@Suite struct NetworkPartTests {
  private let network: Network
  private let batch = NetworkTests.batch(of: 3)

  init() throws { network = try NetworkTests.siamese() }

  @Test("towers and head compute what the whole does", arguments: [false, true])
  func composed(compiled: Bool) throws {
    let run = compiled ? Self.compiled : Self.plain
    let towers = try ["a", "b"].map { side in
      try network.part(from: [side], to: ["flat_\(side)"])
    }
    let head = try network.part(from: ["flat_a", "flat_b"], to: ["score"])
    #expect(towers.map { $0.inputs.map(\.name) } == [["a"], ["b"]])
    #expect(head.inputs.map(\.shape) == [[12], [32]])
    #expect(head.nodes.map(\.name) == ["joint", "fc", "score"] && head.outputs == ["score"])
    let features = try towers.map { tower in try run(tower, batch, tower.outputs[0]) }
    let score = try run(head, ["flat_a": features[0], "flat_b": features[1]], "score")
    #expect(
      score.values.map(\.bitPattern) == (try run(network, batch, "score")).values.map(\.bitPattern))
  }

  @Test("any cut that separates will do, at different depths and with gradients")
  func deep() throws {
    let part = try network.part(from: ["pool_a", "b"], to: ["fc", "tanh_b"])
    let whole = try network.forward(batch, to: ["fc", "tanh_b"])
    let inputs = ["pool_a": whole["pool_a"], "b": whole["b"]]
    let answer = try part.forward(inputs, to: part.outputs)
    for name in part.outputs { #expect(answer[name] == whole[name]) }
    let seeds = ["fc": Tensor(shape: whole["fc"].shape, repeating: 1)]
    let gradient = network.backward(seeds, through: whole)["b"]
    #expect(part.backward(seeds, through: answer)["b"] == gradient)
    #expect(gradient?.values.contains { $0 != 0 } == true)
  }

  @Test("the whole is a part, and a target that is a source is handed through")
  func edges() throws {
    let whole = try network.part(from: ["a", "b"], to: ["score"])
    #expect(whole.nodes.map(\.name) == network.nodes.map(\.name))
    let through = try network.part(from: ["pool_a"], to: ["pool_a"])
    #expect(through.nodes.isEmpty && through.outputs == ["pool_a"])
  }

  @Test("what does not separate is refused by name")
  func refused() throws {
    #expect {
      try network.part(from: ["flat_b"], to: ["score"])
    } throws: {
      "\($0)"
        == "'score' depends on input 'a' along a → conv_a → pool_a → flat_a → joint → fc → score, which "
        + "flat_b leave open; name a layer of that way too"
    }
    #expect {
      try network.part(from: ["conv_a", "pool_a"], to: ["flat_a"])
    } throws: {
      "\($0)" == "flat_a do not read 'conv_a' once the other sources are known; leave it out"
    }
    #expect(throws: NetworkError.self) { try network.part(from: ["a"], to: ["nobody"]) }
    #expect(throws: NetworkError.self) { try network.part(from: ["nobody"], to: ["score"]) }
    #expect(throws: NetworkError.duplicateName("a")) {
      try network.part(from: ["a", "a"], to: ["flat_a"])
    }
  }

  private static func plain(
    _ network: Network, _ batch: [String: Tensor], _ target: String
  ) throws -> Tensor { try network.forward(batch, to: [target])[target] }

  private static func compiled(
    _ network: Network, _ batch: [String: Tensor], _ target: String
  ) throws -> Tensor {
    let shape = try network.shape(of: target)
    let program = try Program(network, targets: [target: Region(whole: shape)])
    let workspace = program.makeWorkspace()
    let inputs = try network.inputs(of: [target]).map(\.name)
    return Tensor(
      batch: (0..<3).map { index in
        for name in inputs {
          _ = workspace.input(name).update(from: batch[name]?.sample(index).values ?? [])
        }
        program.forward(workspace)
        return Tensor(shape: shape, values: Array(workspace.output(target)))
      })
  }
}
