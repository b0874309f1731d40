import TonoCore
import TonoNetwork

/// What an ascent maximizes, examples are ranked by and gradients are taken of: a weighted sum of readouts.
///
/// A neuron is the simplest one. Objectives are values that compose:
///
///     let onset = Objective(try NeuronReference("nyu_conv_3:17"))
///     let hum = Objective(try NeuronReference("nyu_conv_3:4"))
///     let both = onset - 0.5 * hum
///
/// One text form is used everywhere, and parsed from exactly what it prints:
/// `nyu_conv_3:17 - 0.5*nyu_conv_3:4`, `square(nyu_conv_2)`; see ``Readout`` for the parts, and
/// `Objective(_:)` for the grammar.
public struct Objective: Hashable, Sendable {
  /// One readout with its weight.
  public struct Term: Hashable, Sendable {
    /// What the readout counts; a finite number.
    public let weight: Float
    /// The readout.
    public let readout: Readout
  }

  /// The readouts with their weights, in the order they were added; at least one.
  public let terms: [Term]

  /// The objective that is one neuron.
  public init(_ neuron: NeuronReference) { self.init(Readout(neuron)) }

  /// The objective that is one readout.
  public init(_ readout: Readout) { self.init(terms: [Term(weight: 1, readout: readout)]) }

  /// A sum.
  ///
  /// - Precondition: there is a term, and weights are finite.
  init(terms: [Term]) {
    precondition(!terms.isEmpty && terms.allSatisfy { $0.weight.isFinite }, "a sum of \(terms)")
    self.terms = terms
  }

  /// Both together.
  public static func + (a: Objective, b: Objective) -> Objective {
    Objective(terms: a.terms + b.terms)
  }

  /// The first without the second.
  public static func - (a: Objective, b: Objective) -> Objective { a + -1 * b }

  /// Every weight multiplied by a finite factor.
  public static func * (factor: Float, objective: Objective) -> Objective {
    Objective(
      terms: objective.terms.map { Term(weight: factor * $0.weight, readout: $0.readout) })
  }

  /// The neuron that this is, if it is a single one that counts once.
  public var neuron: NeuronReference? {
    terms.count == 1 && terms[0].weight == 1 ? terms[0].readout.neuron : nil
  }

  /// The names of the layers that it looks at, each once, in order.
  public var layers: [String] {
    var seen: Set<String> = []
    return terms.map(\.readout.layer).filter { seen.insert($0).inserted }
  }

  /// Checks that a network has all of its cells.
  ///
  /// - Throws: ``NeuronError``, ``ObjectiveError`` or `NetworkError` if it does not.
  public func check(in network: Network) throws {
    for term in terms { _ = try term.readout.region(in: network) }
  }
}
