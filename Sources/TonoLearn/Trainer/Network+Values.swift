import TonoCore
import TonoNetwork

extension Network {
  /// What a node gives for many samples, as it is used, not as it is trained.
  ///
  /// - Parameters:
  ///   - node: the node.
  ///   - samples: per input that it depends on as many samples.
  ///   - threads: how many threads share the samples; no result depends on it.
  /// - Returns: `[samples] + shape`.
  /// - Throws: `NetworkError` if there is no such node, or an input is missing or of another shape.
  func values(
    of node: String, for samples: [String: [Tensor]], threads: Int
  ) throws -> Tensor {
    let shape = try shape(of: node)
    let inputs = try inputs(of: [node])
    for input in inputs {
      guard let given = samples[input.name] else { throw NetworkError.missingInput(input) }
      if let other = given.first(where: { $0.shape != input.shape }) {
        throw NetworkError.inputShape(input, got: other.shape)
      }
    }
    let count = inputs.compactMap { samples[$0.name]?.count }.min() ?? 0
    let program = try Program(self, targets: [node: Region(shape.extents.map { 0..<$0 })])
    return try Tensor(shape: shape.batched(count)) { values in
      let values = SharedRows(values)
      // Some parts for each thread, with buffers for each part: none waits long for another.
      let parts = min(4 * threads, count)
      try concurrently(parts, threads: threads) { part, _ in
        let workspace = program.makeWorkspace()
        for index in part * count / parts..<(part + 1) * count / parts {
          for input in inputs {
            guard let sample = samples[input.name]?[index] else { continue }
            _ = workspace.input(input.name).update(from: sample.values)
          }
          program.forward(workspace)
          values.write(workspace.output(node), at: index * shape.count)
        }
      }
    }
  }
}
