import TonoCore
import TonoNetwork

/// One side of a siamese network: from a sound's features to its code, all that the other side needs of it.
///
/// The code is what the tower's last layers computed, or where a fully connected layer joins both towers,
/// that layer's product with them: 108 numbers instead of 2400. A sound's code depends on nothing but
/// the sound.
public struct PairEncoder: Sendable {
  /// How many numbers a code has.
  public let length: Int

  private let input: Network.Input
  private let targets: [String]
  private let program: Program

  /// The encoder of one side.
  ///
  /// - Parameters:
  ///   - network: the siamese network.
  ///   - input: the side's input.
  ///   - frontier: the names behind which it meets the other side.
  ///   - joint: the fully connected layer there, if there is one.
  ///   - addsBias: whether its bias is part of this side's codes.
  /// - Throws: `NetworkError` if the frontier does not cut the side off.
  init(
    _ network: Network, input: String, frontier: [String], joint: PairCut.DenseJoint?,
    addsBias: Bool
  ) throws {
    let tower = try network.part(from: [input], to: frontier)
    guard let joint else {
      try self.init(tower, targets: frontier)
      return
    }
    var (rows, row) = ([Int](), 0)
    let own = Set(frontier)
    for name in joint.order {
      let count = try network.shape(of: name).count
      if own.contains(name) { rows += row..<row + count }
      row += count
    }
    let width = joint.layer.weights.shape[1]
    let half = Dense(
      weights: Tensor(
        shape: [rows.count, width],
        values: rows.flatMap { joint.layer.weights.values[$0 * width..<($0 + 1) * width] }),
      bias: addsBias ? joint.layer.bias : nil)
    let names = joint.order.filter(own.contains)
    // Names of the project's own cannot be those of a file's layers, which are never empty.
    let (gathered, product) = ("", " ")
    try self.init(
      try Network(
        inputs: tower.inputs,
        nodes: tower.nodes + [
          .init(name: gathered, layer: Concatenate(axis: 0), inputs: names),
          .init(name: product, layer: half, inputs: [gathered]),
        ], outputs: [product]), targets: [product])
  }

  private init(_ network: Network, targets: [String]) throws {
    let shapes = try targets.map(network.shape)
    input = network.inputs[0]
    self.targets = targets
    length = shapes.reduce(0) { $0 + $1.count }
    program = try Program(
      network,
      targets: Dictionary(
        uniqueKeysWithValues: zip(targets, shapes).map { ($0, Region(whole: $1)) }))
  }

  /// New buffers, for one thread.
  public func makeWorkspace() -> Workspace { program.makeWorkspace() }

  /// The code of a sound's features, of the input's shape, in network units.
  public func code(of features: Tensor, in workspace: Workspace) -> [Float] {
    precondition(features.count == input.shape.count, "features of the shape \(input.shape)")
    _ = workspace.input(input.name).update(from: features.values)
    program.forward(workspace)
    return targets.flatMap { Array(workspace.output($0)) }
  }
}
