import TonoCore

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
