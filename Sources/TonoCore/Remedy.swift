/// What a person can do about an ``InputError``, where each face has words of its own for it.
public enum Remedy: Equatable, Sendable, CustomStringConvertible {
  /// Say which front end stands before an input, or that there is none.
  case nameFrontEnd

  /// The remedy in words that suit no face in particular.
  public var description: String {
    switch self {
    case .nameFrontEnd: "name another front end, or none"
    }
  }
}
