import TonoCore
import TonoNetwork

/// To tell which recording an imitation means: pairs that belong together, and pairs that do not.
///
/// In an epoch each imitation meets its own recording once, and one of another concept, drawn anew.
public struct PairTask: TrainingTask {
  /// An imitation beside a recording, by their places in the lists.
  public struct Pair: Sendable, Hashable, Codable {
    /// The imitation.
    public let imitation: Int
    /// The recording.
    public let recording: Int
    /// Whether the one imitates the other.
    public let isMatch: Bool

    /// A pair.
    public init(imitation: Int, recording: Int, isMatch: Bool) {
      self.imitation = imitation
      self.recording = recording
      self.isMatch = isMatch
    }
  }

  /// Recordings, and imitations of them, by their features.
  public struct Sounds: Sendable {
    /// The features of the recordings.
    public let recordings: [Tensor]
    /// The concept of each recording.
    public let concepts: [Int]
    /// The features of the imitations that are learned from, and then of those for validation.
    public let imitations: [Tensor]
    /// The concept that each imitation means.
    public let meanings: [Int]
    /// How many imitations at the end are for validation.
    public let validationCount: Int

    /// Sounds with what they mean.
    public init(
      recordings: [Tensor], concepts: [Int], imitations: [Tensor], meanings: [Int],
      validationCount: Int = 0
    ) {
      precondition(recordings.count == concepts.count, "a concept for each recording")
      precondition(imitations.count == meanings.count, "a concept for each imitation")
      precondition(validationCount <= imitations.count, "a part of the imitations")
      self.recordings = recordings
      self.concepts = concepts
      self.imitations = imitations
      self.meanings = meanings
      self.validationCount = validationCount
    }
  }

  /// How the recording of a pair that does not belong together is chosen.
  public enum Negatives: String, Sendable, Codable, CaseIterable {
    /// Any recording of another concept, all alike.
    case random
    /// Of eight such recordings the one that the network finds most like the imitation when the epoch
    /// begins.
    case hard

    /// How many are drawn to choose from.
    var candidates: Int { self == .hard ? 8 : 1 }
  }

  /// One pair, or for a triplet loss the pair that belongs together and the one that does not.
  public typealias Example = [Pair]

  /// The layer in front of the sigmoid.
  public var output: String { graph.logit }
  /// As many as the loss compares.
  public var rowsPerExample: Int { criterion.pairsPerExample }

  let graph: PairGraph
  private let sounds: Sounds
  private let criterion: PairLoss
  private let negatives: Negatives
  private let augmentations: (imitation: RowAugmentation?, recording: RowAugmentation?)
  private let validation: [Pair]
  /// Per concept the places of its recordings, and of those of all others.
  private let recordings: [Int: [Int]]
  private let others: [Int: [Int]]

  /// The task of a siamese network.
  ///
  /// - Parameters:
  ///   - network: with the imitation's input first and the recording's second, and one sigmoid at its end.
  ///   - sounds: what is learned from.
  ///   - loss: which loss is descended.
  ///   - negatives: how pairs that do not belong together are chosen.
  ///   - augmenters: how imitations and recordings are changed at random each time.
  ///   - seed: what determines the pairs for validation, and the chance of augmentations.
  /// - Throws: `InputError` if the network is no siamese network, features are of another shape, an
  ///   imitation means none of the recordings, or there is but one concept.
  public init(
    _ network: Network, sounds: Sounds, loss: PairLoss = .binaryCrossEntropy,
    negatives: Negatives = .random,
    augmenters: (imitation: Augmenter?, recording: Augmenter?) = (nil, nil),
    seed: UInt64
  ) throws {
    graph = try PairGraph(network)
    for (input, features) in [
      (graph.imitation, sounds.imitations), (graph.recording, sounds.recordings),
    ] {
      if let other = features.first(where: { $0.shape != input.shape }) {
        throw InputError(
          "the input '\(input.name)' takes \(input.shape), but the features are \(other.shape)")
      }
    }
    let places = sounds.recordings.indices
    let recordings = Dictionary(grouping: places) { sounds.concepts[$0] }
    guard recordings.count > 1 else {
      throw InputError(
        """
        there are recordings of \(recordings.count) concept to learn from, so that no pair of sounds does not \
        belong together; at least two are needed
        """)
    }
    guard sounds.meanings.allSatisfy({ recordings[$0] != nil }) else {
      throw InputError("an imitation means a concept without a recording; leave it out")
    }
    self.recordings = recordings
    others = recordings.keys.reduce(into: [:]) { others, concept in
      others[concept] = places.filter { sounds.concepts[$0] != concept }
    }
    self.sounds = sounds
    criterion = loss
    self.negatives = negatives
    self.augmentations = (
      augmenters.imitation.map { RowAugmentation($0, seed: seed, text: "imitation") },
      augmenters.recording.map { RowAugmentation($0, seed: seed, text: "recording") }
    )
    var validation: [Pair] = []
    var source = RandomSource(seed: seed, text: "validation")
    var random = SplitMix64(seed: source.next())
    for imitation in sounds.imitations.indices.suffix(sounds.validationCount) {
      for pairs in [
        Self.near(imitation, sounds, recordings, using: &random),
        Self.far(imitation, sounds, others, using: &random),
      ] { validation.append(pairs) }
    }
    self.validation = validation
  }

  /// How many examples an epoch has.
  public var examplesPerEpoch: Int {
    (sounds.imitations.count - sounds.validationCount) * (rowsPerExample == 1 ? 2 : 1)
  }

  /// Whether a part was kept to validate on.
  public var hasValidation: Bool { !validation.isEmpty }

  /// The examples of an epoch, shuffled.
  ///
  /// - Throws: `NetworkError` if the network has another graph.
  public func examples(
    of epoch: Int, network: Network, threads: Int, seed: UInt64
  ) throws -> [Example] {
    var random = SplitMix64(seed: seed)
    let imitations = sounds.imitations.indices.dropLast(sounds.validationCount)
    let near = imitations.map { Self.near($0, sounds, recordings, using: &random) }
    var far = imitations.map { imitation in
      (0..<negatives.candidates).map { _ in Self.far(imitation, sounds, others, using: &random) }
    }
    if negatives == .hard {
      let candidates = far.flatMap(\.self)
      let logits = try graph.logits(
        network, of: candidates, imitations: sounds.imitations, recordings: sounds.recordings,
        threads: threads
      ).values
      far = far.enumerated().map { index, pairs in
        let first = index * negatives.candidates
        let hardest = pairs.indices.max { logits[first + $0] < logits[first + $1] } ?? 0
        return [pairs[hardest]]
      }
    }
    let examples =
      rowsPerExample == 1
      ? (near + far.map { $0[0] }).map { [$0] } : zip(near, far).map { [$0, $1[0]] }
    return examples.shuffled(using: &random)
  }

  private static func near(
    _ imitation: Int, _ sounds: Sounds, _ recordings: [Int: [Int]],
    using random: inout SplitMix64
  ) -> Pair {
    let own = recordings[sounds.meanings[imitation]] ?? []
    return Pair(
      imitation: imitation, recording: own[Int.random(in: own.indices, using: &random)],
      isMatch: true)
  }

  private static func far(
    _ imitation: Int, _ sounds: Sounds, _ others: [Int: [Int]], using random: inout SplitMix64
  ) -> Pair {
    let other = others[sounds.meanings[imitation]] ?? []
    return Pair(
      imitation: imitation, recording: other[Int.random(in: other.indices, using: &random)],
      isMatch: false)
  }

  /// The inputs of a batch, `[rows] + input shape`.
  ///
  /// - Throws: nothing but what copying throws.
  public func batch(
    _ examples: ArraySlice<Example>, of epoch: Int, threads: Int
  ) throws -> [String: Tensor] {
    let pairs = examples.flatMap(\.self)
    let first = examples.startIndex * rowsPerExample
    return [
      graph.imitation.name: try Tensor(
        rows: pairs.map { sounds.imitations[$0.imitation] }, of: epoch, from: first,
        changedBy: augmentations.imitation, threads: threads),
      graph.recording.name: try Tensor(
        rows: pairs.map { sounds.recordings[$0.recording] }, of: epoch, from: first,
        changedBy: augmentations.recording, threads: threads),
    ]
  }

  /// The loss of logits `[rows, …]` of a part of the epoch.
  public func loss(_ logits: Tensor, of examples: ArraySlice<Example>) -> BatchLoss {
    criterion(logits, matches: examples.flatMap { $0.map(\.isMatch) })
  }

  /// The loss and the accuracy on the part kept for it.
  ///
  /// - Throws: `NetworkError` if the network has another graph.
  public func validate(_ network: Network, threads: Int) throws -> Measure? {
    guard !validation.isEmpty else { return nil }
    let logits = try graph.logits(
      network, of: validation, imitations: sounds.imitations, recordings: sounds.recordings,
      threads: threads)
    let loss = criterion(logits, matches: validation.map(\.isMatch))
    return Measure(
      loss: loss.value, accuracy: Double(loss.correct) / Double(validation.count))
  }
}
