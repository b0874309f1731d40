import TonoCore

/// What a recipe cannot mean: which key, what is wrong with it, and what would help.
public struct RecipeError: Error, Equatable, CustomStringConvertible {
  /// The key, as in a recipe's JSON.
  public let key: String
  /// The rest of a sentence of which the key is the subject, without a full stop.
  public let problem: String
  /// What would help.
  public let remedy: Remedy

  /// An error about a key.
  public init(_ key: String, _ problem: String, _ remedy: Remedy) {
    self.key = key
    self.problem = oneLine(problem)
    self.remedy = remedy
  }

  /// A value that is not what the key takes.
  init(_ key: String, got: String, expected: String) {
    self.init(key, "is \(got)", .give(expected))
  }

  /// The sentence, in words that suit no face in particular.
  public var description: String { "'\(key)' \(problem); \(remedy)" }
}
