import TonoNetwork

/// Why a data set, a split or a cache could not be used: one sentence for the user.
public struct DataError: Error, Equatable, CustomStringConvertible {
  /// What was got, what was expected, where, and what to do.
  public let description: String

  /// An error that says `description`, on one line.
  public init(_ description: String) { self.description = oneLine(description) }
}
