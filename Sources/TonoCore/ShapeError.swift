/// What a layer cannot take, in one sentence: got, expected, and what to do.
public struct ShapeError: Error, Equatable, CustomStringConvertible {
  /// The sentence.
  public let description: String

  /// An error that says `description`.
  public init(_ description: String) { self.description = description }
}
