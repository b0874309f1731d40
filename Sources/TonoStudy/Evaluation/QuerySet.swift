import TonoLearn

/// Which imitations of a data set are asked: what of them the training has not heard.
public enum QuerySet: String, Codable, Sendable, CaseIterable {
  /// Imitations of sounds that were held out; their imitators may have been heard with other sounds.
  case heldOutSounds = "held-out sounds"
  /// Imitations by people who were held out, of sounds that were trained on.
  case heldOutPeople = "held-out people"
  /// Imitations by people who were held out, of sounds that were held out.
  case heldOutBoth = "held-out sounds and people"
  /// All imitations: nothing of the data set was trained on, as far as is known.
  case everything = "all imitations"

  /// One imitation that is asked.
  struct Query: Sendable {
    let imitation: ImitationSounds.Imitation
    let concept: ImitationSounds.Concept
  }

  /// The imitations of a data set that are in the set.
  ///
  /// - Parameters:
  ///   - sounds: the data set.
  ///   - split: what the training heard; nil if it heard nothing of it.
  /// - Returns: the queries, in the data set's order.
  func queries(of sounds: ImitationSounds, _ split: RetrievalSplit?) -> [Query] {
    let all = sounds.concepts.flatMap { concept in
      concept.imitations.map { Query(imitation: $0, concept: concept) }
    }
    guard let split else { return self == .everything ? all : [] }
    let heard = Set(split.training + split.validation)
    let trained = Set(split.trainingConcepts)
    let tested = Set(split.test)
    let people = Set(
      all.filter { heard.contains($0.imitation.source.description) }.compactMap(\.imitation.person))
    func isStranger(_ query: Query) -> Bool {
      query.imitation.person.map { !people.contains($0) } ?? false
    }
    return all.filter { query in
      switch self {
      case .heldOutSounds: tested.contains(query.imitation.source.description)
      case .heldOutPeople: trained.contains(query.concept.id) && isStranger(query)
      case .heldOutBoth:
        tested.contains(query.imitation.source.description) && isStranger(query)
      case .everything: false
      }
    }
  }
}

/// Which recordings a query is to be found among.
public enum CandidateSet: String, Codable, Sendable, CaseIterable {
  /// Those of the query's category that were held out together with it, or that were trained on if its
  /// sound was: what the paper counts.
  case category = "sounds of the query's category"
  /// All recordings of the data set.
  case all = "all sounds"

  /// The concepts that are candidates for a query.
  func concepts(
    for query: QuerySet.Query, in sounds: ImitationSounds, _ split: RetrievalSplit?
  ) -> [ImitationSounds.Concept] {
    switch self {
    case .all: return sounds.concepts
    case .category:
      let ids = split.map { split in
        let isTest = Set(split.testConcepts).contains(query.concept.id)
        return Set(isTest ? split.testConcepts : split.trainingConcepts)
      }
      return sounds.concepts.filter {
        $0.category == query.concept.category && ids?.contains($0.id) ?? true
      }
    }
  }
}
