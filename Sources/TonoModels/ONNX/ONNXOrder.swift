import Foundation
import TonoCore
import TonoFiles

/// The nodes of a graph, each after those it reads.
struct ONNXOrder {
  /// Places in the graph's list of nodes.
  let nodes: [Int]

  /// Sorts the nodes of a graph; `known` are the tensors that no node makes.
  ///
  /// - Throws: `ModelError` if a tensor is made twice or by nothing, or nodes read each other in a
  ///   circle.
  /// - Complexity: O(nodes + tensors read).
  init(_ graph: Onnx_GraphProto, known: Set<String>, url: URL) throws {
    var makers: [String: Int] = [:]
    for (index, node) in graph.node.enumerated() {
      for output in node.output where !output.isEmpty {
        guard makers.updateValue(index, forKey: output) == nil, !known.contains(output) else {
          throw ModelError(url, "the tensor '\(output)' is made twice; the graph is damaged")
        }
      }
    }
    var readers = [[Int]](repeating: [], count: graph.node.count)
    var waiting = [Int](repeating: 0, count: graph.node.count)
    for (index, node) in graph.node.enumerated() {
      for input in Set(node.input) where !input.isEmpty && !known.contains(input) {
        guard let maker = makers[input] else {
          throw ModelError(
            url,
            "node '\(node.name)' (\(node.opType)) reads '\(input)', which is no input, initializer"
              + " or output of a node; export the model again")
        }
        readers[maker].append(index)
        waiting[index] += 1
      }
    }
    var sorted = waiting.indices.filter { waiting[$0] == 0 }
    var next = 0
    while next < sorted.count {
      for reader in readers[sorted[next]] {
        waiting[reader] -= 1
        if waiting[reader] == 0 { sorted.append(reader) }
      }
      next += 1
    }
    guard sorted.count == graph.node.count else {
      let node = graph.node[waiting.firstIndex { $0 > 0 } ?? 0]
      throw ModelError(
        url,
        "node '\(node.name)' (\(node.opType)) depends on itself; a network must be acyclic")
    }
    // A file that is in order stays as it is.
    nodes = Self.isOrdered(graph, makers) ? Array(graph.node.indices) : sorted
  }

  private static func isOrdered(_ graph: Onnx_GraphProto, _ makers: [String: Int]) -> Bool {
    graph.node.enumerated().allSatisfy { index, node in
      node.input.allSatisfy { (makers[$0] ?? -1) < index }
    }
  }
}
