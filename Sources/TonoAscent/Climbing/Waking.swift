import TonoCore
import TonoNetwork

/// The highest cells before the gates that leave a sleeping neuron without a gradient.
///
/// A neuron behind a ReLU that is at zero over its whole map has no gradient, so an ascent cannot
/// start; nor can it behind a sigmoid so far down that its slope rounds to zero. Its pre-activation
/// has one: climbing the cell nearest to firing leads to where the neuron answers. (Lucid overrides
/// the gradient of ReLU instead; this is the true gradient of a true scalar.)
struct PreActivation: Scalar {
  /// The cells before a gate that a neuron looks at.
  private struct Source {
    let target: Int
    let runs: [Range<Int>]
  }

  let targets: [Target]
  private let sources: [Source]

  /// More gates than any network has in a row, with nothing but passages between.
  private static let mostGates = 16

  private init(of cells: [(node: String, region: Region)]) {
    let targets = Target.boxes(around: cells)
    self.targets = targets
    sources = cells.map { cells in
      let (target, runs) = targets.place(of: cells.region, in: cells.node)
      return Source(target: target, runs: runs)
    }
  }

  /// The pre-activations of an objective's neurons: before the nearest gates, then before those behind
  /// them, as in a ReLU whose maps go through tanh; none if no gate stands before the neurons.
  ///
  /// Between a neuron and a gate there are only layers that hand zeros on.
  static func all(of objective: Objective, in network: Network) throws -> [PreActivation] {
    let walks = try objective.terms.map { term in
      try gates(before: term.readout, in: network)
    }
    return (0..<(walks.map(\.count).max() ?? 0)).map { place in
      PreActivation(of: walks.flatMap { place < $0.count ? $0[place] : [] })
    }
  }

  /// The cells right before the gates that a readout's cells are behind, the nearest gates first.
  private static func gates(
    before readout: Readout, in network: Network
  ) throws -> [[(node: String, region: Region)]] {
    let path = try network.path(to: [readout.layer])
    var gates: [[(node: String, region: Region)]] = []
    var reached = [readout.layer: try readout.region(in: network)]
    while !reached.isEmpty && gates.count < mostGates {
      var (cells, behind) = ([(node: String, region: Region)](), [String: Region]())
      for node in path.reversed() {
        guard let region = reached.removeValue(forKey: node.name) else { continue }
        let layer = node.layer
        guard layer.canSleep || layer.handsZerosOn else { continue }
        let shapes = try node.inputs.map { try network.shape(of: $0) }
        for (input, region) in zip(node.inputs, layer.counterparts(of: region, inputs: shapes))
        where !region.isEmpty {
          if layer.canSleep { cells.append((input, region)) }
          guard layer.handsZerosOn else { continue }
          if layer.canSleep {
            behind[input] = behind[input]?.union(region) ?? region
          } else {
            reached[input] = reached[input]?.union(region) ?? region
          }
        }
      }
      if !cells.isEmpty { gates.append(cells) }
      reached = behind
    }
    return gates
  }

  func value(of cells: [UnsafeMutablePointer<Float>]) -> Float {
    sources.reduce(0) { $0 + cells[$1.target][highest(of: $1, in: cells)] }
  }

  func seed(_ seeds: [UnsafeMutablePointer<Float>], at cells: [UnsafeMutablePointer<Float>]) {
    for (target, seed) in zip(targets, seeds) { seed.clear(count: target.count) }
    for source in sources { seeds[source.target][highest(of: source, in: cells)] += 1 }
  }

  /// The offset of the first highest cell.
  private func highest(of source: Source, in cells: [UnsafeMutablePointer<Float>]) -> Int {
    let cells = cells[source.target]
    var highest = source.runs[0].lowerBound
    for run in source.runs {
      for index in run where cells[index] > cells[highest] { highest = index }
    }
    return highest
  }
}
