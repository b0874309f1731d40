/// What went wrong with a file, a run or a recipe, in one sentence: got, expected, what to do.
public struct StudyError: Error, Equatable, CustomStringConvertible {
  /// The sentence.
  public let description: String

  /// An error that says `description`.
  public init(_ description: String) { self.description = description }
}
