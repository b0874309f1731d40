/// What a person can do about an ``InputError``, where each face has words of its own for it.
public enum Remedy: Equatable, Sendable, CustomStringConvertible {
  /// Say which front end stands before an input, or that there is none.
  case nameFrontEnd
  /// Say which input hears the imitation.
  case nameImitationInput
  /// Name another index file, or have the one that is there made anew.
  case chooseIndex

  /// The remedy in words that suit no face in particular.
  public var description: String {
    switch self {
    case .nameFrontEnd: "name another front end, or none"
    case .nameImitationInput: "name the input that hears the imitation"
    case .chooseIndex: "name another index file, or have this one made anew"
    }
  }
}
