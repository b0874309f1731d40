import Foundation
import TestSupport
import Testing
import TonoLearn
import TonoModels

/// `train`, on a small part of the synthesized corpus.
@Suite struct TrainCommandTests {
  private let folder: TemporaryFolder
  private let cache: [String]

  init() throws {
    folder = try TemporaryFolder()
    cache = ["--cache", folder["features"].path]
    var corpus = DemoCorpus()
    corpus.clipsPerFold = 2
    corpus.speakers = 3
    corpus.sentences = 2
    corpus.conceptsPerKind = 2
    corpus.imitations = 3
    try corpus.write(to: folder["corpus"], threads: 2)
  }

  private func data(_ part: DemoCorpus.Part) -> [String] {
    ["--data", folder["corpus/\(part.rawValue)"].path]
  }

  private func lastLine(_ text: String) -> Substring {
    text.split(separator: "\n").last ?? ""
  }

  @Test("towers, then the siamese network from them, then a classifier further")
  func training() throws {
    let tower = folder["nyu"].path
    let first = try Tool.run(
      ["train", "recording-tower", "--out", tower, "--epochs", "1", "--batch", "8"]
        + data(.recordings) + cache)
    #expect(first.status == 0, "\(first.error)")
    #expect(lastLine(first.output).hasPrefix("accuracy "))
    #expect(first.error.contains("epoch 1/1: loss "))
    let inspected = try Tool.run(["inspect", tower + "/model.safetensors"])
    #expect(inspected.status == 0 && inspected.output.contains("nyu_fc_2"))

    let siamese = try Tool.run(
      [
        "train", "siamese", "--from", tower + "/model.safetensors", "--out",
        folder["siamese"].path, "--epochs", "1", "--batch", "8", "--loss", "triplet",
        "--negatives", "hard", "--augment", "roll 1", "--snapshots", "2",
      ] + data(.imitations) + cache)
    #expect(siamese.status == 0, "\(siamese.error)")
    #expect(lastLine(siamese.output).hasPrefix("MRR "))
    let snapshots = try FileManager.default.contentsOfDirectory(
      atPath: folder["siamese/snapshots"].path)
    #expect(snapshots.count == 2)
    let again = try Tool.run(
      [
        "train", "siamese", "--from", tower + "/model.safetensors", "--out",
        folder["siamese"].path, "--epochs", "1", "--batch", "8", "--loss", "triplet",
        "--negatives", "hard", "--augment", "roll 1", "--snapshots", "2", "--threads", "1",
      ] + data(.imitations) + cache)
    #expect(again.status == 0 && again.output == siamese.output)
    #expect(!again.error.contains("epoch 1/1"))

    let further = try Tool.run(
      [
        "train", "classifier", tower + "/model.safetensors", "--out", folder["further"].path,
        "--epochs", "1", "--batch", "8", "--test-fold", "1",
      ] + data(.recordings) + cache)
    #expect(further.status == 0, "\(further.error)")
    #expect(lastLine(further.output).hasPrefix("accuracy "))
  }

  @Test("a training that was killed goes on to the same bytes")
  func killing() throws {
    func arguments(_ out: String) -> [String] {
      ["train", "imitation-tower", "--out", folder[out].path, "--epochs", "6", "--batch", "4"]
        + data(.speech) + cache
    }
    let whole = try Tool.run(arguments("whole"))
    #expect(whole.status == 0, "\(whole.error)")
    let running = try Tool.start(arguments("killed"))
    Thread.sleep(forTimeInterval: 1)
    kill(running.process.processIdentifier, SIGINT)
    let stopped = try running.finish()
    #expect([0, 130].contains(stopped.status), "\(stopped.error)")
    let resumed = try Tool.run(arguments("killed") + ["--threads", "1"])
    #expect(resumed.status == 0, "\(resumed.error)")
    #expect(resumed.output == whole.output)
    for file in ["model.safetensors", "curve.csv"] {
      #expect(
        try Data(contentsOf: folder["whole/\(file)"])
          == Data(contentsOf: folder["killed/\(file)"]), "\(file)")
    }
  }

  @Test("what cannot be is said in one sentence")
  func errors() throws {
    func expect(_ words: String, _ arguments: [String]) throws {
      let result = try Tool.run(["train"] + arguments + cache)
      #expect(result.status != 0)
      #expect(result.error.contains(words), "\(result.error)")
      #expect(
        result.error.split(separator: "\n").count { $0.hasPrefix("Error:") } == 1,
        "\(result.error)")
    }
    let out = ["--out", folder["none"].path]
    try expect(
      "a batch of 4000 is larger than",
      ["recording-tower", "--batch", "4000"] + out + data(.recordings))
    try expect(
      "no fold 7", ["recording-tower", "--test-fold", "7"] + out + data(.recordings))
    try expect(
      "has neither tower",
      ["siamese", "--from", Fixture.url("formats/layers.keras").path, "--data", "x"] + out)
    try expect(
      "lower the learning rate",
      [
        "recording-tower", "--optimizer", "descent", "--learning-rate", "1000", "--plan",
        "exponential:1000", "--epochs", "40", "--batch", "8",
      ] + out + data(.recordings))
    try expect(
      "no part is kept to validate on",
      ["recording-tower", "--patience", "2", "--batch", "8"] + out + data(.recordings))
    #expect(!FileManager.default.fileExists(atPath: folder["none/model.safetensors"].path))
    let loss = try Tool.run(
      ["train", "siamese", "--margin", "2"] + out + data(.imitations))
    #expect(loss.status != 0 && loss.error.contains("--margin is of --loss"))
    let plan = try Tool.run(
      ["train", "siamese", "--plan", "fast"] + out + data(.imitations))
    #expect(plan.status != 0 && plan.error.contains("--plan"))
  }

  @Test("a full disk leaves no part of a file, and training goes on afterwards")
  func fullDisk() throws {
    let arguments =
      ["train", "imitation-tower", "--out", folder["full"].path, "--epochs", "1", "--batch", "4"]
      + data(.speech) + cache
    let warm = try Tool.run(
      ["train", "imitation-tower", "--out", folder["warm"].path, "--epochs", "1", "--batch", "4"]
        + data(.speech) + cache)
    #expect(warm.status == 0)
    // No file may grow past a hundred blocks: the checkpoint and the model cannot be written.
    let limited = try Tool.run(arguments, shell: "ulimit -f 100")
    #expect(
      limited.status != 0 && limited.error.contains("larger than allowed"), "\(limited.error)")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder["full"].path)) ?? []
    #expect(names.allSatisfy { !$0.hasSuffix(".part") && !$0.hasSuffix(".safetensors") })
    let after = try Tool.run(arguments)
    #expect(after.status == 0 && after.output == warm.output)
  }
}
