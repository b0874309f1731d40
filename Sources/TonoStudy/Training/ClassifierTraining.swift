import Foundation
import TonoAudio
import TonoCore
import TonoFiles
import TonoLearn
import TonoModels
import TonoNetwork

/// To train a network to tell the classes of a data set.
public struct ClassifierTraining: Sendable {
  /// The network to begin with: one input, a softmax at its end with an output for each class.
  public let start: Network
  /// What stands before its input.
  public let frontEnd: FrontEnd
  /// The data set.
  public let sounds: LabelledSounds
  /// How it is trained.
  public let recipe: TrainingRecipe
  /// The fold that is tested on, where the data set has folds.
  public let testFold: Int?
  /// Whether rare classes count as much as common ones.
  public let balancesClasses: Bool

  /// A training of a network on a data set.
  ///
  /// - Throws: `InputError` if the network is no classifier of as many classes as the data set has.
  public init(
    _ start: Network, frontEnd: FrontEnd, sounds: LabelledSounds, recipe: TrainingRecipe,
    testFold: Int? = nil, balancesClasses: Bool = false
  ) throws {
    let classes = try ClassificationTask.ends(of: start).classes
    guard classes == sounds.classes.count else {
      throw InputError(
        sounds.folder,
        """
        the data set has \(sounds.classes.count) classes, but the network tells \(classes); give it as many \
        folders, or another network
        """)
    }
    self.start = start
    self.frontEnd = frontEnd
    self.sounds = sounds
    self.recipe = recipe
    self.testFold = testFold
    self.balancesClasses = balancesClasses
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
    let features = try cache.features(of: sounds.sources, by: frontEnd, threads: threads) {
      try? observe(.features($0, of: $1))
    }
    let usable = sounds.usable(with: features)
    for problem in usable.problems { try observe(.problem(problem)) }
    let split = try LabelledSplit.standard(
      for: usable, testFold: testFold, validationShare: recipe.validationShare,
      seed: recipe.splitSeed)
    let parts = Dictionary(
      uniqueKeysWithValues: DataPart.allCases.map { part in
        (part, examples(split.items(part, of: usable), features))
      })
    guard let training = parts[.training], let validation = parts[.validation],
      let test = parts[.test]
    else { preconditionFailure("there are all parts") }
    try observe(
      .data(
        """
        \(usable.classes.count) classes; \(training.labels.count) sounds to learn from, \
        \(validation.labels.count) for validation, \(test.labels.count) for the test (\(split.rule))
        """))
    let input = start.inputs[0].name
    let identity = try TrainingIdentity(
      start: start, frontEnds: [input: frontEnd], split: split, recipe: recipe,
      balancesClasses: balancesClasses
    ).digest()
    if let report = try folder.finished(identity) { return report }
    let weights =
      balancesClasses
      ? SoftmaxCrossEntropy.balanced(training.labels, classes: usable.classes.count) : nil
    let task = try ClassificationTask(
      start, training: training, validation: validation, classWeights: weights,
      augmenter: try recipe.augmentation.prepared(for: frontEnd), seed: recipe.settings.seed)
    let outcome = try TrainingRun(
      start: start, frontEnds: [input: frontEnd], task: task, recipe: recipe, folder: folder,
      identity: identity, threads: threads
    ).outcome(observe)
    let measure =
      test.labels.isEmpty
      ? nil : try task.measure(outcome.network, on: test, threads: threads)
    let report = TrainingReport(
      version: tonoscopeVersion, identity: identity, data: sounds.folder.relativePath,
      layout: sounds.layout, classes: usable.classes, recipe: recipe, pairs: nil,
      counts: Dictionary(
        uniqueKeysWithValues: parts.map { ($0.key.rawValue, $0.value.labels.count) }),
      epochs: outcome.curve.epochs.count, keptEpoch: outcome.epoch,
      test: measure.map { TestResult(classes: $0) }, problems: usable.problems)
    try folder.write(
      outcome.network, frontEnds: [input: frontEnd], split: split, curve: outcome.curve,
      report: report)
    return report
  }

  private func examples(
    _ items: [LabelledSounds.Item], _ features: FeatureSet
  ) -> ClassificationTask.Examples {
    let known = items.compactMap { item in features[item.source].map { (item.label, $0) } }
    return ClassificationTask.Examples(features: known.map(\.1), labels: known.map(\.0))
  }
}
