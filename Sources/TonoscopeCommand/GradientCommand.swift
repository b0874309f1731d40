import ArgumentParser
import Foundation
import TonoAscent
import TonoCore
import TonoFiles
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

  @Argument(help: "The neuron, such as nyu_conv_3:17, nyu_conv_3:17@12,0 or fc_1:5.")
  var neuron: String

  @OptionGroup var inputs: InputArguments

  @Option(help: ArgumentHelp("The archive to write.", valueName: "grads.npz"))
  var out: String

  /// The neuron; a range names several.
  private var oneNeuron: NeuronReference {
    get throws {
      let selection = try NeuronSelection(neuron)
      guard let single = try? NeuronReference(neuron) else {
        throw InputError(
          "'\(neuron)' names several neurons; give one, such as \(selection.layer):0")
      }
      return single
    }
  }

  func run() throws {
    let model = try model.load()
    let neuron = try oneNeuron
    let probe = try inputs.probe(model.network)
    let answer = try self.model.naming {
      try probe.gradient(
        of: Objective(neuron), threads: ProcessInfo.processInfo.activeProcessorCount)
    }
    let arrays = model.network.inputs.compactMap { input in
      answer.gradients[input.name].map { (name: input.name, tensor: $0) }
    }
    try AtomicFile.write(try NumPyArchive.encode(arrays), to: URL(filePath: out))
    for value in answer.values { print(value) }
  }
}
