/// What the QVIM challenge (AES AIMLA 2025) publishes of its development set: 985 imitations of 121 sounds.
///
/// They are the challenge's, not this project's: they stand beside what is measured, to be compared.
enum ChallengeNumbers {
  /// A system and its means over all imitations.
  struct System {
    let name: String
    /// Of the sound that was imitated, among all.
    let meanReciprocalRank: Double
    /// Where every sound of the imitated class is relevant; nil where none is told.
    let normalizedGain: Double?
  }

  /// Sources: README of qvim-aes/qvim-baseline, and the table of results on qvim-aes.github.io.
  static let systems = [
    System(name: "chance", meanReciprocalRank: 0.0444, normalizedGain: 0.337),
    System(name: "MobileNetV3 baseline", meanReciprocalRank: 0.2726, normalizedGain: 0.6463),
    System(name: "first by listeners (Queen Mary)", meanReciprocalRank: 0.299, normalizedGain: nil),
    System(name: "first by MRR (Chung)", meanReciprocalRank: 0.310, normalizedGain: nil),
  ]
}
