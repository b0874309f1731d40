import ArgumentParser
import Foundation
import TonoAudio
import TonoLearn
import TonoModels
import TonoNetwork
import TonoStudy

/// `tonoscope train imitation-tower`.
struct TrainImitationTower: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "imitation-tower",
    abstract: "Pretrain the tower of imitations on spoken languages, as in VoxForge.",
    discussion: """
      A folder for each language, in it one for each speaker with wav/ and etc/PROMPTS, or a .tgz. No \
      speaker is both learned from and tested on. The paper used seven languages and reached 69.8 %; it \
      leaves the optimizer open, which by default is Adam.
      """)

  @OptionGroup var training: TrainingArguments
  @OptionGroup var tower: TowerArguments

  @Option(
    help: ArgumentHelp(
      "The rate of dropout behind the hidden layer; the paper has none.", valueName: "rate"))
  var dropout = 0.0

  func validate() throws { try checkRate(dropout, "--dropout") }

  func run() throws {
    try tower.train(training, frontEnd: "tl-iminet/imitation") { classes, seed in
      try Architectures.imitationTower(
        languages: classes, dropout: (0, dropout), initializer: tower.initializer, seed: seed)
    }
  }
}

/// `tonoscope train recording-tower`.
struct TrainRecordingTower: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recording-tower",
    abstract: "Pretrain the tower of recordings on environmental sounds, as in UrbanSound8K.",
    discussion: """
      metadata/UrbanSound8K.csv and audio/fold1 to fold10; one fold is tested on, the others are learned \
      from. The paper reached 70.2 %; it leaves the optimizer open, which by default is Adam.
      """)

  @OptionGroup var training: TrainingArguments
  @OptionGroup var tower: TowerArguments

  @Option(
    help: ArgumentHelp("The fold that is tested on, 1 to 10.", valueName: "number"))
  var testFold: Int?

  @Option(
    help: ArgumentHelp(
      "The rate of dropout before and behind the hidden layer.", valueName: "rate"))
  var dropout = 0.5

  func validate() throws { try checkRate(dropout, "--dropout") }

  func run() throws {
    try tower.train(training, frontEnd: "tl-iminet/recording", testFold: testFold) {
      classes, seed in
      try Architectures.recordingTower(
        classes: classes, dropout: (dropout, dropout), initializer: tower.initializer, seed: seed)
    }
  }
}

/// `tonoscope train classifier`.
struct TrainClassifier: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "classifier",
    abstract: "Train any classifier further that can be read.",
    discussion: """
      The model has one input and ends in a softmax with an output for each class; the data set is a \
      folder of sounds for each class, in the alphabetical order of the outputs, or one of the layouts \
      that the towers learn from.
      """)

  @OptionGroup var model: ModelArguments
  @OptionGroup var training: TrainingArguments
  @OptionGroup var frontEnds: FrontEndArguments

  @Option(
    help: ArgumentHelp("The fold that is tested on, where there are folds.", valueName: "number"))
  var testFold: Int?

  @Flag(help: "Let rare classes count as much as common ones.")
  var balanceClasses = false

  func run() throws {
    let model = try model.load()
    let assigned = try frontEnds.assign(to: model).frontEnds
    let input = try ClassificationTask.ends(of: model.network).input
    guard let frontEnd = assigned[input.name] else {
      throw ValidationError(
        "no front end stands before '\(input.name)'; name one with --front-end")
    }
    let sounds = try LabelledSounds.read(URL(filePath: training.data), layout: training.layout)
    let run = try ClassifierTraining(
      model.network, frontEnd: frontEnd, sounds: sounds,
      recipe: try training.recipe(.pretraining), testFold: testFold,
      balancesClasses: balanceClasses)
    try training.carryOut(run.run)
  }
}

/// What both towers are told.
struct TowerArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How weights are drawn: \(WeightInitializer.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "name"))
  var initializer = WeightInitializer.glorotUniform

  @Option(
    help: ArgumentHelp(
      "A tower or siamese network to begin with, instead of drawn weights.", valueName: "model"),
    completion: .file(extensions: ["h5", "keras", "onnx", "pt", "safetensors"]))
  var from: String?

  @Flag(help: "Let rare classes count as much as common ones.")
  var balanceClasses = false

  /// Trains the classifier that `network` makes for a number of classes and a seed.
  func train(
    _ training: TrainingArguments, frontEnd: String, testFold: Int? = nil,
    _ network: (_ classes: Int, _ seed: UInt64) throws -> Network
  ) throws {
    let recipe = try training.recipe(.pretraining)
    let sounds = try LabelledSounds.read(URL(filePath: training.data), layout: training.layout)
    var start = try network(sounds.classes.count, training.seed)
    if let from {
      let towers: [TowerArchitecture] = [.imitation, .recording]
      let other = try ModelFile.load(URL(filePath: from)).network
      for tower in towers where start.nodes.contains(where: { $0.name == tower.output }) {
        start = try start.taking(tower, from: other)
      }
    }
    let run = try ClassifierTraining(
      start, frontEnd: try FrontEnd.named(frontEnd), sounds: sounds, recipe: recipe,
      testFold: testFold, balancesClasses: balanceClasses)
    try training.carryOut(run.run)
  }
}

extension WeightInitializer: ExpressibleByArgument {}

/// Refuses a rate of dropout that drops all or less than nothing.
private func checkRate(_ rate: Double, _ name: String) throws {
  guard (0..<1).contains(rate) else {
    throw ValidationError("\(name) is \(rate); give a number from 0 to below 1")
  }
}
