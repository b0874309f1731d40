import TonoCore

/// Why a text is no objective, or one that a network does not have, in one sentence.
public struct ObjectiveError: Error, Equatable, CustomStringConvertible {
  /// The sentence.
  public let description: String

  /// An error that says `description`, on one line.
  public init(_ description: String) { self.description = oneLine(description) }
}
