import ArgumentParser
import Foundation
import Synchronization
import TonoAscent
import TonoAudio
import TonoCore
import TonoFiles
import TonoListen
import TonoRender
import TonoStudy

/// `tonoscope examples`: the real sounds that excite neurons most, and least.
struct ExamplesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "examples",
    abstract: "Find, draw and play the real sounds that excite neurons most.",
    discussion: """
      Listens once to all sounds below a folder, whatever their rates and channels, and keeps for \
      each neuron those with its largest and its smallest values. A sound longer than the front \
      end's seconds is cut into consecutive examples of that length. Files that cannot be read are \
      named and left out.

      A neuron is LAYER:CHANNEL, several are LAYER:0-11 or LAYER:*, one unit of a channel's map is \
      LAYER:CHANNEL@ROW,COLUMN; all count from 0. All must see one and the same input.

      The directory then holds examples.json (every setting and result), and for each neuron
        LAYER/CHANNEL/most-1.wav    the part that excites it most, cut out: what its most
                                    excited unit sees
        LAYER/CHANNEL/most-1.png    the whole example, with that part outlined
      and so on, and least-1.wav, … for the examples that excite it least.
      """)

  @OptionGroup var model: ModelArguments

  @Argument(help: "The neurons, such as nyu_conv_3_AC:17 or 'nyu_conv_1_AC:*'.")
  var neurons: [String]

  @Option(
    help: ArgumentHelp(
      "A folder of sounds; the folders in it are searched too.", valueName: "dir"),
    completion: .directory)
  var sounds: String

  @Option(
    name: .customLong("out"),
    help: ArgumentHelp(
      "Where the examples go; made if it is missing.", valueName: "dir"))
  var directory: String

  @Option(help: ArgumentHelp("How many examples of either kind.", valueName: "count"))
  var count = 5

  @OptionGroup var frontEnds: FrontEndArguments

  @Option(help: ArgumentHelp("The pictures' colours.", valueName: "name"))
  var colormap = Colormap.magma

  @Option(
    help: ArgumentHelp(
      "How many threads listen. Results do not depend on it.", valueName: "count"))
  var threads = ProcessInfo.processInfo.activeProcessorCount

  func validate() throws {
    guard count >= 1 else { throw ValidationError("--count is \(count); give at least 1") }
    guard threads >= 1 else { throw ValidationError("--threads is \(threads); give at least 1") }
    guard !sounds.isEmpty else { throw ValidationError("--sounds is empty; name a folder") }
    guard !directory.isEmpty else { throw ValidationError("--out is empty; name a directory") }
  }

  func run() throws {
    let model = try model.load()
    let frontEnds = try frontEnds.assign(to: model).frontEnds
    let objectives = try self.model.naming {
      try neurons.flatMap { try ObjectiveSelection($0).objectives(in: model.network) }
    }
    let out = URL(filePath: directory)
    let examples = try Examples(
      model, objectives: objectives, frontEnds: frontEnds, count: count)
    let folder = try SoundFolder(URL(filePath: sounds), excluding: out)
    Terminal.note("\(examples.input): \(examples.frontEnd.name), \(folder.files.count) sounds")

    let progress = ExamplesProgress(folder)
    let interruption = Interruption()
    do {
      let manifest = try examples.run(
        on: folder, into: out, colormap: colormap, threads: threads
      ) { event in
        progress.note(event)
        try interruption.check()
      }
      ProgressBar.clear()
      summarize(manifest)
    } catch is Interruption.Interrupted {
      ProgressBar.clear()
      Terminal.note("stopped; there is no examples.json, and the same command begins anew")
      throw ExitCode(130)
    } catch {
      ProgressBar.clear()
      throw error
    }
  }

  /// Prints a table of examples for each neuron, and what was heard.
  private func summarize(_ manifest: ExampleManifest) {
    for neuron in manifest.neurons {
      print(neuron.table)
      if manifest.examples > 1, neuron.most.first?.value == neuron.least.first?.value {
        print("the same for all examples; there is nothing to learn from them")
      }
      print("")
    }
    var counts = "\(manifest.examples) examples of \(manifest.files) sounds"
    if !manifest.skipped.isEmpty { counts += ", \(manifest.skipped.count) skipped" }
    print("\(counts); see \(directory)")
  }
}

/// The progress of listening to a folder, by its bytes, and then of writing.
private final class ExamplesProgress: Sendable {
  private struct State {
    var listening = ProgressBar()
    var writing: ProgressBar?
    var bytes = 0
  }

  private let byteCount: Int
  private let state = Mutex(State())

  init(_ folder: SoundFolder) { byteCount = folder.byteCount }

  /// Takes in what happened, and shows it.
  func note(_ event: Examples.Event) {
    state.withLock { state in
      switch event {
      case .heard(let bytes):
        state.bytes += bytes
        state.listening.draw(
          share: Double(state.bytes) / Double(max(1, byteCount)),
          "\(state.bytes >> 20) of \(byteCount >> 20) MiB heard")
      case .skipped(let skipped):
        ProgressBar.clear()
        Terminal.note("skipped: \(skipped.reason)")
      case .written(let count, let total):
        var bar = state.writing ?? ProgressBar()
        bar.draw(share: Double(count) / Double(total), "\(count) of \(total) examples written")
        state.writing = bar
      }
    }
  }
}
