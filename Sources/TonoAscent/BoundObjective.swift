import TonoCore
import TonoNetwork

/// An objective bound to a network: its neurons looked up once.
public struct BoundObjective: Scalar {
  /// One neuron's cells and what all of them count together.
  private struct Term {
    let target: Int
    let runs: [Range<Int>]
    let weight: Float

    var count: Int { runs.reduce(0) { $0 + $1.count } }
  }

  let targets: [Target]
  private let terms: [Term]
  private let kernels = KernelSet.current

  /// The objective on this network.
  ///
  /// - Throws: `NeuronError` or `NetworkError` if the network has no such neuron.
  public init(_ objective: Objective, in network: Network) throws {
    let regions = try objective.terms.map { term in
      (node: term.neuron.layer, region: try term.neuron.region(in: network))
    }
    let targets = Target.boxes(around: regions)
    self.targets = targets
    terms = zip(objective.terms, regions).map { term, cells in
      let (target, runs) = targets.place(of: cells.region, in: cells.node)
      return Term(target: target, runs: runs, weight: term.weight)
    }
  }

  /// The names of the nodes it looks at.
  public var nodes: [String] { targets.map(\.node) }

  func value(of cells: [UnsafeMutablePointer<Float>]) -> Float {
    var total = 0.0
    for term in terms {
      var sum = 0.0
      for run in term.runs {
        sum += kernels.sum(cells[term.target] + run.lowerBound, count: run.count)
      }
      total += Double(term.weight) * sum / Double(term.count)
    }
    return Float(total)
  }

  func seed(_ seeds: [UnsafeMutablePointer<Float>], at cells: [UnsafeMutablePointer<Float>]) {
    for (target, seed) in zip(targets, seeds) { seed.update(repeating: 0, count: target.count) }
    for term in terms {
      let share = term.weight / Float(term.count)
      for run in term.runs {
        for index in run { seeds[term.target][index] += share }
      }
    }
  }
}

// MARK: - Batches

extension BoundObjective {
  /// Its value for each sample of a forward pass that reached its nodes.
  public func values(of activations: Activations) -> [Float] {
    let boxes = targets.map { AlignedFloats(count: $0.count) }
    return (0..<activations[nodes[0]].shape[0]).map { sample in
      for (target, box) in zip(targets, boxes) {
        let tensor = activations[target.node]
        let start = sample * tensor.shape.sample.count
        for (index, offset) in target.region.offsets(in: tensor.shape.sample).enumerated() {
          box.start[index] = tensor.values[start + offset]
        }
      }
      return value(of: boxes.map(\.start))
    }
  }

  /// Its gradient with respect to each of its nodes, `[N] + node shape`: the same for every sample.
  public func seeds(for activations: Activations) -> [String: Tensor] {
    let boxes = targets.map { AlignedFloats(count: $0.count) }
    seed(boxes.map(\.start), at: boxes.map(\.start))
    var seeds: [String: Tensor] = [:]
    for (target, box) in zip(targets, boxes) {
      let shape = activations[target.node].shape
      var tensor = Tensor(shape: shape)
      for start in stride(from: 0, to: shape.count, by: shape.sample.count) {
        for (index, offset) in target.region.offsets(in: shape.sample).enumerated() {
          tensor.values[start + offset] = box.start[index]
        }
      }
      seeds[target.node] = tensor
    }
    return seeds
  }
}
