import TonoCore

/// Everything that decides a training, besides its network and its task.
public struct TrainerSettings: Sendable, Hashable, Codable {
  /// How often all examples are learned from.
  public var epochs: Int
  /// How many examples a step takes; the last of an epoch may have fewer.
  public var batch: Int
  /// How gradients change the weights.
  public var rule: OptimizerRule
  /// The first learning rate.
  public var learningRate: Double
  /// How it changes.
  public var plan: LearningRatePlan
  /// The multiple of each weight that is added to its gradient.
  public var weightDecay = 0.0
  /// The share of a batch normalization's mean and variance that stays at each step, as in Keras.
  public var statisticsMomentum = 0.99
  /// After how many epochs without a lower validation loss training stops; nothing for never.
  public var patience: Int?
  /// Whether the network of the lowest validation loss is kept, not the last one.
  public var keepsBest = true
  /// What all chance is drawn from.
  public var seed: UInt64 = 1

  /// Settings with these numbers; the remaining properties can be set afterwards.
  public init(
    epochs: Int, batch: Int, rule: OptimizerRule, learningRate: Double, plan: LearningRatePlan
  ) {
    self.epochs = epochs
    self.batch = batch
    self.rule = rule
    self.learningRate = learningRate
    self.plan = plan
  }

  /// The papers' settings for a network of pairs.
  ///
  /// Batches of 128, descent with Nesterov's
  /// momentum of 0.9, a rate of 0.01 that decays by 1e-4 a step. The number of epochs is ours.
  public static let paper = TrainerSettings(
    epochs: 30, batch: 128, rule: .nesterov, learningRate: 0.01, plan: .decay(1e-4))

  /// Settings for the classifiers that towers are pretrained as, which the papers leave open: Adam with
  /// a rate of 1e-3, a fifth of it in the last 30 % of the epochs, batches of 32.
  public static let pretraining = TrainerSettings(
    epochs: 50, batch: 32, rule: .adam, learningRate: 1e-3,
    plan: .steps([LearningRatePlan.Step(share: 0.7, factor: 0.2)]))

  /// Checks that all numbers are in their ranges.
  ///
  /// - Throws: `InputError` naming the one that is not.
  public func validate() throws {
    func check(_ name: String, _ value: Double, _ range: ClosedRange<Double>) throws {
      guard range.contains(value) else {
        throw InputError(
          "the \(name) is \(value); it lies between \(range.lowerBound) and \(range.upperBound)")
      }
    }
    try check("number of epochs", Double(epochs), 1...1e6)
    try check("size of a batch", Double(batch), 1...1e5)
    try check("learning rate", learningRate, 0...1e3)
    try check("weight decay", weightDecay, 0...1)
    try check("share of the statistics that stays", statisticsMomentum, 0...1)
    if let patience { try check("patience", Double(patience), 1...1e6) }
    switch rule {
    case .descent(let momentum, _): try check("momentum", momentum, 0...1)
    case .adam(let beta1, let beta2, let epsilon):
      try check("first decay of Adam", beta1, 0...0.999_999)
      try check("second decay of Adam", beta2, 0...0.999_999_9)
      try check("epsilon of Adam", epsilon, 1e-16...1)
    }
  }
}
