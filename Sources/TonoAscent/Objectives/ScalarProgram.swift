import TonoCore
import TonoNetwork

/// A scalar compiled for a network, and the buffers on which it is evaluated.
///
/// Evaluating it allocates nothing.
final class ScalarProgram {
  /// Where a climbed input is written, and where its gradient is found.
  struct Buffers {
    let input: UnsafeMutablePointer<Float>
    let gradient: UnsafeMutablePointer<Float>
  }

  /// For each climbed input its buffers, or none if the scalar does not depend on it.
  let buffers: [Buffers?]

  private let scalar: any Scalar
  private let program: Program
  private let workspace: Workspace
  private let cells: [UnsafeMutablePointer<Float>]
  private let seeds: [UnsafeMutablePointer<Float>]

  /// A scalar of a network, on so many threads.
  ///
  /// - Parameters:
  ///   - scalar: what is computed.
  ///   - network: of whose activations.
  ///   - climbed: the inputs that have a gradient.
  ///   - held: per name of another input what it stays at, in network units.
  ///   - exact: whether convolutions are summed as they are written.
  ///   - threads: how many work on it together.
  /// - Throws: `NetworkError.unknownName` if the network has no node that the scalar looks at.
  init(
    _ scalar: any Scalar, in network: Network, climbed: [Network.Input],
    held: [String: Tensor] = [:], exact: Bool = false, threads: Int = 1
  ) throws {
    let nodes = scalar.targets.map(\.node)
    let inputs = Set(try network.inputs(of: nodes).map(\.name))
    let held = held.filter { inputs.contains($0.key) }
    let program = try Program(
      network,
      targets: Dictionary(uniqueKeysWithValues: scalar.targets.map { ($0.node, $0.region) }),
      held: Set(held.keys), exact: exact)
    let workspace = program.makeWorkspace(threads: threads)
    for (name, tensor) in held { _ = workspace.input(name).update(from: tensor.values) }
    program.hold(workspace)
    self.scalar = scalar
    self.program = program
    self.workspace = workspace
    cells = nodes.map { workspace.output($0).start }
    seeds = nodes.map { workspace.seed($0).start }
    buffers = climbed.map { input in
      guard inputs.contains(input.name) else { return nil }
      return Buffers(
        input: workspace.input(input.name).start, gradient: workspace.gradient(input.name).start)
    }
  }

  /// The scalar's value at the inputs written; its gradient is then in their buffers.
  func evaluate() -> Float {
    program.forward(workspace)
    scalar.seed(seeds, at: cells)
    program.backward(workspace)
    return scalar.value(of: cells)
  }
}

extension UnsafeMutableBufferPointer {
  /// The address of the first element.
  fileprivate var start: UnsafeMutablePointer<Element> {
    guard let baseAddress else { preconditionFailure("an empty buffer") }
    return baseAddress
  }
}
