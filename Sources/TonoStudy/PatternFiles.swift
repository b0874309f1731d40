import Foundation
import TonoAscent
import TonoCore
import TonoFiles
import TonoNetwork

/// Where an objective's files lie in a run, and how its arrays are written and read.
///
/// `<layer>/<channel>.npy` for a network with one input; `<layer>/<channel>.npz` keyed by input name
/// for one with several. A picture and a sound lie beside it, `<layer>/<channel>.png` and `.wav`;
/// where the neuron sees several inputs there is one of each per input, `<channel>.<input>.png`, and
/// a picture of all inputs side by side, `<channel>.png`.
public struct PatternFiles: Sendable {
  private let network: Network

  /// The files of neurons of this network.
  public init(_ network: Network) { self.network = network }

  /// The path of an objective's files without their extension, relative to the run's directory.
  public func base(_ objective: Objective) -> String {
    objective.path
  }

  /// The path of what belongs to one of the inputs that a neuron sees, without its extension.
  public func base(_ objective: Objective, input: String, of inputs: [String]) -> String {
    inputs.count == 1 ? base(objective) : "\(base(objective)).\(fileName(input))"
  }

  /// The path of an objective's arrays.
  public func arrays(_ objective: Objective) -> String {
    base(objective) + (network.inputs.count == 1 ? ".npy" : ".npz")
  }

  /// The path of an objective's sound for one of the inputs that it sees.
  public func sound(_ objective: Objective, input: String, of inputs: [String]) -> String {
    base(objective, input: input, of: inputs) + ".wav"
  }

  /// The path of all sounds of a sheet's objectives for one of the inputs that they see, without its
  /// extension.
  public func soundSheet(_ sheet: String, input: String, of inputs: [String]) -> String {
    inputs.count == 1 ? fileName(sheet) : "\(fileName(sheet)).\(fileName(input))"
  }

  /// The path of a contact sheet: a layer's, or that of composed objectives.
  public func contactSheet(_ sheet: String) -> String { fileName(sheet) + ".png" }

  /// The inputs of a pattern, in the network's order.
  public func ordered(_ inputs: [String: Tensor]) -> [(name: String, tensor: Tensor)] {
    network.inputs.compactMap { input in inputs[input.name].map { (input.name, $0) } }
  }

  /// The bytes of an objective's arrays: bands × frames for an input of one channel, else channels ×
  /// bands × frames, in network units.
  ///
  /// - Throws: `InputError` if the archive cannot be made.
  public func encode(_ inputs: [String: Tensor]) throws -> [UInt8] {
    let arrays = ordered(inputs).map { (name: $0.name, tensor: $0.tensor.withoutChannel) }
    if network.inputs.count == 1, let only = arrays.first { return NumPyArray.encode(only.tensor) }
    return try NumPyArchive.encode(arrays)
  }

  /// Reads an objective's arrays back, per input name in the input's own shape.
  ///
  /// - Throws: `InputError` if the file is missing or damaged.
  public func read(_ objective: Objective, in directory: URL) throws -> [String: Tensor] {
    let url = directory.appending(path: arrays(objective))
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
