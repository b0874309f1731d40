import TonoCore
import TonoNetwork

/// Where a network of two inputs falls into what each input alone decides and what joins them.
struct PairCut {
  /// The node whose one number ranks pairs: before a last sigmoid, which only squeezes it.
  let score: String
  /// Whether the likelihood is the score's sigmoid, or the score itself.
  let isLogit: Bool
  /// The inputs and nodes behind which the imitation's values meet the recording's.
  let imitation: [String]
  /// The same of the recording.
  let recording: [String]
  /// The fully connected layer at the joint, if that is how they meet.
  let dense: DenseJoint?

  /// A fully connected layer over the values of both sides, one after another.
  struct DenseJoint {
    /// The layer's node.
    let node: String
    /// The layer.
    let layer: Dense
    /// The frontier's names in the order of the layer's rows.
    let order: [String]
  }

  /// The cut of a network.
  ///
  /// - Throws: `InputError` if the network has not one output of one number, or it does not depend on
  ///   both inputs.
  init(_ network: Network, roles: PairRoles) throws {
    guard network.outputs.count == 1, let output = network.outputs.first,
      try network.shape(of: output).count == 1
    else {
      let outputs = try network.outputs.map { "\($0) (\(try network.shape(of: $0)))" }
      throw InputError(
        "a network that compares an imitation with a recording answers with one number, but this one "
          + "has the outputs \(outputs.joined(separator: ", ")); give a siamese network")
    }
    let last = try network.node(output)
    isLogit = last.layer is Sigmoid
    score = isLogit ? last.inputs[0] : output

    var sides: [String: Set<String>] = [:]
    for input in network.inputs { sides[input.name] = [input.name] }
    let path = try network.path(to: [score])
    for node in path {
      sides[node.name] = node.inputs.reduce(into: []) { $0.formUnion(sides[$1] ?? []) }
    }
    guard sides[score]?.count == 2 else {
      throw InputError(
        "'\(score)' does not depend on both \(roles.imitation) and \(roles.recording); give a network "
          + "that compares them")
    }
    let joints = path.filter { sides[$0.name]?.count == 2 }
    func frontier(_ side: String) -> [String] {
      var seen: Set<String> = []
      return joints.flatMap(\.inputs).filter { sides[$0] == [side] && seen.insert($0).inserted }
    }
    imitation = frontier(roles.imitation)
    recording = frontier(roles.recording)
    dense = try Self.denseJoint(joints, frontier: Set(imitation + recording), in: network)
  }

  /// The joint, if it is a concatenation of vectors that one fully connected layer alone reads.
  private static func denseJoint(
    _ joints: [Network.Node], frontier: Set<String>, in network: Network
  ) throws -> DenseJoint? {
    guard let first = joints.first, let concatenation = first.layer as? Concatenate,
      concatenation.axis == 0, Set(first.inputs) == frontier,
      first.inputs.count == frontier.count,
      try network.shape(of: first.name).rank == 1,
      !joints.dropFirst().contains(where: { !frontier.isDisjoint(with: $0.inputs) })
    else { return nil }
    var name = first.name
    while true {
      let readers = joints.filter { $0.inputs.contains(name) }
      guard readers.count == 1, let reader = readers.first else { return nil }
      if let layer = reader.layer as? Dense {
        return DenseJoint(node: reader.name, layer: layer, order: first.inputs)
      }
      guard reader.layer is Dropout else { return nil }
      name = reader.name
    }
  }
}
