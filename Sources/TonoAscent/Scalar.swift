import TonoCore
import TonoNetwork

/// A differentiable scalar of one sample's activations.
protocol Scalar: Sendable {
  /// The cells that it looks at.
  var targets: [Target] { get }

  /// Its value, given the cells of each target in row-major order.
  func value(of cells: [UnsafeMutablePointer<Float>]) -> Float

  /// Writes its gradient with respect to those cells.
  func seed(_ seeds: [UnsafeMutablePointer<Float>], at cells: [UnsafeMutablePointer<Float>])
}

/// A box of cells of one input or node.
package struct Target: Sendable {
  /// The name of the input or node.
  package let node: String
  /// The cells.
  package let region: Region

  /// How many cells there are.
  package var count: Int { region.ranges.map(\.count).reduce(1, *) }

  /// For each node named the smallest box that holds all its cells, in the order of their names.
  package static func boxes(around cells: [(node: String, region: Region)]) -> [Target] {
    Dictionary(cells.map { ($0.node, $0.region) }) { $0.union($1) }
      .sorted { $0.key < $1.key }.map { Target(node: $0.key, region: $0.value) }
  }
}

extension [Target] {
  /// The place of a node's box among these, and where in it a region lies: runs of row-major offsets.
  package func place(of region: Region, in node: String) -> (target: Int, runs: [Range<Int>]) {
    guard let target = firstIndex(where: { $0.node == node }) else {
      preconditionFailure("\(node) is no target")
    }
    let box = self[target].region.ranges
    let inner = Region(
      zip(region.ranges, box).map {
        $0.lowerBound - $1.lowerBound..<$0.upperBound - $1.lowerBound
      })
    var runs: [Range<Int>] = []
    for offset in inner.offsets(in: Shape(box.map(\.count))) {
      if let last = runs.last, last.upperBound == offset {
        runs[runs.count - 1] = last.lowerBound..<offset + 1
      } else {
        runs.append(offset..<offset + 1)
      }
    }
    return (target, runs)
  }
}

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

  /// A scalar of an ascent's network, on so many threads.
  ///
  /// - Throws: `NetworkError.unknownName` if the network has no node that the scalar looks at.
  init(
    _ scalar: any Scalar, of ascent: Ascent, climbed: [Network.Input], threads: Int
  ) throws {
    let network = ascent.network
    let nodes = scalar.targets.map(\.node)
    let inputs = Set(try network.inputs(of: nodes).map(\.name))
    let held = ascent.held.filter { inputs.contains($0.key) }
    let program = try Program(
      network,
      targets: Dictionary(uniqueKeysWithValues: scalar.targets.map { ($0.node, $0.region) }),
      held: Set(held.keys), exact: ascent.settings.exactConvolution)
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
