import TonoCore
import TonoNetwork

/// An objective bound to a network: its cells looked up once.
///
/// The one place where an objective becomes a number and a gradient, whether a program computes the cells
/// (ascents, examples) or the layers one by one (checks, round trips).
public struct BoundObjective: Scalar {
  /// Cells of one target, and what they become.
  private struct Term {
    let target: Int
    let runs: [Range<Int>]
    let weight: Float
    let measure: Readout.Measure

    var count: Int { runs.reduce(0) { $0 + $1.count } }
  }

  package let targets: [Target]
  private let terms: [Term]
  private let kernels = KernelSet.current

  /// The objective on this network.
  ///
  /// - Throws: `NeuronError`, `ObjectiveError` or `NetworkError` if the network has no such cells.
  public init(_ objective: Objective, in network: Network) throws {
    try self.init(objective, in: network, targets: Self.targets(of: [objective], in: network))
  }

  /// The objective on the cells of targets that hold all of its own.
  package init(_ objective: Objective, in network: Network, targets: [Target]) throws {
    self.targets = targets
    terms = try objective.terms.map { term in
      let (target, runs) = targets.place(
        of: try term.readout.region(in: network), in: term.readout.layer)
      return Term(target: target, runs: runs, weight: term.weight, measure: term.readout.measure)
    }
  }

  /// The boxes of cells that some objectives look at together.
  ///
  /// - Throws: as `init(_:in:)`.
  package static func targets(of objectives: [Objective], in network: Network) throws -> [Target] {
    Target.boxes(
      around: try objectives.flatMap(\.terms).map { term in
        (node: term.readout.layer, region: try term.readout.region(in: network))
      })
  }

  /// The names of the nodes it looks at.
  public var nodes: [String] { targets.map(\.node) }

  package func value(of cells: [UnsafeMutablePointer<Float>]) -> Float {
    Float(
      terms.reduce(0.0) { total, term in
        total + Double(term.weight) * value(of: term, cells[term.target])
      })
  }

  private func value(of term: Term, _ cells: UnsafeMutablePointer<Float>) -> Double {
    switch term.measure {
    case .mean:
      term.runs.reduce(0.0) {
        $0 + kernels.sum(cells + $1.lowerBound, count: $1.count)
      } / Double(term.count)
    case .meanSquare:
      term.runs.reduce(0.0) {
        $0 + kernels.sumOfSquares(cells + $1.lowerBound, count: $1.count)
      } / Double(term.count)
    case .direction(let direction, let power):
      Direction(direction, power).value(of: cells, count: term.count)
    }
  }

  package func seed(
    _ seeds: [UnsafeMutablePointer<Float>], at cells: [UnsafeMutablePointer<Float>]
  ) {
    for (target, seed) in zip(targets, seeds) { seed.clear(count: target.count) }
    for term in terms {
      let (seed, cells) = (seeds[term.target], cells[term.target])
      let share = term.weight / Float(term.count)
      switch term.measure {
      case .mean:
        for run in term.runs { for index in run { seed[index] += share } }
      case .meanSquare:
        for run in term.runs { for index in run { seed[index] += 2 * share * cells[index] } }
      case .direction(let direction, let power):
        Direction(direction, power).seed(seed, at: cells, count: term.count, weight: term.weight)
      }
    }
  }

  /// The place of the largest of its first term's cells, in row-major order; the first of equals.
  package func peak(of cells: [UnsafeMutablePointer<Float>]) -> Int {
    let (term, values) = (terms[0], cells[terms[0].target])
    var (highest, peak, place) = (-Float.infinity, 0, 0)
    for run in term.runs {
      for index in run {
        if values[index] > highest { (highest, peak) = (values[index], place) }
        place += 1
      }
    }
    return peak
  }
}

// MARK: - Batches

extension BoundObjective {
  /// Its value for each sample of a forward pass that reached its nodes.
  public func values(of activations: Activations) -> [Float] {
    (0..<activations[nodes[0]].shape[0]).map { sample in
      let boxes = boxes(of: activations, sample)
      return withExtendedLifetime(boxes) { value(of: boxes.map(\.start)) }
    }
  }

  /// Its gradient with respect to each of its nodes, `[N] + node shape`.
  public func seeds(for activations: Activations) -> [String: Tensor] {
    var seeds = Dictionary(
      uniqueKeysWithValues: nodes.map { ($0, Tensor(shape: activations[$0].shape)) })
    let gradients = targets.map { AlignedFloats(count: $0.count) }
    for sample in 0..<activations[nodes[0]].shape[0] {
      let boxes = boxes(of: activations, sample)
      withExtendedLifetime((gradients, boxes)) {
        seed(gradients.map(\.start), at: boxes.map(\.start))
      }
      for (target, gradient) in zip(targets, gradients) {
        let shape = activations[target.node].shape.sample
        for (index, offset) in target.region.offsets(in: shape).enumerated() {
          seeds[target.node]?.values[sample * shape.count + offset] = gradient.start[index]
        }
      }
    }
    return seeds
  }

  /// The cells of one sample.
  private func boxes(of activations: Activations, _ sample: Int) -> [AlignedFloats] {
    targets.map { target in
      let tensor = activations[target.node]
      let shape = tensor.shape.sample
      return AlignedFloats(count: target.count) { cells in
        for (index, offset) in target.region.offsets(in: shape).enumerated() {
          cells[index] = tensor.values[sample * shape.count + offset]
        }
      }
    }
  }
}
