import ArgumentParser
import Foundation
import TonoCore
import TonoFiles
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

  /// The layers asked, each once.
  private var distinctLayers: [String] {
    var seen: Set<String> = []
    return layers.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { seen.insert($0).inserted }
  }

  func validate() throws {
    guard !distinctLayers.isEmpty else { throw ValidationError("--layers names no layer") }
  }

  func run() throws {
    let model = try model.load()
    let probe = try inputs.probe(model.network)
    let activations = try self.model.naming {
      try probe.activations(
        of: distinctLayers, threads: ProcessInfo.processInfo.activeProcessorCount)
    }
    let arrays = distinctLayers.compactMap { name in
      activations[name].map { (name: name, tensor: $0) }
    }
    try AtomicFile.write(try NumPyArchive.encode(arrays), to: URL(filePath: out))
  }
}
