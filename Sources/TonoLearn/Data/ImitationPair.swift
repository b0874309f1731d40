import Foundation
import TonoAudio

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

  /// How much an imitation and a recording are taken for a match; larger for those that are harder to tell apart.
  public typealias Score = (_ imitation: SoundSource, _ recording: SoundSource) throws -> Float

  /// Matching pairs of imitations with the recordings that they imitate, and others that do not match.
  ///
  /// Each imitation stands in one matching pair, and in `negatives` others with recordings of different concepts:
  /// the paper's 840 and 840. Where a concept has several recordings, chance decides which one is taken.
  ///
  /// - Parameters:
  ///   - queries: the imitations and their concepts.
  ///   - concepts: whose recordings are taken.
  ///   - negatives: how many pairs that do not match stand against each that does.
  ///   - seed: what decides, with `epoch`.
  ///   - epoch: which time it is; each has other pairs that do not match.
  ///   - pool: how many recordings are drawn for each pair that does not match, of which the one with the largest
  ///     score is taken: 1 takes any, more make hard negatives.
  ///   - score: how hard they are; asked only if `pool` is more than 1.
  /// - Returns: the pairs, matching and not in turn, in the order of the queries; shuffling is the trainer's.
  /// - Throws: `DataError` if there are fewer than two concepts, and what `score` throws.
  public static func pairs(
    of queries: [RetrievalSplit.Query], among concepts: [ImitationSounds.Concept],
    negatives: Int = 1, seed: UInt64, epoch: Int = 0, hardestOf pool: Int = 1,
    by score: Score = { _, _ in 0 }
  ) throws -> [ImitationPair] {
    guard concepts.count >= 2 else {
      throw DataError(
        "pairs that do not match need two concepts or more, and there are \(concepts.count); train on more"
      )
    }
    var pairs: [ImitationPair] = []
    for (index, query) in queries.enumerated() {
      var random = seededRandom(seed, epoch, index)
      let imitation = query.imitation.source
      func add(_ concept: ImitationSounds.Concept, _ isMatch: Bool) {
        guard let recording = concept.references.randomElement(using: &random) else { return }
        pairs.append(
          ImitationPair(imitation: imitation, recording: recording, isMatch: isMatch))
      }
      add(query.concept, true)
      let others = concepts.filter { $0.id != query.concept.id }
      for _ in 0..<negatives {
        let drawn = (0..<max(1, pool)).compactMap { _ in others.randomElement(using: &random) }
        guard drawn.count > 1 else {
          if let first = drawn.first { add(first, false) }
          continue
        }
        let scored = try drawn.map { concept in
          try (concept, concept.references.map { try score(imitation, $0) }.max() ?? -.infinity)
        }
        if let hardest = scored.max(by: { $0.1 < $1.1 })?.0 { add(hardest, false) }
      }
    }
    return pairs
  }
}
