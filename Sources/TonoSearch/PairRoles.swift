import TonoAudio
import TonoCore
import TonoNetwork

/// Which of a siamese network's two inputs hears the imitation, and which the recording.
public struct PairRoles: Hashable, Sendable {
  /// The input that hears the vocal imitation: the query.
  public let imitation: String
  /// The input that hears the recording: the candidate.
  public let recording: String

  /// The roles of a network's two inputs.
  ///
  /// Without `imitation` they are found from words in the front ends' names and then in the inputs' own,
  /// such as `tl-iminet/imitation` or `ref_input_b`; one input that is known makes the other one known.
  ///
  /// - Parameters:
  ///   - network: a network of two inputs.
  ///   - frontEnds: per input name what stands before it.
  ///   - imitation: the input that hears the imitation, if its name does not say so.
  /// - Throws: `InputError` if there are not two inputs, none is called `imitation`, or names say
  ///   nothing or contradict each other.
  public init(
    of network: Network, frontEnds: [String: FrontEnd], imitation: String? = nil
  ) throws {
    let names = network.inputs.map(\.name)
    guard names.count == 2 else {
      throw InputError(
        "a network that compares an imitation with a recording has two inputs, but this one has "
          + "\(names.count) (\(names.joined(separator: ", "))); give a siamese network")
    }
    func other(than name: String) -> String { name == names[0] ? names[1] : names[0] }
    if let imitation {
      guard names.contains(imitation) else {
        throw InputError(
          "there is no input '\(imitation)' to hear imitations; the inputs are "
            + names.joined(separator: " and "))
      }
      (self.imitation, recording) = (imitation, other(than: imitation))
      return
    }
    let roles = names.map { name in
      frontEnds[name].flatMap { Role(namedIn: $0.name) } ?? Role(namedIn: name)
    }
    switch (roles[0], roles[1]) {
    case (.imitation?, .recording?), (.imitation?, nil), (nil, .recording?):
      (self.imitation, recording) = (names[0], names[1])
    case (.recording?, .imitation?), (.recording?, nil), (nil, .imitation?):
      (self.imitation, recording) = (names[1], names[0])
    default:
      throw InputError(
        "which of the inputs \(names.joined(separator: " and ")) hears the imitation cannot be told "
          + "from their names", remedy: .nameImitationInput)
    }
  }

  /// What a name says.
  private enum Role {
    case imitation, recording

    private static let imitations: Set = [
      "imitation", "imitations", "imi", "vocal", "voice", "query", "queries",
    ]
    private static let recordings: Set = [
      "recording", "recordings", "ref", "reference", "references", "sound", "item", "original",
    ]

    /// The role that a name's words speak of, if they speak of one.
    init?(namedIn name: String) {
      let words = Set(name.lowercased().split { !$0.isLetter }.map(String.init))
      switch (words.isDisjoint(with: Self.imitations), words.isDisjoint(with: Self.recordings)) {
      case (false, true): self = .imitation
      case (true, false): self = .recording
      default: return nil
      }
    }
  }
}
