import TonoNetwork

/// Why sounds cannot be searched or ranked, in one sentence: what, where, what to do.
public struct SearchError: Error, Equatable, CustomStringConvertible {
  /// The sentence, without a full stop.
  public let description: String

  /// An error with this sentence; line feeds and what else controls a terminal become `�`.
  public init(_ description: String) { self.description = oneLine(description) }
}
