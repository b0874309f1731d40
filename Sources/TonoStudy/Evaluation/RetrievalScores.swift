import TonoCore
import TonoLearn
import TonoNetwork
import TonoSearch

/// How well a siamese network finds each imitation of a data set with each recording.
struct RetrievalScores: Sendable {
  private let sounds: ImitationSounds
  /// The place of each recording among the scores.
  private let places: [SoundSource: Int]
  /// Per imitation a score for each recording.
  private let scores: [SoundSource: [Float]]

  /// The scores of all imitations with all recordings.
  ///
  /// - Parameters:
  ///   - sounds: of which all have features.
  ///   - network: what scores.
  ///   - imitations: the features of the imitations, by the network's front end.
  ///   - recordings: those of the recordings.
  ///   - threads: how many work; scores do not depend on it.
  /// - Throws: `InputError` if a score is no finite number.
  init(
    _ sounds: ImitationSounds, by network: SiameseNetwork, imitations: FeatureSet,
    recordings: FeatureSet, threads: Int
  ) throws {
    self.sounds = sounds
    let references = sounds.referenceSources
    places = Dictionary(
      references.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    let table = CodeTable(
      length: network.recordings.length,
      values: try Self.codes(references, recordings, network.recordings, threads)
        .flatMap(\.self))
    let queries = sounds.imitationSources
    let codes = try Self.codes(queries, imitations, network.imitations, threads)
    let answers = Collected<[Float]>()
    try concurrently(queries.count, threads: threads) { index, _ in
      answers.store(try network.scores(of: codes[index], with: table), at: index)
    }
    scores = Dictionary(
      zip(queries, answers.inOrder), uniquingKeysWith: { first, _ in first })
  }

  /// The codes of some sounds, in their order.
  private static func codes(
    _ sources: [SoundSource], _ features: FeatureSet, _ encoder: PairEncoder, _ threads: Int
  ) throws -> [[Float]] {
    let codes = Collected<[Float]>()
    let shares = min(threads, sources.count)
    try concurrently(shares, threads: threads) { share, checkForFailure in
      let workspace = encoder.makeWorkspace()
      for index in stride(from: share, to: sources.count, by: shares) {
        try checkForFailure()
        guard let tensor = features[sources[index]] else {
          throw InputError("has no features", about: sources[index].description)
        }
        codes.store(encoder.code(of: tensor, in: workspace), at: index)
      }
    }
    return codes.inOrder
  }

  /// The rankings of some queries among their candidates.
  func answers(
    to queries: [QuerySet.Query], among candidates: CandidateSet, _ split: RetrievalSplit?
  ) -> [AnsweredQuery] {
    queries.compactMap { query in
      guard let scores = scores[query.imitation.source] else { return nil }
      let concepts = candidates.concepts(for: query, in: sounds, split)
      let recordings = concepts.flatMap { concept in
        concept.references.map { (source: $0, concept: concept) }
      }
      let ranked = recordings.map { scores[places[$0.source] ?? 0] }
      func ranking(_ isRelevant: (ImitationSounds.Concept) -> Bool) -> RankedRelevance? {
        let relevant = recordings.indices.filter { isRelevant(recordings[$0].concept) }
        return relevant.isEmpty
          ? nil : RankedRelevance(scores: ranked, relevant: Set(relevant))
      }
      guard let own = ranking({ $0.id == query.concept.id }) else { return nil }
      let hasClasses = Set(concepts.map(\.category)).count > 1
      return AnsweredQuery(
        query: query.imitation.source.description, sound: query.concept.id,
        person: query.imitation.person, category: query.concept.category, ranking: own,
        classRanking: hasClasses
          ? ranking { $0.category == query.concept.category } : nil)
    }
  }
}
