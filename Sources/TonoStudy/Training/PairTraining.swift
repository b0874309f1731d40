import Foundation
import TonoAudio
import TonoCore
import TonoFiles
import TonoLearn
import TonoModels
import TonoNetwork
import TonoSearch

/// To train a siamese network to find the recording that a vocal imitation means.
public struct PairTraining: Sendable {
  /// The network to begin with: the imitation's input first, then the recording's, one sigmoid at its end.
  public let start: Network
  /// What stands before the input of imitations.
  public let imitationFrontEnd: FrontEnd
  /// What stands before the input of recordings.
  public let recordingFrontEnd: FrontEnd
  /// The data set.
  public let sounds: ImitationSounds
  /// How it is trained.
  public let recipe: TrainingRecipe
  /// By which loss and which pairs.
  public let pairs: PairRecipe
  /// What the test holds out: sounds, people, or both.
  public let heldOut: HeldOut

  /// A training of a network on a data set.
  ///
  /// - Throws: `InputError` if the network has not two inputs.
  public init(
    _ start: Network, imitationFrontEnd: FrontEnd, recordingFrontEnd: FrontEnd,
    sounds: ImitationSounds, recipe: TrainingRecipe, pairs: PairRecipe = PairRecipe(),
    heldOut: HeldOut = .sounds
  ) throws {
    guard start.inputs.count == 2 else {
      throw InputError("a siamese network has two inputs, but this one has \(start.inputs.count)")
    }
    self.start = start
    self.imitationFrontEnd = imitationFrontEnd
    self.recordingFrontEnd = recordingFrontEnd
    self.sounds = sounds
    self.recipe = recipe
    self.pairs = pairs
    self.heldOut = heldOut
  }

  private var frontEnds: [String: FrontEnd] {
    [start.inputs[0].name: imitationFrontEnd, start.inputs[1].name: recordingFrontEnd]
  }

  /// Trains, or tells what was trained here before.
  ///
  /// - Parameters:
  ///   - folder: where all goes.
  ///   - cache: where features are kept.
  ///   - threads: how many threads work; no result depends on it.
  ///   - observe: hears what happens; may be called from several threads while features are made.
  /// - Returns: what the training was and came to.
  /// - Throws: `InputError` if the data or the recipe do not fit or a file cannot be written, and what
  ///   `observe` throws.
  public func run(
    in folder: TrainingFolder, cache: FeatureCache, threads: Int,
    _ observe: @escaping @Sendable (TrainingEvent) throws -> Void
  ) throws -> TrainingReport {
    let (references, voices) = (sounds.referenceSources, sounds.imitationSources)
    let total = references.count + voices.count
    let recordings = try cache.features(of: references, by: recordingFrontEnd, threads: threads) {
      done, _ in try? observe(.features(done, of: total))
    }
    let imitations = try cache.features(of: voices, by: imitationFrontEnd, threads: threads) {
      done, _ in try? observe(.features(references.count + done, of: total))
    }
    let usable = sounds.usable(references: recordings, imitations: imitations)
    for problem in usable.problems { try observe(.problem(problem)) }
    let split = try RetrievalSplit.standard(
      for: usable, holdingOut: heldOut, validationShare: recipe.validationShare,
      seed: recipe.splitSeed)
    try observe(
      .data(
        """
        \(split.trainingConcepts.count) concepts with \(split.training.count) imitations to learn from, \
        \(split.validation.count) for validation; \(split.testConcepts.count) concepts with \
        \(split.test.count) imitations for the test (\(split.rule))
        """))
    let identity = try TrainingIdentity(
      start: start, frontEnds: frontEnds, split: split, recipe: recipe, pairs: pairs
    ).digest()
    if let report = try folder.finished(identity) { return report }
    let task = try PairTask(
      start, sounds: trainingSounds(usable, split, recordings, imitations), loss: pairs.loss,
      negatives: pairs.negatives,
      augmenters: (
        try recipe.augmentation.prepared(for: imitationFrontEnd),
        try recipe.augmentation.prepared(for: recordingFrontEnd)
      ), seed: recipe.settings.seed)
    let outcome = try TrainingRun(
      start: start, frontEnds: frontEnds, task: task, recipe: recipe, folder: folder,
      identity: identity, threads: threads
    ).outcome(observe)
    let results = try test(
      outcome.network, usable, split, recordings, imitations, threads: threads)
    let report = TrainingReport(
      version: tonoscopeVersion, identity: identity, data: sounds.folder.relativePath,
      layout: sounds.layout, classes: nil, recipe: recipe, pairs: pairs,
      counts: [
        DataPart.training.rawValue: split.training.count,
        DataPart.validation.rawValue: split.validation.count,
        DataPart.test.rawValue: split.test.count,
      ], epochs: outcome.curve.epochs.count, keptEpoch: outcome.epoch,
      test: results.isEmpty ? nil : TestResult(retrieval: results), problems: usable.problems)
    try folder.write(
      outcome.network, frontEnds: frontEnds, split: split, curve: outcome.curve, report: report)
    return report
  }

  /// What is learned from: the recordings and imitations of the concepts for training.
  private func trainingSounds(
    _ sounds: ImitationSounds, _ split: RetrievalSplit, _ recordings: FeatureSet,
    _ imitations: FeatureSet
  ) -> PairTask.Sounds {
    let (names, training, validation) = (
      Set(split.trainingConcepts), Set(split.training), Set(split.validation)
    )
    let concepts = sounds.concepts.filter { names.contains($0.id) }
    func features(
      _ sources: (ImitationSounds.Concept) -> [SoundSource], _ set: FeatureSet
    ) -> [(concept: Int, features: Tensor)] {
      concepts.enumerated().flatMap { index, concept in
        sources(concept).compactMap { source in set[source].map { (index, $0) } }
      }
    }
    func voices(_ names: Set<String>) -> [(concept: Int, features: Tensor)] {
      features(
        { $0.imitations.map(\.source).filter { names.contains($0.description) } }, imitations)
    }
    let references = features(\.references, recordings)
    let (learned, validated) = (voices(training), voices(validation))
    return PairTask.Sounds(
      recordings: references.map(\.features), concepts: references.map(\.concept),
      imitations: (learned + validated).map(\.features),
      meanings: (learned + validated).map(\.concept), validationCount: validated.count)
  }

  /// The queries of the test among the recordings of its concepts, and among all recordings.
  private func test(
    _ network: Network, _ sounds: ImitationSounds, _ split: RetrievalSplit,
    _ recordings: FeatureSet, _ imitations: FeatureSet, threads: Int
  ) throws -> [TestResult.Retrieval] {
    let queries = split.queries(of: sounds)
    guard !queries.isEmpty else { return [] }
    let siamese = try SiameseNetwork(
      Model(network, name: "model"), frontEnds: frontEnds, imitation: network.inputs[0].name)
    let candidates = split.candidates(of: sounds)
    var results: [TestResult.Retrieval] = []
    for concepts in candidates.count < sounds.concepts.count
      ? [candidates, sounds.concepts] : [candidates]
    {
      let workspace = siamese.recordings.makeWorkspace()
      var (table, owners) = (CodeTable(length: siamese.recordings.length), [String]())
      for concept in concepts {
        for features in concept.references.compactMap({ recordings[$0] }) {
          table.append(siamese.recordings.code(of: features, in: workspace))
          owners.append(concept.id)
        }
      }
      let codes = table
      let voice = siamese.imitations.makeWorkspace()
      let rankings = try queries.compactMap { query -> RankedRelevance? in
        guard let features = imitations[query.imitation] else { return nil }
        let scores = try siamese.scores(
          of: siamese.imitations.code(of: features, in: voice), with: codes)
        return RankedRelevance(
          scores: scores, relevant: Set(owners.indices.filter { owners[$0] == query.concept.id }))
      }
      func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
      results.append(
        TestResult.Retrieval(
          candidates: codes.count, queries: rankings.count,
          mrr: mean(rankings.map(\.reciprocalRank)),
          chance: mean(rankings.map(\.atChance.reciprocalRank))))
    }
    return results
  }
}
