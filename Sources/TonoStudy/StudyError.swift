import TonoNetwork

/// What went wrong with a file, a run or a recipe, in one sentence: got, expected, what to do.
public struct StudyError: Error, Equatable, CustomStringConvertible {
  /// The sentence.
  public let description: String

  /// An error that says `description`, on one line whatever names of files and arrays are in it.
  public init(_ description: String) { self.description = oneLine(description) }
}
