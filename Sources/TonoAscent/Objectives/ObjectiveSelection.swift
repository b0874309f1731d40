import TonoCore
import TonoNetwork

/// What a person types for objectives: one in the text form, or neurons of a layer at once.
public struct ObjectiveSelection: Hashable, Sendable {
  private let text: String

  /// Any text; what it names is looked up in a network.
  public init(_ text: String) { self.text = text }

  /// The objectives meant: those of `nyu_conv_3:0-11` and `nyu_conv_3:*` in the order of their channels,
  /// else the only one.
  ///
  /// A layer of the network that the text names is meant, even where its name reads as a sum.
  ///
  /// - Throws: `NeuronError`, `ObjectiveError` or `NetworkError` if the text is none, or the network has
  ///   no such cells.
  public func objectives(in network: Network) throws -> [Objective] {
    let selection = Result { try NeuronSelection(text) }
    let objective = Result { try Objective(text) }
    let isLayer = (try? selection.get()).map { (try? network.node($0.layer)) != nil } ?? false
    if !isLayer, let sum = try? objective.get(), sum.neuron == nil {
      try sum.check(in: network)
      return [sum]
    }
    if case .failure(let error) = objective, case .failure = selection, isComposed { throw error }
    return try selection.get().neurons(in: network).map { Objective($0) }
  }

  /// Whether the text can be no neuron, so that what is said of it is about sums.
  private var isComposed: Bool {
    text.contains(" + ") || text.contains(" - ") || text.contains("*") && !text.hasSuffix(":*")
      || text.contains("(") || text.hasPrefix("-")
  }
}
