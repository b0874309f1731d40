import TonoCore
import TonoNetwork

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
