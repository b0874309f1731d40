import TonoCore
import TonoFiles
import TonoNetwork

/// The networks of TL-IMINET (Zhang, Pardo & Duan, TASLP 2019) as PyTorch names their weights, with
/// the layers' names of the Keras models.
///
/// The branches are `nn.Sequential`s of convolution, batch normalization (epsilon 1e-3), ReLU and
/// max-pool, so that their convolutions are the members 0, 4 and 8.
extension Architecture {
  /// The architecture of a state dict with these names, if it is one of TL-IMINET's: the siamese
  /// network, or a tower of its own with its classifier.
  static func tlIminet(of names: Set<String>) -> Architecture? {
    func has(_ modules: String...) -> Bool {
      modules.allSatisfy { names.contains($0 + ".weight") && names.contains($0 + ".bias") }
    }
    let hasImitation = has("left_branch.0", "left_branch.4", "left_branch.8")
    let hasRecording = has("right_branch.0", "right_branch.4", "right_branch.8")
    if hasImitation, hasRecording, has("fully_connected.1", "fully_connected.4") { return siamese }
    guard has("classifier.1", "classifier.4"), hasImitation != hasRecording else { return nil }
    return hasImitation ? imitationTower : recordingTower
  }

  private static let siamese: Architecture = {
    let inputs = [
      Network.Input(name: "imi_input_a", shape: [1, 39, 482]),
      Network.Input(name: "ref_input_b", shape: [1, 128, 128]),
    ]
    let merge = Node(name: "merge", kind: "Concatenate", inputs: ["lid_flatten", "nyu_flatten"])
    let nodes =
      imitationBranch(reading: inputs[0].name) + recordingBranch(reading: inputs[1].name) + [merge]
      + dense("fc_1", "fully_connected.1", reading: "merge", "ReLU")
      + dense("fc_2", "fully_connected.4", reading: "fc_1", "Sigmoid")
    return Architecture(inputs: inputs, nodes: nodes, outputs: ["fc_2"])
  }()

  private static let recordingTower: Architecture = {
    let nodes =
      recordingBranch(reading: "ref_input") + [dropout("nyu_drop_1", reading: "nyu_flatten")]
      + dense("nyu_fc_1", "classifier.1", reading: "nyu_drop_1", "ReLU")
      + [dropout("nyu_drop_2", reading: "nyu_fc_1")]
      + dense("nyu_fc_2", "classifier.4", reading: "nyu_drop_2", "Softmax")
    return Architecture(
      inputs: [Network.Input(name: "ref_input", shape: [1, 128, 128])], nodes: nodes,
      outputs: ["nyu_fc_2"])
  }()

  private static let imitationTower: Architecture = {
    let nodes =
      imitationBranch(reading: "imi_input")
      + dense("lid_fc_1", "classifier.1", reading: "lid_flatten", "ReLU")
      + [dropout("lid_drop_1", reading: "lid_fc_1")]
      + dense("lid_fc_2", "classifier.4", reading: "lid_drop_1", "Softmax")
    return Architecture(
      inputs: [Network.Input(name: "imi_input", shape: [1, 39, 482])], nodes: nodes,
      outputs: ["lid_fc_2"])
  }()

  private static func imitationBranch(reading input: String) -> [Node] {
    branch("lid", "left_branch", reading: input, pools: [[2, 2], [2, 2], [1, 2]])
  }

  private static func recordingBranch(reading input: String) -> [Node] {
    branch("nyu", "right_branch", reading: input, pools: [[2, 4], [2, 4], nil])
  }

  /// Three blocks of convolution, normalization, ReLU and, but for the last perhaps, max-pool; then
  /// everything in a row.
  private static func branch(
    _ prefix: String, _ module: String, reading input: String, pools: [[Int]?]
  ) -> [Node] {
    var nodes: [Node] = []
    var last = input
    func add(_ name: String, _ node: (String) -> Node) {
      nodes.append(node(last))
      last = name
    }
    for (index, pool) in pools.enumerated() {
      let name = "\(prefix)_conv_\(index + 1)"
      let (convolution, normalization) = ("\(module).\(4 * index)", "\(module).\(4 * index + 1)")
      add(name) {
        Node(
          name: name, kind: "Conv2D", inputs: [$0],
          weights: [
            "kernel": WeightReference(name: convolution + ".weight"),
            "bias": WeightReference(name: convolution + ".bias"),
          ])
      }
      add(name + "_BN") {
        Node(
          name: name + "_BN", kind: "BatchNormalization", inputs: [$0],
          settings: ["epsilon": .number(1e-3)],
          weights: [
            "gamma": WeightReference(name: normalization + ".weight"),
            "beta": WeightReference(name: normalization + ".bias"),
            "mean": WeightReference(name: normalization + ".running_mean"),
            "variance": WeightReference(name: normalization + ".running_var"),
          ])
      }
      add(name + "_AC") { Node(name: name + "_AC", kind: "ReLU", inputs: [$0]) }
      guard let pool else { continue }
      add(name + "_MP") {
        Node(
          name: name + "_MP", kind: "MaxPooling2D", inputs: [$0],
          settings: ["window": .array(pool.map { JSONValue($0) })])
      }
    }
    return nodes + [Node(name: prefix + "_flatten", kind: "Flatten", inputs: [last])]
  }

  /// A fully connected layer, whose kernel PyTorch keeps transposed, and its activation.
  private static func dense(
    _ name: String, _ module: String, reading input: String, _ activation: String
  ) -> [Node] {
    let kernel = WeightReference(name: module + ".weight", permutation: [1, 0])
    return [
      Node(
        name: name + "_pre", kind: "Dense", inputs: [input],
        weights: ["kernel": kernel, "bias": WeightReference(name: module + ".bias")]),
      Node(name: name, kind: activation, inputs: [name + "_pre"]),
    ]
  }

  private static func dropout(_ name: String, reading input: String) -> Node {
    Node(name: name, kind: "Dropout", inputs: [input], settings: ["rate": .number(0.5)])
  }
}
