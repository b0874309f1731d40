import TonoCore
import TonoNetwork

/// The parts of a siamese network: two towers, each of one input, and the head that compares them.
struct PairGraph: Sendable {
  /// The inputs of the towers.
  let imitation: Network.Input
  let recording: Network.Input
  /// The nodes that end them.
  let imitationTower: String
  let recordingTower: String
  /// The node in front of the last sigmoid.
  let logit: String

  /// The parts of a network whose first input takes imitations and whose second one takes recordings.
  ///
  /// - Throws: `InputError` if it is no siamese network.
  init(_ network: Network) throws {
    func failure(_ problem: String) -> InputError {
      InputError(
        "a siamese network compares two inputs and ends in one sigmoid, but in this network \(problem)"
      )
    }
    guard network.inputs.count == 2 else {
      throw failure("there are \(network.inputs.count) inputs")
    }
    guard network.outputs.count == 1, let output = network.outputs.first,
      let last = try? network.node(output), last.layer is Sigmoid,
      try network.shape(of: output) == [1]
    else { throw failure("the output is another") }
    logit = last.inputs[0]
    (imitation, recording) = (network.inputs[0], network.inputs[1])

    var reads = [imitation.name: Set([0]), recording.name: Set([1])]
    let path = try network.path(to: [logit])
    for node in path {
      reads[node.name] = node.inputs.reduce(into: []) { $0.formUnion(reads[$1] ?? []) }
    }
    let head = path.filter { reads[$0.name]?.count == 2 }
    let inner = Set(head.map(\.name))
    func tower(_ side: Int) throws -> String {
      let ends = Set(head.flatMap(\.inputs).filter { !inner.contains($0) && reads[$0] == [side] })
      guard ends.count == 1, let end = ends.first else {
        throw failure(
          "the head reads \(ends.count) nodes of the input '\(network.inputs[side].name)'")
      }
      return end
    }
    imitationTower = try tower(0)
    recordingTower = try tower(1)
  }

  /// The logits of pairs, with each tower run once for each of its sounds.
  func logits(
    _ network: Network, of pairs: [PairTask.Pair], imitations: [Tensor], recordings: [Tensor],
    threads: Int
  ) throws -> Tensor {
    func values(_ tower: String, _ input: Network.Input, _ sounds: [Tensor]) throws -> Tensor {
      try network.values(of: tower, for: [input.name: sounds], threads: threads)
    }
    let head = try network.part(from: [imitationTower, recordingTower], to: [logit])
    let used = (
      Set(pairs.map(\.imitation)).sorted(), Set(pairs.map(\.recording)).sorted()
    )
    let a = try values(imitationTower, imitation, used.0.map { imitations[$0] })
    let b = try values(recordingTower, recording, used.1.map { recordings[$0] })
    let places = (
      Dictionary(uniqueKeysWithValues: zip(used.0, used.0.indices)),
      Dictionary(uniqueKeysWithValues: zip(used.1, used.1.indices))
    )
    return try head.values(
      of: logit,
      for: [
        imitationTower: pairs.map { a.sample(places.0[$0.imitation] ?? 0) },
        recordingTower: pairs.map { b.sample(places.1[$0.recording] ?? 0) },
      ], threads: threads)
  }
}
