import ArgumentParser
import Foundation
import TonoAscent
import TonoCore
import TonoFiles
import TonoModels
import TonoStudy

/// `tonoscope gradient`: which way a neuron rises at given inputs.
struct GradientCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gradient",
    abstract: "Print a neuron's activation at given inputs, and write its gradient.",
    discussion: """
      A channel counts as the mean of its map. The value is printed, one line for each sample of a \
      batch; the archive has one array for each input given, in its shape, channels-first. Arrays \
      are taken as they are: nothing is normalized.
      """)

  @OptionGroup var model: ModelArguments

  @Argument(
    help: """
      The neuron, such as nyu_conv_3:17, nyu_conv_3:17@12,0 or fc_1:5, or another objective, such as \
      'fc_1:5 - 0.5*fc_1:7' or 'square(nyu_conv_3)'.
      """)
  var neuron: String

  @OptionGroup var inputs: InputArguments

  @Option(help: ArgumentHelp("The archive to write.", valueName: "grads.npz"))
  var out: String

  /// The objective; a range names several.
  private func objective(in model: Model) throws -> Objective {
    let objectives = try ObjectiveSelection(neuron).objectives(in: model.network)
    guard objectives.count == 1 else {
      throw InputError(
        "'\(neuron)' names several neurons; give one, such as \(objectives[0])")
    }
    return objectives[0]
  }

  func run() throws {
    let model = try model.load()
    let probe = try inputs.probe(model.network)
    let answer = try self.model.naming {
      try probe.gradient(
        of: try objective(in: model), threads: ProcessInfo.processInfo.activeProcessorCount)
    }
    let arrays = model.network.inputs.compactMap { input in
      answer.gradients[input.name].map { (name: input.name, tensor: $0) }
    }
    try AtomicFile.write(try NumPyArchive.encode(arrays), to: URL(filePath: out))
    for value in answer.values { print(value) }
  }
}
