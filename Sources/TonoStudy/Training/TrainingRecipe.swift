import TonoLearn

/// What a training decides besides its data.
public struct TrainingRecipe: Sendable, Hashable, Codable {
  /// How weights are changed, how often, and by which seed.
  public var settings: TrainerSettings
  /// How examples are changed at random each time they are learned from.
  public var augmentation = Augmentation.none
  /// Which share of what is not tested is kept to validate on.
  public var validationShare: Double
  /// How many networks are kept from the untrained one to the last.
  public var snapshots = 0
  /// What splits that are drawn at random are drawn from.
  public var splitSeed: UInt64 = 1

  /// A recipe with these settings; the remaining properties can be set afterwards.
  public init(settings: TrainerSettings, validationShare: Double) {
    self.settings = settings
    self.validationShare = validationShare
  }

  /// The papers' recipe for a siamese network, with three in ten imitations to validate on.
  public static let paper = TrainingRecipe(settings: .paper, validationShare: 0.3)

  /// The recipe for the classifiers that towers are pretrained as, which the papers leave open: examples
  /// are turned round in time, and the last network is kept.
  public static let pretraining = {
    var recipe = TrainingRecipe(settings: .pretraining, validationShare: 0)
    recipe.augmentation = Augmentation(steps: [.roll(1)])
    return recipe
  }()
}
