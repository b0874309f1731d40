import Foundation
import TestSupport
import Testing
import TonoAudio
import TonoLearn
import TonoModels
import TonoStudy

/// The whole way on synthesized sounds, and what a training leaves.
@Suite struct TrainingDemoTests {
  private struct Stop: Error {}

  private var demo: TrainingDemo {
    var demo = TrainingDemo(epochs: 1)
    demo.corpus.clipsPerFold = 2
    demo.corpus.speakers = 3
    demo.corpus.sentences = 2
    demo.corpus.conceptsPerKind = 2
    demo.corpus.imitations = 3
    return demo
  }

  @Test("towers and the siamese network are trained, kept and told again")
  func demonstration() throws {
    let folder = try TemporaryFolder()
    let results = try demo.run(in: folder.url, threads: 2) { _ in }
    #expect(results.map(\.name) == ["imitation-tower", "recording-tower", "siamese"])
    for (name, report) in results {
      let place = folder.url.appending(path: name)
      let model = try ModelFile.load(place.appending(path: "model.safetensors"))
      #expect(Set(model.frontEnds.keys) == Set(model.network.inputs.map(\.name)), "\(name)")
      let names = try FileManager.default.contentsOfDirectory(atPath: place.path).sorted()
      #expect(
        names == ["curve.csv", "curve.png", "model.safetensors", "split.json", "training.json"])
      #expect(report.epochs == 1 && report.test != nil && report.problems.isEmpty)
    }
    guard case .retrieval(let among)? = results[2].report.test else {
      Issue.record("the siamese network is tested by retrieval")
      return
    }
    #expect(among.count == 2 && among[0].candidates < among[1].candidates)
    #expect(among.allSatisfy { $0.mrr > 0 && $0.mrr <= 1 && $0.chance < 1 })
    #expect(results[2].report.summary.hasPrefix("MRR 0."))
    #expect(results[0].report.summary.hasPrefix("accuracy "))
    // Nothing is trained again.
    let again = try demo.run(in: folder.url, threads: 1) { event in
      if case .step = event { throw Stop() }
    }
    #expect(again.map(\.report) == results.map(\.report))
    // Another training does not go where one is.
    var other = demo
    other.towerEpochs = 2
    #expect {
      _ = try other.run(in: folder.url, threads: 2) { _ in }
    } throws: { "\($0)".contains("holds another training") }
  }

  @Test("a training that was stopped leaves the same files as one that was not")
  func stopping() throws {
    let folder = try TemporaryFolder()
    var demo = demo
    (demo.towerEpochs, demo.siameseEpochs) = (2, 2)
    _ = try demo.run(in: folder["whole"], threads: 2) { _ in }
    let count = Count()
    for stop in [2, 9, 14] {
      do {
        _ = try demo.run(in: folder["stopped"], threads: 2) { event in
          switch event {
          case .step, .epoch: if count.next() == stop { throw Stop() }
          default: break
          }
        }
      } catch is Stop {}
      count.reset()
    }
    _ = try demo.run(in: folder["stopped"], threads: 1) { _ in }
    for name in ["imitation-tower", "recording-tower", "siamese"] {
      for file in ["model.safetensors", "curve.csv", "curve.png", "split.json"] {
        let path = "\(name)/\(file)"
        #expect(
          try Data(contentsOf: folder["whole/\(path)"])
            == Data(contentsOf: folder["stopped/\(path)"]), "\(path)")
      }
    }
  }

  @Test("snapshots are networks that can be read, the first one untrained")
  func snapshots() throws {
    let folder = try TemporaryFolder()
    try demo.corpus.write(to: folder["corpus"], threads: 2)
    let sounds = try LabelledSounds.read(
      folder["corpus/\(DemoCorpus.Part.recordings.rawValue)"])
    let start = try Architectures.recordingTower(classes: sounds.classes.count, seed: 1)
    var recipe = TrainingRecipe.pretraining
    recipe.settings.epochs = 2
    recipe.settings.batch = 8
    recipe.snapshots = 3
    let training = try ClassifierTraining(
      start, frontEnd: .named("tl-iminet/recording"), sounds: sounds, recipe: recipe)
    let cache = FeatureCache(folder: folder["features"])
    _ = try training.run(
      in: TrainingFolder(folder["tower"]), cache: cache, threads: 2
    ) { _ in }
    let names = try FileManager.default.contentsOfDirectory(
      atPath: folder["tower/snapshots"].path
    ).sorted()
    #expect(names.count == 3 && names[0] == "step-000000.safetensors")
    let first = try ModelFile.load(folder["tower/snapshots/step-000000.safetensors"])
    #expect(first.network.parameters == start.parameters)
    let last = try ModelFile.load(folder["tower/snapshots/\(names[2])"])
    let kept = try ModelFile.load(folder["tower/model.safetensors"])
    #expect(last.network.parameters == kept.network.parameters)
  }
}

/// A count that threads may share.
private final class Count: @unchecked Sendable {
  private let lock = NSLock()
  private var value = 0

  func next() -> Int {
    lock.withLock {
      value += 1
      return value
    }
  }

  func reset() { lock.withLock { value = 0 } }
}
