import TonoAscent
import TonoCore
import TonoNetwork

/// What some objectives answer to an input: a program for all of them together.
struct ObjectiveListener: Sendable {
  /// An objective's answer to one input.
  struct Answer: Sendable {
    /// Its value.
    let value: Float
    /// Which of its first readout's cells has the largest value, in row-major order; the first of equals.
    let peak: Int
  }

  private let program: Program
  private let input: String
  private let objectives: [Objective]
  private let bound: [BoundObjective]
  private let targets: [Target]

  /// A program for objectives that see one input.
  ///
  /// - Throws: `NeuronError`, `ObjectiveError` or `NetworkError` if the network has no such cells.
  init(_ objectives: [Objective], input: String, network: Network) throws {
    let targets = try BoundObjective.targets(of: objectives, in: network)
    self.targets = targets
    self.input = input
    self.objectives = objectives
    bound = try objectives.map { try BoundObjective($0, in: network, targets: targets) }
    program = try Program(
      network, targets: Dictionary(uniqueKeysWithValues: targets.map { ($0.node, $0.region) }))
  }

  /// New buffers, for one thread.
  func makeWorkspace() -> Workspace { program.makeWorkspace() }

  /// Each objective's answer to an input in network units.
  ///
  /// - Throws: `InputError` if one is no finite number.
  func answers(to features: Tensor, in workspace: Workspace) throws -> [Answer] {
    _ = workspace.input(input).update(from: features.values)
    program.forward(workspace)
    let cells = targets.compactMap { workspace.output($0.node).baseAddress }
    return try zip(objectives, bound).map { objective, bound in
      let answer = Answer(value: bound.value(of: cells), peak: bound.peak(of: cells))
      guard answer.value.isFinite else {
        throw InputError("\(objective) answers with NaN or infinity; its weights may have diverged")
      }
      return answer
    }
  }
}
