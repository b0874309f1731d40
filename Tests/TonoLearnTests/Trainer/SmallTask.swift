import Foundation
import TestSupport
import TonoAudio
import TonoCore
import TonoLearn
import TonoNetwork

/// The small networks and sounds of `Scripts/reference/training_values.py`.
enum SmallTask {
  static let a = TowerArchitecture(
    prefix: "a", input: "a", inputShape: [1, 12, 15],
    blocks: [
      .init(filters: 3, kernel: [3, 3], pooling: [2, 2]),
      .init(filters: 4, kernel: [2, 3], pooling: nil),
    ])
  static let b = TowerArchitecture(
    prefix: "b", input: "b", inputShape: [1, 9, 14],
    blocks: [
      .init(filters: 2, kernel: [2, 3], pooling: [2, 4]),
      .init(filters: 3, kernel: [2, 2], pooling: nil),
    ])

  static func classifier(seed: UInt64 = 1, dropout: Double = 0) throws -> Network {
    try Architectures.classifier(
      a, hidden: 5, classes: 3, dropout: (dropout, dropout), seed: seed)
  }

  static func siamese(seed: UInt64 = 1) throws -> Network {
    try Architectures.siamese(imitation: a, recording: b, hidden: 5, seed: seed)
  }

  /// Sounds of three classes, which differ in their mean and in noise.
  static func sounds(_ count: Int, seed: UInt64 = 7) -> ClassificationTask.Examples {
    var random = TestRandom(seed)
    let labels = (0..<count).map { $0 % 3 }
    let features = labels.map { label in
      var tensor = Tensor.random(a.inputShape, using: &random)
      for index in 0..<60 { tensor.values[60 * label + index] += 1 }
      return tensor
    }
    return ClassificationTask.Examples(features: features, labels: labels)
  }

  /// Four concepts of one recording each, and imitations of them; the last few are for validation.
  static func imitations(_ count: Int, validation: Int = 0) -> PairTask.Sounds {
    var random = TestRandom(8)
    func shifted(_ shape: Shape, _ concept: Int) -> Tensor {
      var tensor = Tensor.random(shape, using: &random)
      let part = shape.count / 4
      for index in 0..<part { tensor.values[part * concept + index] += 1 }
      return tensor
    }
    let meanings = (0..<count).map { $0 % 4 }
    return PairTask.Sounds(
      recordings: (0..<4).map { shifted(b.inputShape, $0) }, concepts: [0, 1, 2, 3],
      imitations: meanings.map { shifted(a.inputShape, $0) }, meanings: meanings,
      validationCount: validation)
  }

  /// Examples of a tower's input, turned round and masked at random.
  static func augmenter(_ tower: TowerArchitecture) throws -> Augmenter {
    let (bands, frames) = (tower.inputShape[1], tower.inputShape[2])
    let frontEnd = FrontEnd(
      name: "small", sampleRate: 8000, seconds: 1, fftSize: 256, hop: 128, bands: bands,
      frames: frames, highestFrequency: 4000, typicalMean: 0, typicalDeviation: 1)
    return try Augmentation(steps: [.roll(0.5), .timeMask(count: 1, frames: 3)])
      .prepared(for: frontEnd)
  }

  static func settings(
    epochs: Int = 3, batch: Int = 4, rule: OptimizerRule = .nesterov, rate: Double = 0.02
  ) -> TrainerSettings {
    TrainerSettings(
      epochs: epochs, batch: batch, rule: rule, learningRate: rate, plan: .decay(0.01))
  }
}
