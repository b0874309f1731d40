/// A number that says how well a query was answered.
public enum RetrievalMeasure: Hashable, Sendable, CustomStringConvertible {
  /// One over the rank of the sound that was imitated: its mean over queries is the MRR.
  case reciprocalRank
  /// The rank of the sound that was imitated, from 1.
  case rank
  /// Which share of the first k is the sound that was imitated.
  case precision(at: Int)
  /// Whether the sound that was imitated is among the first k.
  case recall(at: Int)
  /// The normalized discounted cumulative gain, the sound that was imitated being all that is relevant.
  case normalizedGain
  /// One over the rank of the first sound of the class that was imitated.
  case classReciprocalRank
  /// The normalized discounted cumulative gain, every sound of the imitated class being relevant: the NDCG
  /// of the QVIM challenge.
  case classNormalizedGain

  /// The measures of a report, in its order.
  public static let all: [RetrievalMeasure] = [
    .reciprocalRank, .rank, .precision(at: 1), .precision(at: 5), .precision(at: 10),
    .recall(at: 1),
    .recall(at: 5), .recall(at: 10), .normalizedGain, .classReciprocalRank, .classNormalizedGain,
  ]

  /// Its usual name.
  public var description: String {
    switch self {
    case .reciprocalRank: "MRR"
    case .rank: "mean rank"
    case .precision(let k): "P@\(k)"
    case .recall(let k): "R@\(k)"
    case .normalizedGain: "nDCG"
    case .classReciprocalRank: "class-wise MRR"
    case .classNormalizedGain: "class-wise nDCG"
    }
  }

  /// Its value for a ranking whose relevant candidates are those that the measure counts.
  func value(of ranking: RankedRelevance) -> Double {
    switch self {
    case .reciprocalRank, .classReciprocalRank: ranking.reciprocalRank
    case .rank: ranking.rank
    case .precision(let k): ranking.precision(at: k)
    case .recall(let k): ranking.recall(at: k)
    case .normalizedGain, .classNormalizedGain: ranking.normalizedGain
    }
  }

  /// Whether every sound of the imitated class counts, or the imitated sound alone.
  var countsClasses: Bool {
    switch self {
    case .classReciprocalRank, .classNormalizedGain: true
    default: false
    }
  }
}

/// One query, and where what it asked for came to stand.
public struct AnsweredQuery: Sendable {
  /// The imitation.
  public let query: String
  /// The sound that it imitates: queries of one sound are a group.
  public let sound: String
  /// Who imitates, if that is known.
  public let person: String?
  /// The kind of sound.
  public let category: String
  /// The ranking, the imitated sound being relevant.
  public let ranking: RankedRelevance
  /// The ranking, every sound of the imitated class being relevant; nil where there are no classes.
  public let classRanking: RankedRelevance?

  /// A query and its rankings.
  public init(
    query: String, sound: String, person: String?, category: String, ranking: RankedRelevance,
    classRanking: RankedRelevance? = nil
  ) {
    self.query = query
    self.sound = sound
    self.person = person
    self.category = category
    self.ranking = ranking
    self.classRanking = classRanking
  }

  /// A measure's value; nil if it needs classes and there are none.
  public func value(of measure: RetrievalMeasure) -> Double? {
    (measure.countsClasses ? classRanking : ranking).map(measure.value)
  }

  /// What chance would get.
  public func chance(of measure: RetrievalMeasure) -> Double? {
    (measure.countsClasses ? classRanking : ranking).map { measure.value(of: $0.atChance) }
  }
}

/// A measure's mean over queries, with what it is to be compared with.
public struct RetrievalEstimate: Codable, Sendable, Equatable {
  /// The mean.
  public let mean: Double
  /// The 95 % interval of the mean over other sounds of the kind: a bootstrap over the imitated sounds; nil
  /// for a single sound.
  public let interval: ClosedRange<Double>?
  /// What ranking at random gets.
  public let chance: Double
  /// The mean with chance taken out, (mean − chance) ÷ (1 − chance): 0 at chance, 1 at best; nil for ranks,
  /// and where chance is sure to find.
  public let corrected: Double?

  /// The estimate of a measure; nil if no query has it.
  ///
  /// - Parameters:
  ///   - measure: the measure.
  ///   - trainings: the queries that each of several equal systems answered, such as repeated trainings: a
  ///     query counts with its mean over those that answered it.
  public init?(_ measure: RetrievalMeasure, of trainings: [[AnsweredQuery]]) {
    let answers = trainings.flatMap(\.self).filter { $0.value(of: measure) != nil }
    let queries = Dictionary(grouping: answers, by: \.query).sorted { $0.key < $1.key }.map(\.value)
    guard !queries.isEmpty else { return nil }
    func mean(_ answers: [AnsweredQuery], _ value: (AnsweredQuery) -> Double?) -> Double {
      answers.compactMap(value).reduce(0, +) / Double(answers.count)
    }
    let groups = Dictionary(grouping: queries, by: { $0[0].sound }).sorted { $0.key < $1.key }
      .map { $0.value.map { mean($0) { $0.value(of: measure) } } }
    let values = groups.flatMap(\.self)
    self.mean = values.reduce(0, +) / Double(values.count)
    interval = Resampling.interval(ofMean: groups)
    chance =
      queries.reduce(0) { $0 + mean($1) { $0.chance(of: measure) } } / Double(queries.count)
    corrected = measure == .rank || chance >= 1 ? nil : (self.mean - chance) / (1 - chance)
  }
}
