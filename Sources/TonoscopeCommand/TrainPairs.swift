import ArgumentParser
import Foundation
import TonoAudio
import TonoLearn
import TonoModels
import TonoNetwork
import TonoStudy

/// `tonoscope train siamese`.
struct TrainSiamese: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "siamese",
    abstract: "Train TL-IMINET: both towers and what compares them, as on VocalSketch.",
    discussion: """
      Half of the concepts of each category are learned from, the other half is tested on; of the \
      imitations three in ten tell which epoch's network is kept. Settings are the paper's: binary \
      cross-entropy, descent with Nesterov's momentum 0.9, a rate of 0.01 that decays by 1e-4 a step, \
      batches of 128.
      """)

  @OptionGroup var training: TrainingArguments
  @OptionGroup var pairs: PairArguments

  @Option(
    help: ArgumentHelp(
      """
      A pretrained tower, or a siamese network for both; give it once for each tower. Without it all \
      weights are drawn.
      """, valueName: "model"),
    completion: .file(extensions: ["h5", "keras", "onnx", "pt", "safetensors"]))
  var from: [String] = []

  func run() throws {
    var network = try Architectures.siamese(
      hidden: pairs.hidden, initializer: pairs.initializer, seed: training.seed)
    var open: [TowerArchitecture] = [.imitation, .recording]
    for path in from {
      let other = try ModelFile.load(URL(filePath: path)).network
      let taken = open.filter { tower in
        other.nodes.contains { $0.name == tower.prefix + "_conv_1" }
      }
      guard !taken.isEmpty else {
        throw ValidationError(
          "\(path) has neither tower that is still to be given; towers begin with lid_conv_1 or nyu_conv_1"
        )
      }
      for tower in taken { network = try network.taking(tower, from: other) }
      open.removeAll { taken.contains($0) }
    }
    try pairs.train(
      network, training, imitation: "tl-iminet/imitation", recording: "tl-iminet/recording")
  }
}

/// `tonoscope train iminet`.
struct TrainIminet: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "iminet",
    abstract: "Train IMINET: two towers of one structure over constant-Q spectrograms.",
    discussion: """
      The same as 'train siamese' from drawn weights, with the front end 'iminet' before both towers. The \
      numbers of its layers are ours where the paper's are not at hand: three convolutions of 48 channels \
      and 6×6, each with pooling of 2×2.
      """)

  @OptionGroup var training: TrainingArguments
  @OptionGroup var pairs: PairArguments

  @Option(
    help: ArgumentHelp(
      "What stands between sounds and both towers: a preset or a JSON file.", valueName: "name"))
  var frontEnd = "iminet"

  func run() throws {
    let shape = try FrontEnd.load(frontEnd).inputShape
    let network = try Architectures.iminet(
      inputShape: shape, hidden: pairs.hidden, initializer: pairs.initializer, seed: training.seed)
    try pairs.train(network, training, imitation: frontEnd, recording: frontEnd)
  }
}

/// What both siamese networks are told.
struct PairArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp("The loss: binary, contrastive or triplet.", valueName: "name"))
  var loss = Loss.binary

  @Option(
    help: ArgumentHelp(
      "The margin of the contrastive or triplet loss; 1 by default.", valueName: "number"))
  var margin: Double?

  @Option(
    help: ArgumentHelp(
      """
      How a recording that an imitation does not mean is chosen: random, or hard, the most likely of \
      eight.
      """, valueName: "how"))
  var negatives = PairTask.Negatives.random

  @Option(
    name: .customLong("hold-out"),
    help: ArgumentHelp(
      "What the test holds out: \(HeldOut.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "what"))
  var heldOut = HeldOut.sounds

  @Option(help: ArgumentHelp("How many neurons compare the towers.", valueName: "count"))
  var hidden = 108

  @Option(
    help: ArgumentHelp(
      "How weights are drawn: \(WeightInitializer.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "name"))
  var initializer = WeightInitializer.glorotUniform

  enum Loss: String, ExpressibleByArgument, CaseIterable {
    case binary, contrastive, triplet
  }

  func validate() throws {
    guard hidden >= 1 else { throw ValidationError("--hidden is \(hidden); give at least 1") }
    if let margin {
      guard loss != .binary else {
        throw ValidationError("--margin is of --loss contrastive or triplet, not of binary")
      }
      guard margin > 0, margin.isFinite else {
        throw ValidationError("--margin is \(margin); give a number above 0")
      }
    }
  }

  /// Which pairs are learned from.
  var recipe: PairRecipe {
    var recipe = PairRecipe()
    switch loss {
    case .binary: recipe.loss = .binaryCrossEntropy
    case .contrastive: recipe.loss = .contrastive(margin: margin ?? 1)
    case .triplet: recipe.loss = .triplet(margin: margin ?? 1)
    }
    recipe.negatives = negatives
    return recipe
  }

  /// Trains a network with these front ends.
  func train(
    _ network: Network, _ training: TrainingArguments, imitation: String, recording: String
  ) throws {
    let sounds = try ImitationSounds.read(URL(filePath: training.data), layout: training.layout)
    let run = try PairTraining(
      network, imitationFrontEnd: try FrontEnd.load(imitation),
      recordingFrontEnd: try FrontEnd.load(recording), sounds: sounds,
      recipe: try training.recipe(.paper), pairs: recipe, heldOut: heldOut)
    try training.carryOut(run.run)
  }
}

extension PairTask.Negatives: ExpressibleByArgument {}
extension HeldOut: ExpressibleByArgument {}
