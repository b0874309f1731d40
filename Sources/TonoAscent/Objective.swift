import TonoNetwork

/// A differentiable scalar of one sample's activations.
protocol Scalar: Sendable {
  /// The names of the nodes it looks at.
  var nodes: [String] { get }

  /// Its value for each sample of a forward pass that reached its nodes.
  func values(of activations: Activations) -> [Float]

  /// Its gradient with respect to each of its nodes, `[N] + node shape`.
  func seeds(for activations: Activations) -> [String: Tensor]
}

/// What an ascent maximizes: a weighted sum of neurons.
///
/// A neuron counts as the mean of its cells: of its map for a channel, the value itself for a unit or
/// an element of a vector.
public struct Objective: Hashable, Sendable, Codable, CustomStringConvertible {
  /// One neuron with its weight.
  public struct Term: Hashable, Sendable, Codable {
    /// What the neuron counts.
    public let weight: Float
    /// The neuron.
    public let neuron: NeuronReference
  }

  /// The neurons with their weights, in the order they were added.
  public let terms: [Term]

  /// The objective that is one neuron.
  public init(_ neuron: NeuronReference) {
    terms = [Term(weight: 1, neuron: neuron)]
  }

  private init(terms: [Term]) { self.terms = terms }

  /// Both together.
  public static func + (a: Objective, b: Objective) -> Objective {
    Objective(terms: a.terms + b.terms)
  }

  /// The first without the second.
  public static func - (a: Objective, b: Objective) -> Objective { a + -1 * b }

  /// Every weight multiplied by `factor`.
  public static func * (factor: Float, objective: Objective) -> Objective {
    Objective(
      terms: objective.terms.map { Term(weight: factor * $0.weight, neuron: $0.neuron) })
  }

  /// The sum, as in `nyu_conv_3:17 - 0.5*nyu_conv_3:4`.
  public var description: String {
    terms.enumerated().map { index, term in
      let sign = term.weight < 0 ? (index == 0 ? "-" : " - ") : (index == 0 ? "" : " + ")
      let weight = term.weight.magnitude
      return sign + (weight == 1 ? "" : "\(weight)*") + term.neuron.description
    }.joined()
  }
}

/// An objective bound to a network: its neurons looked up once.
public struct BoundObjective: Scalar {
  /// One neuron's cells and what each of them counts.
  private struct Term {
    let node: String
    let offsets: [Int]
    let weight: Float
  }

  private let terms: [Term]

  /// The objective on this network.
  ///
  /// - Throws: `NeuronError` or `NetworkError` if the network has no such neuron.
  public init(_ objective: Objective, in network: Network) throws {
    terms = try objective.terms.map { term in
      let offsets = try term.neuron.region(in: network).offsets(
        in: try network.shape(of: term.neuron.layer))
      return Term(node: term.neuron.layer, offsets: offsets, weight: term.weight)
    }
  }

  /// The names of the nodes it looks at.
  public var nodes: [String] { Array(Set(terms.map(\.node))).sorted() }

  /// Its value for each sample of a forward pass that reached its nodes.
  public func values(of activations: Activations) -> [Float] {
    let count = activations[terms[0].node].shape[0]
    return (0..<count).map { sample in
      Float(
        terms.reduce(0.0) { total, term in
          let tensor = activations[term.node]
          let start = sample * (tensor.count / count)
          let sum = term.offsets.reduce(0.0) { $0 + Double(tensor.values[start + $1]) }
          return total + Double(term.weight) * sum / Double(term.offsets.count)
        })
    }
  }

  /// Its gradient with respect to each of its nodes, `[N] + node shape`.
  public func seeds(for activations: Activations) -> [String: Tensor] {
    var seeds: [String: Tensor] = [:]
    for term in terms {
      let shape = activations[term.node].shape
      let share = term.weight / Float(term.offsets.count)
      for start in stride(from: 0, to: shape.count, by: shape.sample.count) {
        for offset in term.offsets {
          seeds[term.node, default: Tensor(shape: shape)].values[start + offset] += share
        }
      }
    }
    return seeds
  }
}
