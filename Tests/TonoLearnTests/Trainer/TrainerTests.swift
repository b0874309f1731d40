import Foundation
import TestSupport
import Testing
import TonoCore
import TonoLearn
import TonoNetwork

@Suite struct TrainerTests {
  private struct Stop: Error {}

  private func classification(
    dropout: Double = 0.3, validation: Int = 6
  ) throws -> (Network, ClassificationTask) {
    let network = try SmallTask.classifier(dropout: dropout)
    let task = try ClassificationTask(
      network, training: SmallTask.sounds(14), validation: SmallTask.sounds(validation, seed: 9),
      augmenter: SmallTask.augmenter(SmallTask.a), seed: 5)
    return (network, task)
  }

  @Test("a network learns what it is shown")
  func learning() throws {
    let (network, task) = try classification(dropout: 0)
    let outcome = try Trainer(
      network, task: task, settings: SmallTask.settings(epochs: 30), threads: 2
    ).run()
    let curve = outcome.curve.epochs
    #expect(curve.count == 30 && curve[29].training.loss < 0.3 * curve[0].training.loss)
    let measure = try task.measure(
      outcome.network, on: SmallTask.sounds(30, seed: 99), threads: 2)
    #expect(measure.accuracy > 0.8)
  }

  @Test(
    "pairs are learned under every loss and choice of others",
    arguments: [
      PairLoss.binaryCrossEntropy, .contrastive(margin: 1), .triplet(margin: 1),
    ], PairTask.Negatives.allCases)
  func pairs(_ loss: PairLoss, _ negatives: PairTask.Negatives) throws {
    let network = try SmallTask.siamese()
    let task = try PairTask(
      network, sounds: SmallTask.imitations(40, validation: 16), loss: loss, negatives: negatives,
      seed: 1)
    var settings = SmallTask.settings(epochs: 40, batch: 8, rule: .adam, rate: 0.01)
    settings.plan = .constant
    let outcome = try Trainer(network, task: task, settings: settings, threads: 2).run()
    let curve = outcome.curve.epochs
    let best = try #require(outcome.curve.best?.validation)
    #expect(curve[39].training.loss < curve[0].training.loss)
    #expect(best.accuracy > 0.7, "\(best)")
  }

  @Test("no bit depends on the threads")
  func threads() throws {
    func train(_ threads: Int) throws -> (Network, TrainingCurve) {
      let (network, task) = try classification()
      let outcome = try Trainer(
        network, task: task, settings: SmallTask.settings(), threads: threads
      ).run()
      return (outcome.network, outcome.curve)
    }
    func trainPairs(_ threads: Int) throws -> (Network, TrainingCurve) {
      let network = try SmallTask.siamese()
      let task = try PairTask(
        network, sounds: SmallTask.imitations(12, validation: 4), negatives: .hard,
        augmenters: (SmallTask.augmenter(SmallTask.a), SmallTask.augmenter(SmallTask.b)), seed: 1)
      let outcome = try Trainer(
        network, task: task, settings: SmallTask.settings(), threads: threads
      ).run()
      return (outcome.network, outcome.curve)
    }
    for train in [train, trainPairs] {
      let (one, two, three) = (try train(1), try train(2), try train(3))
      expectSame(one.0, two.0)
      expectSame(one.0, three.0)
      #expect(one.1 == two.1 && one.1 == three.1)
    }
  }

  @Test("a stopped training goes on to the same bits", arguments: [1, 2, 4, 5, 9])
  func resuming(_ stop: Int) throws {
    let folder = try TemporaryFolder()
    let settings = SmallTask.settings(rule: .adam, rate: 0.01)
    func trainer(_ checkpoint: URL?, threads: Int) throws -> Trainer<ClassificationTask> {
      let (network, task) = try classification()
      return try Trainer(
        network, task: task, settings: settings, checkpoint: checkpoint, identity: "x",
        threads: threads)
    }
    let whole = try trainer(nil, threads: 1).run()
    let file = folder["checkpoint.safetensors"]
    var events = 0
    #expect(throws: Stop.self) {
      _ = try trainer(file, threads: 2).run { _ in
        events += 1
        if events == stop { throw Stop() }
      }
    }
    let resumed = try trainer(file, threads: 1).run()
    expectSame(whole.network, resumed.network)
    #expect(whole.curve == resumed.curve && whole.epoch == resumed.epoch)
    // The finished training is told at once.
    let again = try trainer(file, threads: 2).run { _ in throw Stop() }
    expectSame(whole.network, again.network)
  }

  @Test("hard pairs that were drawn are kept by the checkpoint")
  func resumingPairs() throws {
    let folder = try TemporaryFolder()
    func trainer(_ checkpoint: URL?) throws -> Trainer<PairTask> {
      let network = try SmallTask.siamese()
      let task = try PairTask(
        network, sounds: SmallTask.imitations(12, validation: 4), loss: .triplet(margin: 1),
        negatives: .hard, seed: 1)
      return try Trainer(
        network, task: task, settings: SmallTask.settings(), checkpoint: checkpoint, threads: 2)
    }
    let whole = try trainer(nil).run()
    let file = folder["checkpoint.safetensors"]
    var events = 0
    for stop in [1, 3, 1, 2] {
      events = 0
      _ = try? trainer(file).run { _ in
        events += 1
        if events == stop { throw Stop() }
      }
    }
    let resumed = try trainer(file).run()
    expectSame(whole.network, resumed.network)
    #expect(whole.curve == resumed.curve)
  }

  @Test("a checkpoint of another training, or none at all, is refused and stays")
  func foreignCheckpoints() throws {
    let folder = try TemporaryFolder()
    let file = folder["checkpoint.safetensors"]
    let (network, task) = try classification()
    _ = try Trainer(
      network, task: task, settings: SmallTask.settings(), checkpoint: file, identity: "x",
      threads: 1
    ).run()
    let bytes = try Data(contentsOf: file)
    var other = SmallTask.settings()
    other.seed = 2
    for (settings, identity) in [(other, "x"), (SmallTask.settings(), "y")] {
      #expect(throws: InputError.self) {
        try Trainer(
          network, task: task, settings: settings, checkpoint: file, identity: identity, threads: 1)
      }
    }
    #expect(try Data(contentsOf: file) == bytes)
    for damage in [Data(), bytes.prefix(100), Data("{}".utf8)] {
      try damage.write(to: file)
      #expect(throws: (any Error).self) {
        try Trainer(
          network, task: task, settings: SmallTask.settings(), checkpoint: file, identity: "x",
          threads: 1)
      }
    }
  }

  @Test("a loss that is no number ends the training, and the checkpoint before stays")
  func divergence() throws {
    let folder = try TemporaryFolder()
    let file = folder["checkpoint.safetensors"]
    let (network, task) = try classification(validation: 0)
    var settings = SmallTask.settings(rule: .descent(momentum: 0, nesterov: false), rate: 1000)
    settings.plan = .exponential(1e30)
    #expect {
      _ = try Trainer(
        network, task: task, settings: settings, checkpoint: file, threads: 1
      ).run()
    } throws: { "\($0)".contains("no finite number in epoch") && "\($0)".contains("learning rate") }
    #expect(!FileManager.default.fileExists(atPath: file.path))
  }

  @Test("a batch larger than the data, and settings out of their ranges, are refused")
  func refusals() throws {
    let (network, task) = try classification()
    func expect(_ word: String, _ change: (inout TrainerSettings) -> Void) {
      var settings = SmallTask.settings()
      change(&settings)
      #expect {
        try Trainer(network, task: task, settings: settings, threads: 1)
      } throws: { "\($0)".contains(word) }
    }
    expect("a batch of 15 is larger than the 14 examples") { $0.batch = 15 }
    expect("number of epochs") { $0.epochs = 0 }
    expect("learning rate") { $0.learningRate = -1 }
    expect("learning rate") { $0.learningRate = .nan }
    expect("momentum") { $0.rule = .descent(momentum: 2, nesterov: true) }
    expect("patience") { $0.patience = 0 }
  }

  @Test("training stops when validation does not improve, and the best network is kept")
  func earlyStopping() throws {
    let (network, task) = try classification(dropout: 0)
    // A rate that grows: validation gets worse at some time.
    var settings = SmallTask.settings(epochs: 60)
    settings.plan = .exponential(1.3)
    settings.patience = 3
    let outcome = try Trainer(network, task: task, settings: settings, threads: 1).run()
    let losses = outcome.curve.epochs.compactMap(\.validation?.loss)
    #expect(losses.count < 60 && outcome.curve.epochs.count == outcome.epoch + 3)
    #expect(losses[outcome.epoch - 1] == losses.min())
    let measure = try task.validate(outcome.network, threads: 1)
    #expect(measure?.loss == losses.min())
    settings.keepsBest = false
    let last = try Trainer(network, task: task, settings: settings, threads: 1).run()
    #expect(last.epoch == last.curve.epochs.count)
    #expect(try task.validate(last.network, threads: 1)?.loss == losses.last)
  }

  @Test("moments are kept from the untrained network to the last, closer at the beginning")
  func snapshots() throws {
    let (network, task) = try classification()
    var steps: [Int] = []
    var networks: [Network] = []
    let outcome = try Trainer(
      network, task: task, settings: SmallTask.settings(epochs: 5), snapshots: 5, threads: 1
    ).run { event in
      guard case .snapshot(let step, let network) = event else { return }
      steps.append(step)
      networks.append(network)
    }
    #expect(steps == [0, 1, 5, 11, 20])
    expectSame(networks[0], network)
    var settings = SmallTask.settings(epochs: 5)
    settings.keepsBest = false
    let last = try Trainer(network, task: task, settings: settings, threads: 1).run()
    expectSame(networks[4], last.network)
    #expect(outcome.curve == last.curve)
  }

  @Test("the curve is a table with a line for each epoch")
  func curve() throws {
    let (network, task) = try classification()
    let curve = try Trainer(
      network, task: task, settings: SmallTask.settings(), threads: 1
    ).run().curve
    let lines = curve.csv.split(separator: "\n")
    #expect(lines.count == 4 && lines.allSatisfy { $0.split(separator: ",").count == 6 })
    #expect(lines[1].hasPrefix("1,0.0"))
  }

  @Test("tasks refuse what does not fit")
  func tasks() throws {
    let (classifier, siamese) = (try SmallTask.classifier(), try SmallTask.siamese())
    let sounds = SmallTask.sounds(6)
    let none = ClassificationTask.Examples(features: [], labels: [])
    func refused(_ word: String, _ body: () throws -> Void) {
      #expect(throws: InputError.self) { try body() }
      do { try body() } catch { #expect("\(error)".contains(word), "\(error)") }
    }
    refused("softmax") { _ = try ClassificationTask(siamese, training: sounds, validation: none) }
    refused("class 3") {
      let other = ClassificationTask.Examples(
        features: sounds.features, labels: [0, 1, 2, 3, 0, 1])
      _ = try ClassificationTask(classifier, training: other, validation: none)
    }
    refused("1×2×2") {
      let other = ClassificationTask.Examples(features: [Tensor(shape: [1, 2, 2])], labels: [0])
      _ = try ClassificationTask(classifier, training: other, validation: none)
    }
    refused("siamese") { _ = try PairTask(classifier, sounds: SmallTask.imitations(8), seed: 1) }
    let all = SmallTask.imitations(8)
    refused("at least two") {
      let one = PairTask.Sounds(
        recordings: [all.recordings[0]], concepts: [0], imitations: [all.imitations[0]],
        meanings: [0])
      _ = try PairTask(siamese, sounds: one, seed: 1)
    }
  }

  @Test("pairs are of each imitation with its own recording and with another one")
  func drawing() throws {
    let network = try SmallTask.siamese()
    let sounds = SmallTask.imitations(12, validation: 4)
    for negatives in PairTask.Negatives.allCases {
      let task = try PairTask(network, sounds: sounds, negatives: negatives, seed: 1)
      let pairs = try task.examples(of: 0, network: network, threads: 1, seed: 3)
        .flatMap(\.self)
      #expect(pairs.count == 16 && Set(pairs.map(\.imitation)) == Set(0..<8))
      for pair in pairs {
        let own = sounds.concepts[pair.recording] == sounds.meanings[pair.imitation]
        #expect(own == pair.isMatch)
      }
      let others = try task.examples(of: 1, network: network, threads: 1, seed: 4)
        .flatMap(\.self)
      #expect(others != pairs)
    }
  }
}

/// Whether two networks have the same bits.
func expectSame(_ a: Network, _ b: Network, _ location: SourceLocation = #_sourceLocation) {
  #expect(a.parameters == b.parameters, sourceLocation: location)
  let statistics = { (network: Network) in
    network.nodes.compactMap { $0.layer as? BatchNormalization }.map { [$0.mean, $0.variance] }
  }
  #expect(statistics(a) == statistics(b), sourceLocation: location)
}
