import ArgumentParser
import Foundation
import TonoAscent
import TonoCore
import TonoFiles
import TonoNetwork
import TonoStudy

/// `tonobench gradients`: the gradients behind the speed, for comparison with a peer's.
struct GradientsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gradients",
    abstract: "Write a work's values and gradients at inputs of a peer.",
    discussion: """
      Sample i of the inputs is that of the work's neuron i. The archive has the neurons' values and \
      per input the gradients, computed by the programs that an ascent runs.
      """)

  @Argument(help: "W1 to W5, or W4crop; see Benchmarks/README.md.")
  var work: Work

  @OptionGroup var model: ModelOptions

  @Flag(help: "Sum convolutions as they are written, without Winograd's forms.")
  var exactConvolution = false

  @Option(
    help: ArgumentHelp(
      "An archive with an array [N, C, H, W] for each input, by its name.", valueName: "x.npz"))
  var inputs: String

  @Option(help: ArgumentHelp("The archive to write.", valueName: "gradients.npz"))
  var out: String

  func run() throws {
    let network = try work.network(of: try model.load())
    let neurons = try work.neurons(in: network)
    let arrays = try NumPyArchive.read(URL(filePath: inputs))
    let count = arrays[0].tensor.shape[0]
    guard count <= neurons.count, arrays.allSatisfy({ $0.tensor.shape[0] == count }) else {
      throw ValidationError(
        "\(inputs) has other numbers of samples than the work's \(neurons.count) neurons")
    }
    var values: [Float] = []
    var gradients = arrays.map { (name: $0.name, values: [Float]()) }
    for (index, neuron) in neurons.prefix(count).enumerated() {
      let region = try neuron.region(in: network)
      let program = try Program(
        network, targets: [neuron.layer: region], exact: exactConvolution)
      let workspace = program.makeWorkspace()
      for (name, tensor) in arrays {
        _ = workspace.input(name).update(fromContentsOf: tensor.sample(index).values)
      }
      program.forward(workspace)
      let output = workspace.output(neuron.layer)
      values.append(output.reduce(0, +) / Float(output.count))
      workspace.seed(neuron.layer).update(repeating: 1 / Float(output.count))
      program.backward(workspace)
      for place in arrays.indices {
        gradients[place].values += workspace.gradient(arrays[place].name)
      }
    }
    let entries =
      [(name: "values", tensor: Tensor(shape: [count], values: values))]
      + zip(arrays, gradients).map { array, gradient in
        (name: array.name, tensor: Tensor(shape: array.tensor.shape, values: gradient.values))
      }
    try AtomicFile.write(try NumPyArchive.encode(entries), to: URL(filePath: out))
  }
}
