import Foundation
import TonoAscent
import TonoCore
import TonoFiles
import TonoNetwork

/// Where a neuron's files lie in a run, and how its arrays are written and read.
///
/// `<layer>/<channel>.npy` for a network with one input; `<layer>/<channel>.npz` keyed by input name
/// for one with several. A picture and a sound lie beside it, `<layer>/<channel>.png` and `.wav`;
/// where the neuron sees several inputs there is one of each per input, `<channel>.<input>.png`, and
/// a picture of all inputs side by side, `<channel>.png`.
public struct PatternFiles: Sendable {
  private let network: Network

  /// The files of neurons of this network.
  public init(_ network: Network) { self.network = network }

  /// The path of a neuron's files without their extension, relative to the run's directory.
  public func base(_ neuron: NeuronReference) -> String {
    neuron.path
  }

  /// The path of what belongs to one of the inputs that a neuron sees, without its extension.
  public func base(_ neuron: NeuronReference, input: String, of inputs: [String]) -> String {
    inputs.count == 1 ? base(neuron) : "\(base(neuron)).\(fileName(input))"
  }

  /// The path of a neuron's arrays.
  public func arrays(_ neuron: NeuronReference) -> String {
    base(neuron) + (network.inputs.count == 1 ? ".npy" : ".npz")
  }

  /// The path of a neuron's sound for one of the inputs that it sees.
  public func sound(_ neuron: NeuronReference, input: String, of inputs: [String]) -> String {
    base(neuron, input: input, of: inputs) + ".wav"
  }

  /// The path of all sounds of a layer's neurons for one of the inputs that they see, without its
  /// extension.
  public func soundSheet(_ layer: String, input: String, of inputs: [String]) -> String {
    inputs.count == 1 ? fileName(layer) : "\(fileName(layer)).\(fileName(input))"
  }

  /// The path of a layer's contact sheet.
  public func contactSheet(_ layer: String) -> String { fileName(layer) + ".png" }

  /// The inputs of a pattern, in the network's order.
  public func ordered(_ inputs: [String: Tensor]) -> [(name: String, tensor: Tensor)] {
    network.inputs.compactMap { input in inputs[input.name].map { (input.name, $0) } }
  }

  /// The bytes of a neuron's arrays: bands × frames for an input of one channel, else channels ×
  /// bands × frames, in network units.
  ///
  /// - Throws: `InputError` if the archive cannot be made.
  public func encode(_ inputs: [String: Tensor]) throws -> [UInt8] {
    let arrays = ordered(inputs).map { (name: $0.name, tensor: $0.tensor.withoutChannel) }
    if network.inputs.count == 1, let only = arrays.first { return NumPyArray.encode(only.tensor) }
    return try NumPyArchive.encode(arrays)
  }

  /// Reads a neuron's arrays back, per input name in the input's own shape.
  ///
  /// - Throws: `InputError` if the file is missing or damaged.
  public func read(_ neuron: NeuronReference, in directory: URL) throws -> [String: Tensor] {
    let url = directory.appending(path: arrays(neuron))
    let arrays: [String: Tensor] =
      if network.inputs.count == 1 {
        [network.inputs[0].name: try NumPyArray.read(url)]
      } else {
        Dictionary(try NumPyArchive.read(url).map { ($0.name, $0.tensor) }) { $1 }
      }
    return try arrays.reduce(into: [:]) { inputs, entry in
      guard let input = network.inputs.first(where: { $0.name == entry.key }),
        input.shape.count == entry.value.count
      else { throw InputError("\(url.relativePath) does not fit the network; remove it") }
      inputs[input.name] = entry.value.reshaped(input.shape)
    }
  }
}
