import Foundation
import TonoAudio
import TonoCore
import TonoFiles
import TonoLearn
import TonoModels
import TonoNetwork

/// What the trainings of classifiers and of siamese networks have in common.
struct TrainingRun<Task: TrainingTask> {
  let start: Network
  let frontEnds: [String: FrontEnd]
  let task: Task
  let recipe: TrainingRecipe
  let folder: TrainingFolder
  let identity: String
  let threads: Int

  /// Trains, keeping the moments that are asked for and the course so far.
  func outcome(_ observe: (TrainingEvent) throws -> Void) throws -> Trainer<Task>.Outcome {
    let trainer = try Trainer(
      start, task: task, settings: recipe.settings, snapshots: recipe.snapshots,
      checkpoint: folder.checkpoint, identity: identity, threads: threads)
    if trainer.finishedEpochs > 0 { try observe(.resumed(epochs: trainer.finishedEpochs)) }
    let epochs = recipe.settings.epochs
    return try trainer.run { event in
      switch event {
      case .step(let epoch, let learned, let examples, let loss):
        try observe(
          .step(epoch: epoch, of: epochs, learned: learned, examples: examples, loss: loss))
      case .epoch(let record): try observe(.epoch(record, of: epochs))
      case .snapshot(let step, let network):
        try folder.write(snapshot: network, step: step, frontEnds: frontEnds)
      }
    }
  }
}

/// A digest of all that decides a training.
struct TrainingIdentity<Split: Encodable>: Encodable {
  let frontEnds: [String: FrontEnd]
  let split: Split
  let recipe: TrainingRecipe
  let pairs: PairRecipe?
  let balancesClasses: Bool
  let start: String

  init(
    start: Network, frontEnds: [String: FrontEnd], split: Split, recipe: TrainingRecipe,
    pairs: PairRecipe? = nil, balancesClasses: Bool = false
  ) throws {
    self.frontEnds = frontEnds
    self.split = split
    self.recipe = recipe
    self.pairs = pairs
    self.balancesClasses = balancesClasses
    let model = Model(start, name: "start")
    self.start = try FileDigest.sha256(of: try ModelFile.encode(model, frontEnds: [:]))
  }

  /// The digest.
  func digest() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return try FileDigest.sha256(of: try encoder.encode(self))
  }
}
