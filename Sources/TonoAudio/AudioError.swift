import TonoNetwork

/// Why a sound, a front end or an inversion could not be used: one sentence for the user.
public struct AudioError: Error, Equatable, CustomStringConvertible {
  /// What was got, what was expected, where, and what to do.
  public let description: String

  /// An error that says `description`, on one line.
  public init(_ description: String) {
    self.description = oneLine(description)
  }
}
