import TonoCore
import TonoNetwork

/// The highest cell before the activation that leaves a sleeping neuron without a gradient.
///
/// A neuron behind a ReLU that is at zero over its whole map has no gradient, so an ascent cannot
/// start; nor can it behind a sigmoid so far down that its slope rounds to zero. Its pre-activation
/// has one: climbing the cell nearest to firing leads to where the neuron answers. (Lucid overrides
/// the gradient of ReLU instead; this is the true gradient of a true scalar.)
struct PreActivation: Scalar {
  /// The cells before an activation that a neuron looks at.
  private struct Source {
    let target: Int
    let runs: [Range<Int>]
  }

  let targets: [Target]
  private let sources: [Source]

  /// The pre-activations of an objective's neurons, or nil if no activation stands right before
  /// them: before the pooling, reordering and dropout that only hand zeros on.
  init?(of objective: Objective, in network: Network) throws {
    let cells = try objective.terms.compactMap { term in
      try Self.cells(before: term.neuron, in: network)
    }
    if cells.isEmpty { return nil }
    let targets = Target.boxes(around: cells)
    self.targets = targets
    sources = cells.map { cells in
      let (target, runs) = targets.place(of: cells.region, in: cells.node)
      return Source(target: target, runs: runs)
    }
  }

  private static func cells(
    before neuron: NeuronReference, in network: Network
  ) throws -> (node: String, region: Region)? {
    var node = try network.node(neuron.layer)
    var region = try neuron.region(in: network)
    while true {
      guard node.inputs.count == 1, let input = node.inputs.first else { return nil }
      if node.layer is any Activation || node.layer is Softmax { return (input, region) }
      let shape = try network.shape(of: input)
      region = node.layer.inputRegions(of: region, inputs: [shape])[0]
      guard node.layer.handsZerosOn, let next = try? network.node(input) else { return nil }
      node = next
    }
  }

  func value(of cells: [UnsafeMutablePointer<Float>]) -> Float {
    sources.reduce(0) { $0 + cells[$1.target][highest(of: $1, in: cells)] }
  }

  func seed(_ seeds: [UnsafeMutablePointer<Float>], at cells: [UnsafeMutablePointer<Float>]) {
    for (target, seed) in zip(targets, seeds) { seed.update(repeating: 0, count: target.count) }
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

extension Layer {
  /// Whether zeros everywhere give zeros everywhere, with no weights in between.
  fileprivate var handsZerosOn: Bool {
    self is MaxPooling2D || self is AveragePooling2D || self is GlobalMaxPooling2D
      || self is GlobalAveragePooling2D || self is Flatten || self is Reshape || self is Permute
      || self is Dropout || self is ZeroPadding2D
  }
}
