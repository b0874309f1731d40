import TonoCore
import TonoLearn

/// What a training was and came to: the file `training.json`.
public struct TrainingReport: Sendable, Codable, Equatable {
  /// The version of the program.
  public let version: String
  /// What decided the training, as a digest: the same means the same network, to the bit.
  public let identity: String
  /// The folder of the data, as it was named.
  public let data: String
  /// How its files lie.
  public let layout: DataSetLayout
  /// The names of the classes in the order of the outputs; nothing for pairs.
  public let classes: [String]?
  /// How it was trained.
  public let recipe: TrainingRecipe
  /// The loss of pairs and how those that do not belong together were chosen; nothing for classes.
  public let pairs: PairRecipe?
  /// How many sounds, or imitations, each part has.
  public let counts: [String: Int]
  /// How many epochs there were.
  public let epochs: Int
  /// Which epoch's network was kept, counted from 1.
  public let keptEpoch: Int
  /// How the kept network does on the test part; nothing where there is none.
  public let test: TestResult?
  /// The sounds that could not be used, a sentence each.
  public let problems: [String]

  /// The last line of a training: its result in a few words.
  public var summary: String {
    if let classes = test?.classes {
      return "accuracy \(classes.accuracy.text(3)) (test loss \(classes.loss.text(3)))"
    }
    guard let retrieval = test?.retrieval else { return "no part to test on" }
    let among = retrieval.map {
      "\($0.mrr.text(3)) among \($0.candidates) (chance \($0.chance.text(3)))"
    }
    return "MRR \(among.joined(separator: ", "))"
  }
}

/// How a network does on what it never saw.
public struct TestResult: Sendable, Codable, Equatable {
  /// Of a classifier.
  public var classes: Measure?
  /// Of a siamese network: among the candidates of the test alone, and among all recordings.
  public var retrieval: [Retrieval]?

  /// How recordings are found.
  public struct Retrieval: Sendable, Codable, Equatable {
    /// How many recordings there are to choose from.
    public let candidates: Int
    /// How many imitations ask.
    public let queries: Int
    /// The mean of one over the rank.
    public let mrr: Double
    /// What guessing gets.
    public let chance: Double
  }
}

/// What a training of pairs decides besides.
public struct PairRecipe: Sendable, Codable, Hashable {
  /// The loss.
  public var loss = PairLoss.binaryCrossEntropy
  /// How the recordings of pairs that do not belong together are chosen.
  public var negatives = PairTask.Negatives.random

  /// The papers' loss, with others drawn at random.
  public init() {}
}

extension Double {
  /// The number with so many decimals.
  func text(_ decimals: Int) -> String { String(format: "%.\(decimals)f", self) }
}
