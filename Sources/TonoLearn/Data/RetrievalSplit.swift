import Foundation
import TonoCore

/// What a test of retrieval holds out.
public enum HeldOut: String, Codable, Sendable, CaseIterable {
  /// Sounds: concepts that were never trained on, imitated by people who may have been.
  case sounds
  /// People: imitations by people who were never trained on, of sounds that were.
  case people
  /// Both.
  case soundsAndPeople = "sounds-and-people"
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

  /// An imitation with the concept that it imitates.
  public struct Query: Hashable, Sendable {
    /// The imitation.
    public let imitation: SoundSource
    /// Who imitates; nil where the data set does not tell.
    public let person: String?
    /// What it imitates.
    public let concept: ImitationSounds.Concept
  }

  /// The imitations of a part, with their concepts, of those that a data set has.
  public func queries(_ part: DataPart = .test, of sounds: ImitationSounds) -> [Query] {
    let names = Set(self[part])
    return sounds.concepts.flatMap { concept in
      concept.imitations.filter { names.contains($0.source.description) }
        .map { Query(imitation: $0.source, person: $0.person, concept: concept) }
    }
  }

  /// The concepts whose recordings the test ranks, of those that a data set has.
  public func candidates(of sounds: ImitationSounds) -> [ImitationSounds.Concept] {
    concepts(testConcepts, of: sounds)
  }

  /// The concepts that are trained and validated on, of those that a data set has.
  public func trained(of sounds: ImitationSounds) -> [ImitationSounds.Concept] {
    concepts(trainingConcepts, of: sounds)
  }

  private func concepts(
    _ names: [String], of sounds: ImitationSounds
  ) -> [ImitationSounds.Concept] {
    let names = Set(names)
    return sounds.concepts.filter { names.contains($0.id) }
  }

  /// The names of a part's imitations.
  public subscript(part: DataPart) -> [String] {
    switch part {
    case .training: training
    case .validation: validation
    case .test: test
    }
  }

  // MARK: - Making one

  /// The paper's split (Zhang, Pardo & Duan, TASLP 2019), or that of the data set.
  ///
  /// Of each category one half of the concepts is trained on and the other tested, as the data set's own
  /// split says or by chance; of each trained concept's imitations, seven of ten are learned from and the
  /// others validate. Where people are held out, a share of them is tested and never trained on.
  ///
  /// - Parameters:
  ///   - sounds: the data set.
  ///   - heldOut: what the test holds out.
  ///   - testShare: which share of the concepts of a category, and of the people, is held out; the paper's
  ///     half for concepts is the default, three of ten for people.
  ///   - validationShare: which share of the trained concepts' imitations validates.
  ///   - seed: what decides where chance does.
  /// - Returns: the split; its parts have no imitation in common.
  /// - Throws: `InputError` if a category has one concept only, imitations name no people though people are
  ///   held out, or a part would be empty.
  public static func standard(
    for sounds: ImitationSounds, holdingOut heldOut: HeldOut = .sounds,
    testShare: (concepts: Double, people: Double) = (0.5, 0.3), validationShare: Double = 0.3,
    seed: UInt64
  ) throws -> RetrievalSplit {
    var rules: [String] = []
    var (trained, tested) = (sounds.concepts, sounds.concepts)
    if heldOut != .people {
      let parts = try conceptParts(of: sounds, testShare.concepts, seed, &rules)
      trained = zip(sounds.concepts, parts).filter { $0.1 != .test }.map(\.0)
      tested = zip(sounds.concepts, parts).filter { $0.1 == .test }.map(\.0)
    }
    var heldPeople: Set<String>?
    if heldOut != .sounds {
      let people = try people(of: sounds)
      var random = RandomSource(seed: seed, text: "people")
      let count = Int((testShare.people * Double(people.count)).rounded())
      let held = Set(people.shuffled(using: &random).prefix(max(1, min(count, people.count - 1))))
      heldPeople = held
      rules.append("\(held.count) of \(people.count) people are held out")
    }
    func isHeld(_ imitation: ImitationSounds.Imitation) -> Bool {
      imitation.person.map { heldPeople?.contains($0) ?? false } ?? false
    }
    var (training, validation) = ([SoundSource](), [SoundSource]())
    for concept in trained {
      var random = RandomSource(seed: seed, text: "imitations of \(concept.id)")
      let mine = concept.imitations.filter { !isHeld($0) }.map(\.source)
        .shuffled(using: &random)
      let count = Int((validationShare * Double(mine.count)).rounded())
      let kept = min(mine.count, max(1, mine.count - count))
      training += mine[..<kept]
      validation += mine[kept...]
    }
    let queries = tested.flatMap { concept in
      concept.imitations.filter { heldPeople == nil || isHeld($0) }.map(\.source)
    }
    rules.append(
      "\(validationShare) of the trained concepts' imitations validate, by chance with seed \(seed)"
    )
    let split = RetrievalSplit(
      rule: rules.joined(separator: "; "), trainingConcepts: trained.map(\.id),
      testConcepts: tested.map(\.id), training: training.map(\.description).sorted(),
      validation: validation.map(\.description).sorted(),
      test: queries.map(\.description).sorted())
    guard !split.training.isEmpty, !split.test.isEmpty else {
      throw InputError(
        sounds.folder,
        "no imitation is left to \(split.training.isEmpty ? "train on" : "test"); "
          + "hold out less")
    }
    return split
  }

  /// Every concept is a candidate and every imitation a query; nothing is trained on.
  ///
  /// It is how the QVIM challenge counts.
  public static func everything(of sounds: ImitationSounds) -> RetrievalSplit {
    RetrievalSplit(
      rule: "everything is tested", trainingConcepts: [], testConcepts: sounds.concepts.map(\.id),
      training: [], validation: [], test: sounds.imitationSources.map(\.description).sorted())
  }

  /// What each concept serves for.
  private static func conceptParts(
    of sounds: ImitationSounds, _ share: Double, _ seed: UInt64, _ rules: inout [String]
  ) throws -> [DataPart] {
    let own = sounds.concepts.compactMap(\.part)
    if own.count == sounds.concepts.count {
      rules.append("concepts as \(OwnSplit.table) of the data set says")
      return own
    }
    if let concept = sounds.concepts.first(where: { $0.part == nil }), !own.isEmpty {
      throw InputError(
        sounds.folder,
        "its own split does not tell what '\(concept.name)' serves for; complete it, or "
          + "remove the file \(OwnSplit.table)")
    }
    rules.append("\(share) of each category's concepts are tested, by chance with seed \(seed)")
    var tested: Set<String> = []
    for category in sounds.categories {
      var random = RandomSource(seed: seed, text: "concepts of \(category)")
      let ids = sounds.concepts.filter { $0.category == category }.map(\.id)
      guard ids.count >= 2 else {
        throw InputError(
          sounds.folder,
          "the category '\(category)' has one concept only, which cannot be both "
            + "trained on and tested; leave it out, or join it with another category")
      }
      let count = Int((share * Double(ids.count)).rounded())
      tested.formUnion(ids.shuffled(using: &random).prefix(max(1, min(count, ids.count - 1))))
    }
    return sounds.concepts.map { tested.contains($0.id) ? .test : .training }
  }

  /// The people who imitate, sorted.
  private static func people(of sounds: ImitationSounds) throws -> [String] {
    let imitations = sounds.concepts.flatMap(\.imitations)
    guard imitations.allSatisfy({ $0.person != nil }) else {
      throw InputError(
        sounds.folder,
        "does not tell who imitates, so that people cannot be held out; hold out sounds "
          + "instead")
    }
    let people = Set(imitations.compactMap(\.person)).sorted()
    guard people.count >= 2 else {
      throw InputError(
        sounds.folder, "has imitations by one person only; hold out sounds instead")
    }
    return people
  }
}
