import TestSupport
import Testing
import TonoCore
import TonoLearn
import TonoNetwork

/// Two steps of each trainer against PyTorch in double precision.
@Suite struct TrainerGoldenTests {
  private let reference: ReferenceValues

  init() throws { reference = try ReferenceValues("training/trainers") }

  /// A network with the reference's weights of a moment.
  private func network(_ network: Network, _ moment: String) throws -> Network {
    try network.replacing(
      network.parameters.reduce(into: [:]) { parameters, entry in
        parameters[entry.key] = try reference.tensor("\(moment)/\(entry.key)")
      })
  }

  private func expectSame(_ outcome: Network, as moment: String) throws {
    for (name, tensor) in outcome.parameters {
      let deviation = try reference.deviation(of: tensor, from: "\(moment)/\(name)")
      #expect(deviation.relative < Tolerance.trainingStep, "\(name): \(deviation)")
    }
    for node in outcome.nodes {
      guard let layer = node.layer as? BatchNormalization else { continue }
      for (role, values) in [("mean", layer.mean), ("variance", layer.variance)] {
        let deviation = try reference.deviation(
          of: Tensor(shape: [values.count], values: values), from: "\(moment)/\(node.name)/\(role)")
        #expect(deviation.relative < Tolerance.trainingStep, "\(node.name) \(role): \(deviation)")
      }
    }
  }

  private func expectSame(_ curve: TrainingCurve, as name: String) throws {
    let losses = try reference.tensor("\(name)/losses").values
    let inference = try reference.tensor("\(name)/inference").values
    for (index, epoch) in curve.epochs.enumerated() {
      #expect(abs(epoch.training.loss - Double(losses[index])) < Tolerance.trainingStep)
      let validation = try #require(epoch.validation)
      #expect(abs(validation.loss - Double(inference[index])) < Tolerance.trainingStep)
    }
  }

  @Test("a classifier under Adam")
  func classifier() throws {
    let features = try reference.tensor("classifier/features")
    let labels = try reference.tensor("classifier/labels").values.map(Int.init)
    let examples = ClassificationTask.Examples(
      features: (0..<6).map(features.sample), labels: labels)
    let start = try network(SmallTask.classifier(), "classifier/before")
    let task = try ClassificationTask(start, training: examples, validation: examples)
    var settings = SmallTask.settings(epochs: 2, batch: 6, rule: .adam, rate: 0.01)
    settings.plan = .constant
    settings.statisticsMomentum = 0.9
    settings.keepsBest = false
    let outcome = try Trainer(start, task: task, settings: settings, threads: 2).run()
    try expectSame(outcome.network, as: "classifier/after")
    try expectSame(outcome.curve, as: "classifier")
  }

  @Test(
    "a siamese network under Nesterov's momentum",
    arguments: [
      ("binary", PairLoss.binaryCrossEntropy), ("contrastive", .contrastive(margin: 0.8)),
      ("triplet", .triplet(margin: 0.5)),
    ])
  func siamese(_ name: String, _ loss: PairLoss) throws {
    let imitations = try reference.tensor("siamese/imitations")
    let recordings = try reference.tensor("siamese/recordings")
    let meanings = try reference.tensor("siamese/meanings").values.map(Int.init)
    // The same imitations again for validation: with two recordings, both parts have the same pairs.
    let sounds = PairTask.Sounds(
      recordings: (0..<2).map(recordings.sample), concepts: [0, 1],
      imitations: (0..<8).map { imitations.sample($0 % 4) }, meanings: meanings + meanings,
      validationCount: 4)
    let start = try network(SmallTask.siamese(), "siamese/\(name)/before")
    let task = try PairTask(start, sounds: sounds, loss: loss, seed: 1)
    var settings = SmallTask.settings(epochs: 2, batch: task.examplesPerEpoch, rate: 0.05)
    settings.plan = .decay(0.1)
    settings.statisticsMomentum = 0.9
    settings.keepsBest = false
    let outcome = try Trainer(start, task: task, settings: settings, threads: 2).run()
    try expectSame(outcome.network, as: "siamese/\(name)/after")
    try expectSame(outcome.curve, as: "siamese/\(name)")
  }
}
