import ArgumentParser
import Foundation
import TonoStudy

/// `tonoscope train`: the towers, what compares them, and any other classifier.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train the networks of TL-IMINET, or any classifier further.",
    discussion: """
      The papers' way: pretrain both towers, then train the siamese network from them.

        tonoscope train imitation-tower --data VoxForge --out lid
        tonoscope train recording-tower --data UrbanSound8K --test-fold 10 --out nyu
        tonoscope train siamese --data VocalSketch --from lid/model.safetensors \\
          --from nyu/model.safetensors --out siamese

      Everything lies in the folder --out: model.safetensors with its front ends, which every other \
      command reads, training.json, split.json, curve.csv and curve.png. The same seed gives the same \
      network, to the bit, whatever the number of threads; a training that was stopped goes on when the \
      same command is given again. The last line says how well the network does on the part that it \
      never saw.

      tonoscope train --demo goes the whole way in some minutes with nothing to download: on sounds and \
      imitations that it synthesizes itself.
      """,
    subcommands: [
      TrainImitationTower.self, TrainRecordingTower.self, TrainSiamese.self, TrainIminet.self,
      TrainClassifier.self, TrainDemo.self,
    ])

  /// Arguments in which `train --demo` is `train demo`: a flag of this command's own would bring options that
  /// are taken for those of the others.
  static func expanding(_ arguments: [String]) -> [String] {
    guard arguments.first == configuration.commandName,
      let place = arguments.firstIndex(of: "--demo")
    else { return arguments }
    var rest = arguments
    rest.remove(at: place)
    rest.insert("demo", at: 1)
    return rest
  }
}

/// `tonoscope train --demo`: the whole way on a corpus that is synthesized.
struct TrainDemo: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Synthesize a small corpus and train all three networks on it: train --demo.")

  @Option(
    name: .customLong("out"),
    help: ArgumentHelp("Where the demo goes; made if it is missing.", valueName: "dir"))
  var directory = "train-demo"

  @Option(
    help: ArgumentHelp(
      "How often the demo learns from all sounds.", valueName: "count"))
  var epochs: Int?

  @Option(
    help: ArgumentHelp(
      "How many threads train. Results do not depend on it.", valueName: "count"))
  var threads = ProcessInfo.processInfo.activeProcessorCount

  func validate() throws {
    guard threads >= 1 else { throw ValidationError("--threads is \(threads); give at least 1") }
    if let epochs, epochs < 1 { throw ValidationError("--epochs is \(epochs); give at least 1") }
  }

  func run() throws {
    let progress = TrainingProgress()
    try progress.watch {
      let results = try TrainingDemo(epochs: epochs).run(
        in: URL(filePath: directory), threads: threads, progress.note)
      for (name, report) in results { print("\(name): \(report.summary)") }
      print("synthesized sounds: these numbers say nothing about people; see \(directory)")
    }
  }
}
