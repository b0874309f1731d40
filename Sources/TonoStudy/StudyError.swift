/// Why a study cannot be made, in one sentence: got, expected, where, and what to do.
public struct StudyError: Error, Equatable, CustomStringConvertible {
  /// The sentence.
  public let description: String

  /// An error that says `description`.
  public init(_ description: String) { self.description = description }
}
