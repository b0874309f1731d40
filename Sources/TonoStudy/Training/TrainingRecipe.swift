import TonoLearn

/// What a training decides besides its data.
public struct TrainingRecipe: Sendable, Hashable, Codable {
  /// How weights are changed, how often, and by which seed.
  public var settings: TrainerSettings
  /// How examples are changed at random each time they are learned from; nothing for not at all.
  public var augmentation: Augmentation?
  /// How many networks are kept from the untrained one to the last.
  public var snapshots = 0
  /// What splits that are drawn at random are drawn from.
  public var splitSeed: UInt64 = 1

  /// A recipe with these settings; the remaining properties can be set afterwards.
  public init(settings: TrainerSettings) { self.settings = settings }
}
