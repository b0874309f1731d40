import TonoLearn
import TonoSearch

/// What came out of an evaluation: every number of its tables.
public struct EvaluationReport: Codable, Sendable {
  /// The data set's folder as it was named.
  public let data: String
  /// Its layout.
  public let layout: DataSetLayout
  /// How many sounds it has that could be used.
  public let sounds: Int
  /// How many imitations.
  public let imitations: Int
  /// How many people imitate; nil where the data set does not tell.
  public let people: Int?
  /// What could not be used, a sentence each.
  public let problems: [String]
  /// How each split was made, in words.
  public let splits: [String]
  /// Query sets that are empty, each with the reason.
  public let missing: [String]
  /// One section for each way to ask that has queries.
  public internal(set) var sections: [Section]

  /// Some queries among some candidates.
  public struct Section: Codable, Sendable {
    /// Which imitations are asked.
    public let queries: QuerySet
    /// What they are to be found among.
    public let candidates: CandidateSet
    /// The configurations, in the order in which they were named.
    public let configurations: [Configuration]
    /// Each pair of configurations.
    public let comparisons: [Comparison]
  }

  /// A configuration's results: those of its repeated trainings.
  public struct Configuration: Codable, Sendable {
    /// What it is called.
    public let name: String
    /// The files of its trainings.
    public let models: [String]
    /// How many queries were asked, over all trainings each once.
    public let queries: Int
    /// How many of their sounds differ.
    public let sounds: Int
    /// The fewest and the most candidates of a query.
    public let candidates: ClosedRange<Int>
    /// The MRR of each category, and of all together.
    public let categories: [Category]
    /// The measures by their names.
    public let measures: [String: RetrievalEstimate]
  }

  /// The mean reciprocal rank in a category.
  public struct Category: Codable, Sendable {
    /// The category; nil for all together.
    public let name: String?
    /// How many queries a training answered, on average.
    public let queries: Double
    /// The mean number of candidates.
    public let candidates: Double
    /// The MRR of each training.
    public let trainings: [Double]
    /// Their mean.
    public let mean: Double
    /// Their standard deviation (n − 1); nil for a single training.
    public let deviation: Double?
    /// The MRR of chance.
    public let chance: Double
    /// The mean with chance taken out.
    public let corrected: Double?
    /// What the paper reports for this configuration and category, on its own data.
    public let paper: PaperNumbers.Number?
  }

  /// Two configurations, query by query.
  public struct Comparison: Codable, Sendable {
    /// The first configuration.
    public let first: String
    /// The second one.
    public let second: String
    /// How many queries both answered.
    public let queries: Int
    /// The first's mean reciprocal rank less the second's.
    public let difference: Double
    /// The interval of the difference, as of ``RetrievalEstimate``.
    public let interval: ClosedRange<Double>?
    /// The p-value of the paired permutation test over sounds.
    public let p: Double
  }
}
