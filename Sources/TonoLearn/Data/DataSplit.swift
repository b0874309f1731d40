/// Which sounds of a labelled data set serve for what.
///
/// A plain value that is saved beside the model: sounds are named by `SoundSource.description`.
public struct LabelledSplit: Codable, Equatable, Sendable {
  /// How it was made, in words and with its seed.
  public let rule: String
  /// The sounds that weights are learned from.
  public let training: [String]
  /// The sounds that tell when to stop; may be none.
  public let validation: [String]
  /// The sounds that are counted at the end.
  public let test: [String]
}

/// Which concepts and imitations of a retrieval data set serve for what.
///
/// A plain value that is saved beside the model: concepts are named by `ImitationSounds.Concept.id`,
/// imitations by `SoundSource.description`.
public struct RetrievalSplit: Codable, Equatable, Sendable {
  /// How it was made, in words and with its seed.
  public let rule: String
  /// The concepts that are trained on.
  public let trainingConcepts: [String]
  /// The concepts whose recordings are the candidates of the test.
  public let testConcepts: [String]
  /// The imitations that weights are learned from, all of training concepts.
  public let training: [String]
  /// The imitations that tell when to stop, all of training concepts; may be none.
  public let validation: [String]
  /// The queries of the test, all of test concepts.
  public let test: [String]
}

/// An imitation beside a recording, and whether it imitates it.
public struct ImitationPair: Hashable, Sendable {
  /// The imitation.
  public let imitation: SoundSource
  /// The recording.
  public let recording: SoundSource
  /// Whether the one imitates the other.
  public let isMatch: Bool

  /// A pair.
  public init(imitation: SoundSource, recording: SoundSource, isMatch: Bool) {
    self.imitation = imitation
    self.recording = recording
    self.isMatch = isMatch
  }
}
