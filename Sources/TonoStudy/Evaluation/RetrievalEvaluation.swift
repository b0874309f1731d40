import Foundation
import TonoCore
import TonoLearn
import TonoSearch

/// Siamese networks on a data set of imitations: who finds what, and how well.
public struct RetrievalEvaluation: Sendable {
  /// A trained network, and what it has heard.
  public struct Trained: Sendable {
    /// The network.
    public let network: SiameseNetwork
    /// What of the data set it was trained on; nil if nothing.
    public let split: RetrievalSplit?

    /// A network that was trained on the training part of a split.
    public init(_ network: SiameseNetwork, split: RetrievalSplit?) {
      self.network = network
      self.split = split
    }
  }

  /// Networks that were trained alike: repeated trainings.
  public struct Configuration: Sendable {
    /// What it is called.
    public let name: String
    /// The trained networks.
    public let trainings: [Trained]

    /// Trained networks under one name.
    public init(name: String, trainings: [Trained]) {
      self.name = name
      self.trainings = trainings
    }
  }

  private let sounds: ImitationSounds
  private let cache: FeatureCache

  /// An evaluation on a data set.
  ///
  /// - Parameters:
  ///   - sounds: the data set.
  ///   - cache: where features are kept.
  public init(on sounds: ImitationSounds, cache: FeatureCache) {
    self.sounds = sounds
    self.cache = cache
  }

  /// What happens meanwhile.
  public enum Event: Sendable {
    /// So many of so many sounds have features.
    case features(done: Int, total: Int)
    /// A network has answered.
    case answered(String)
  }

  /// Asks all networks.
  ///
  /// - Parameters:
  ///   - configurations: at least one, each with a network.
  ///   - threads: how many work; the report does not depend on it.
  ///   - observe: called with what happens; what it throws ends the evaluation.
  /// - Returns: every number of the tables.
  /// - Throws: what `observe` throws, `InputError` if nothing can be asked, and errors of reading.
  public func report(
    on configurations: [Configuration], threads: Int,
    observe: @escaping @Sendable (Event) throws -> Void = { _ in }
  ) throws -> EvaluationReport {
    var usable = sounds
    var answers: [Way: [EvaluationReport.Section.Answers]] = [:]
    for configuration in configurations {
      var trainings: [Way: [[AnsweredQuery]]] = [:]
      for trained in configuration.trainings {
        let network = trained.network
        let progress: @Sendable (Int, Int) -> Void = { done, total in
          try? observe(.features(done: done, total: total))
        }
        let imitations = try cache.features(
          of: sounds.imitationSources, by: network.imitationFrontEnd, threads: threads,
          progress: progress)
        let recordings = try cache.features(
          of: sounds.referenceSources, by: network.recordingFrontEnd, threads: threads,
          progress: progress)
        let heard = sounds.usable(references: recordings, imitations: imitations)
        usable = heard
        let scores = try RetrievalScores(
          heard, by: network, imitations: imitations, recordings: recordings, threads: threads)
        for way in Way.all {
          let queries = way.queries.queries(of: heard, trained.split)
          trainings[way, default: []].append(
            scores.answers(to: queries, among: way.candidates, trained.split))
        }
        try observe(.answered(network.model.name))
      }
      for (way, lists) in trainings {
        answers[way, default: []].append(
          EvaluationReport.Section.Answers(
            name: configuration.name,
            models: configuration.trainings.map { $0.network.model.name }, trainings: lists))
      }
    }
    let sections = Way.all.compactMap { way in
      EvaluationReport.Section(way.queries, way.candidates, answers[way] ?? [])
    }
    guard !sections.isEmpty else {
      throw InputError(
        "there is no imitation to ask; the networks were trained on all of them",
        about: sounds.folder.relativePath)
    }
    return EvaluationReport(
      data: sounds.folder.relativePath, layout: sounds.layout, sounds: usable.concepts.count,
      imitations: usable.imitationSources.count, people: people(of: usable),
      problems: usable.problems, splits: splits(configurations),
      missing: missing(sections, configurations), sections: sections)
  }

  /// Some queries among some candidates.
  private struct Way: Hashable {
    let queries: QuerySet
    let candidates: CandidateSet

    static let all = QuerySet.allCases.flatMap { queries in
      CandidateSet.allCases.map { Way(queries: queries, candidates: $0) }
    }
  }

  private func people(of sounds: ImitationSounds) -> Int? {
    let people = Set(sounds.concepts.flatMap { $0.imitations.compactMap(\.person) })
    return people.isEmpty ? nil : people.count
  }

  /// How the splits were made, each once.
  private func splits(_ configurations: [Configuration]) -> [String] {
    var seen: Set<String> = []
    return configurations.flatMap { configuration in
      configuration.trainings.compactMap { $0.split?.rule }
    }.filter { seen.insert($0).inserted }.map { "Split: \($0)" }
  }

  /// Why sets of queries are empty.
  private func missing(
    _ sections: [EvaluationReport.Section], _ configurations: [Configuration]
  ) -> [String] {
    let isSplit = configurations.contains { $0.trainings.contains { $0.split != nil } }
    guard isSplit else {
      return [
        "No network was trained on this data set, as far as is known: all imitations are asked."
      ]
    }
    let asked = Set(sections.map(\.queries))
    return [QuerySet.heldOutSounds, .heldOutPeople, .heldOutBoth].filter { !asked.contains($0) }
      .map { set in
        set == .heldOutSounds
          ? "No sound was held out."
          : "\(set.rawValue): none; whoever imitates was heard in training, or is not known."
      }
  }
}
