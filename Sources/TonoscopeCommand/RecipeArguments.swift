import ArgumentParser
import TonoLearn
import TonoStudy

/// How weights are changed: what all trainings are told besides their data and places.
struct RecipeArguments: ParsableArguments {
  @Option(help: ArgumentHelp("How often all examples are learned from.", valueName: "count"))
  var epochs: Int?

  @Option(help: ArgumentHelp("How many examples make a step.", valueName: "count"))
  var batch: Int?

  @Option(
    help: ArgumentHelp(
      "How gradients change the weights: descent (with momentum) or adam.", valueName: "rule"))
  var optimizer: Optimizer?

  @Option(help: ArgumentHelp("The first learning rate.", valueName: "rate"))
  var learningRate: Double?

  @Option(help: ArgumentHelp("The momentum of descent.", valueName: "share"))
  var momentum: Double?

  @Flag(inversion: .prefixedNo, help: "Take the gradient ahead of the momentum, by Nesterov.")
  var nesterov: Bool?

  @Option(
    help: ArgumentHelp(
      """
      How the learning rate changes: constant, decay:RATE, exponential:FACTOR, cosine, or \
      steps:SHARE=FACTOR,… with shares of the epochs.
      """, valueName: "plan"))
  var plan: LearningRatePlan?

  @Option(
    help: ArgumentHelp(
      "The multiple of each weight that is added to its gradient.", valueName: "factor"))
  var weightDecay: Double?

  @Option(
    help: ArgumentHelp(
      "Stop after so many epochs without a lower validation loss.", valueName: "epochs"))
  var patience: Int?

  @Option(
    help: ArgumentHelp(
      "Which network is kept where there is a validation part: best or last.", valueName: "which"))
  var keep = Kept.best

  @Option(
    help: ArgumentHelp(
      "The share of the running statistics of batch normalization that stays at each step.",
      valueName: "share"))
  var statisticsMomentum: Double?

  @Option(help: ArgumentHelp("What all chance is drawn from.", valueName: "number"))
  var seed: UInt64 = 1

  @Option(
    help: ArgumentHelp(
      "What random splits are drawn from, apart from all other chance.", valueName: "number"))
  var splitSeed: UInt64 = 1

  @Option(
    help: ArgumentHelp(
      """
      How examples are changed at random, step by step: \(Augmentation.Step.forms), with commas \
      between them, or none.
      """, valueName: "steps"))
  var augment: Augmentation?

  @Option(
    help: ArgumentHelp(
      "Which share of what is not tested is kept to validate on.", valueName: "share"))
  var validation: Double?

  @Option(
    help: ArgumentHelp(
      "Keep the network at so many moments, from the untrained one to the last.",
      valueName: "count"))
  var snapshots = 0

  enum Optimizer: String, ExpressibleByArgument, CaseIterable {
    case descent, adam
  }

  enum Kept: String, ExpressibleByArgument, CaseIterable {
    case best, last
  }

  func validate() throws {
    guard (0...1000).contains(snapshots) else {
      throw ValidationError("--snapshots is \(snapshots); give 0 to 1000")
    }
    if let validation, !(0..<1).contains(validation) {
      throw ValidationError("--validation is \(validation); give a share from 0 to below 1")
    }
    if momentum != nil || nesterov != nil, optimizer == .adam {
      throw ValidationError("--momentum and --nesterov are of --optimizer descent, not of adam")
    }
  }

  /// The recipe: these arguments, and where they are silent some defaults.
  func recipe(_ defaults: TrainingRecipe) throws -> TrainingRecipe {
    var settings = defaults.settings
    if let epochs { settings.epochs = epochs }
    if let batch { settings.batch = batch }
    if let learningRate { settings.learningRate = learningRate }
    if let plan { settings.plan = plan }
    if let weightDecay { settings.weightDecay = weightDecay }
    if let statisticsMomentum { settings.statisticsMomentum = statisticsMomentum }
    if let optimizer { settings.rule = optimizer == .adam ? .adam : .nesterov }
    if case .descent(let share, let ahead) = settings.rule {
      settings.rule = .descent(momentum: momentum ?? share, nesterov: nesterov ?? ahead)
    } else if momentum != nil || nesterov != nil {
      throw ValidationError("--momentum and --nesterov need --optimizer descent")
    }
    settings.patience = patience
    settings.keepsBest = keep == .best
    settings.seed = seed
    try settings.validate()
    var recipe = defaults
    recipe.settings = settings
    if let augment { recipe.augmentation = augment }
    if let validation { recipe.validationShare = validation }
    recipe.snapshots = snapshots
    recipe.splitSeed = splitSeed
    return recipe
  }
}

extension Augmentation: ExpressibleByArgument {
  /// The steps that a text says; nothing if it says none.
  public init?(argument: String) {
    guard let steps = try? Augmentation.parse(argument) else { return nil }
    self = steps
  }
}

extension LearningRatePlan: ExpressibleByArgument {
  /// The plan that a text says; nothing if it says none.
  public init?(argument: String) { try? self.init(argument) }
}
