import ArgumentParser
import Foundation
import TonoAudio
import TonoCheck
import TonoCore
import TonoFiles
import TonoStudy

/// `tonoscope check`: whether a model can be trusted and is ready for ascents.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check a model: gradients, weights, dead and saturated channels, its front end.",
    discussion: """
      For each layer of the model: its gradient beside finite differences; the channels that are \
      dead (one and the same value at every position of every input: behind a ReLU zero) on the \
      noise that 'maximize' starts from, and on sounds of yours; and the share of values in the flat \
      part of its activation: zeros of a ReLU; of sigmoid, tanh and the like a slope below a \
      hundredth of the steepest; positions of a softmax where one class has more than 0.99.

      With --sounds also whether the outputs tell sounds apart, and whether the sounds are to each \
      batch normalization what its moving statistics say of training: if not, the front end is \
      probably another.

      At the end stands a verdict: 'wrong' means that results cannot be trusted, 'doubtful' that \
      something most likely does not fit, 'hint' is good to know. The exit code is 1 if something \
      is wrong, else 0.
      """)

  @OptionGroup var model: ModelArguments

  @Option(
    help: ArgumentHelp(
      """
      A sound file, or a folder of sounds, those in its folders too. Each sound is shown to all \
      inputs, each of which needs a front end.
      """, valueName: "dir"),
    completion: .directory)
  var sounds: String?

  @Option(
    help: ArgumentHelp(
      """
      About how many examples of the front end's length are heard, spread evenly over the files, \
      each from its beginning.
      """, valueName: "count"))
  var count = 100

  @OptionGroup var frontEnds: FrontEndArguments

  @Option(
    help: ArgumentHelp("How many start noises are shown.", valueName: "count"))
  var starts = 16

  @Option(help: ArgumentHelp("What all random numbers are drawn from.", valueName: "number"))
  var seed: UInt64 = 0

  @Option(
    help: ArgumentHelp("Also write the report as JSON; - prints it alone.", valueName: "file"))
  var json: String?

  @Option(
    help: ArgumentHelp(
      "How many threads work. Results do not depend on it.", valueName: "count"))
  var threads = ProcessInfo.processInfo.activeProcessorCount

  func validate() throws {
    guard count >= 1 else { throw ValidationError("--count is \(count); give at least 1") }
    guard starts >= 1 else { throw ValidationError("--starts is \(starts); give at least 1") }
    guard threads >= 1 else { throw ValidationError("--threads is \(threads); give at least 1") }
    guard sounds != "" else { throw ValidationError("--sounds is empty; name a folder") }
    guard json != "" else { throw ValidationError("--json is empty; name a file, or -") }
  }

  func run() throws {
    let model = try model.load()
    let frontEnds = try frontEnds.assign(to: model).frontEnds
    let check = try ModelCheck(
      model, frontEnds: frontEnds,
      sounds: try sounds.map { try SoundFolder(fileOrFolder: URL(filePath: $0)) },
      soundCount: count, seed: seed, starts: starts)
    let interruption = Interruption()
    let report: ModelReport
    do {
      report = try check.run(threads: threads) { try interruption.check() }
    } catch is Interruption.Interrupted {
      Terminal.note("stopped")
      throw ExitCode(130)
    }
    for skipped in report.sounds?.skipped ?? [] { Terminal.note("skipped: \(skipped.reason)") }
    if json != "-" { print(report.text(\.inFlags)) }
    if let json {
      let bytes = try report.encoded()
      if json == "-" {
        print(String(decoding: bytes, as: UTF8.self))
      } else {
        try AtomicFile.write(bytes, to: URL(filePath: json))
      }
    }
    if report.isWrong { throw ExitCode.failure }
  }
}
