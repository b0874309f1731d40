import TonoNetwork

/// The highest cell before the activation that leaves a sleeping neuron without a gradient.
///
/// A neuron behind a ReLU that is at zero over its whole map has no gradient, so an ascent cannot
/// start; nor can it behind a sigmoid so far down that its slope rounds to zero. Its pre-activation
/// has one: climbing the cell nearest to firing leads to where the neuron answers. (Lucid overrides
/// the gradient of ReLU instead; this is the true gradient of a true scalar.)
struct PreActivation: Scalar {
  /// A node before an activation, and the cells of it that the neuron looks at.
  private struct Source {
    let node: String
    let offsets: [Int]
  }

  private let sources: [Source]

  /// The pre-activations of an objective's neurons, or nil if no activation stands right before
  /// them: before the pooling, reordering and dropout that only hand zeros on.
  init?(of objective: Objective, in network: Network) throws {
    sources = try objective.terms.compactMap { term in
      var node = try network.node(term.neuron.layer)
      var region = try term.neuron.region(in: network)
      while true {
        guard node.inputs.count == 1, let input = node.inputs.first else { return nil }
        let shape = try network.shape(of: input)
        if node.layer is any Activation || node.layer is Softmax {
          return Source(node: input, offsets: region.offsets(in: shape))
        }
        region = node.layer.inputRegions(of: region, inputs: [shape])[0]
        guard node.layer.handsZerosOn, let next = try? network.node(input) else { return nil }
        node = next
      }
    }
    if sources.isEmpty { return nil }
  }

  var nodes: [String] { Array(Set(sources.map(\.node))).sorted() }

  func values(of activations: Activations) -> [Float] {
    let count = activations[sources[0].node].shape[0]
    return (0..<count).map { sample in
      sources.reduce(0) { total, source in
        let tensor = activations[source.node]
        return total + tensor.values[highest(of: source, in: tensor, sample: sample)]
      }
    }
  }

  func seeds(for activations: Activations) -> [String: Tensor] {
    var seeds: [String: Tensor] = [:]
    for source in sources {
      let tensor = activations[source.node]
      for sample in 0..<tensor.shape[0] {
        let cell = highest(of: source, in: tensor, sample: sample)
        seeds[source.node, default: Tensor(shape: tensor.shape)].values[cell] += 1
      }
    }
    return seeds
  }

  private func highest(of source: Source, in tensor: Tensor, sample: Int) -> Int {
    let start = sample * tensor.shape.sample.count
    return source.offsets.reduce(start + source.offsets[0]) {
      tensor.values[start + $1] > tensor.values[$0] ? start + $1 : $0
    }
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
