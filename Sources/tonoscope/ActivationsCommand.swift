import ArgumentParser
import Foundation
import TonoStudy

/// `tonoscope activations`: what layers answer to given inputs.
struct ActivationsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "activations",
    abstract: "Write what layers answer to given inputs.",
    discussion: """
      The archive has one array for each layer, channels-first, with a batch axis in front where \
      the inputs have one. The network runs as far as the layers asked, and needs only the inputs \
      that they depend on.
      """)

  @OptionGroup var model: ModelArguments
  @OptionGroup var inputs: InputArguments

  @Option(help: ArgumentHelp("The layers, separated by commas.", valueName: "names"))
  var layers: String

  @Option(help: ArgumentHelp("The archive to write.", valueName: "acts.npz"))
  var out: String

  func run() throws {
    let model = try model.load()
    let layers = layers.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    guard !layers.isEmpty else { throw ValidationError("--layers names no layer") }
    let probe = try Probe(model.network, inputs: try inputs.load())
    let activations = try probe.activations(
      of: layers, threads: ProcessInfo.processInfo.activeProcessorCount)
    let arrays = layers.compactMap { name in activations[name].map { (name: name, tensor: $0) } }
    try AtomicFile.write(try NumPyArchive.encode(arrays), to: URL(filePath: out))
  }
}
