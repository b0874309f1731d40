import ArgumentParser
import Foundation
import TonoAscent
import TonoAudio
import TonoCore
import TonoFiles
import TonoModels
import TonoNetwork
import TonoStudy

/// The model that a command works on.
struct ModelArguments: ParsableArguments {
  @Argument(
    help: """
      A trained model: of Keras (.h5, .keras), ONNX (.onnx), a state dict of PyTorch (.pt), or \
      safetensors; a full model or weights alone.
      """,
    completion: .file(extensions: ["h5", "hdf5", "keras", "onnx", "pt", "pth", "safetensors"]))
  var model: String

  @Option(
    help: ArgumentHelp(
      """
      The architecture of a file of weights alone: what Keras' `model.to_json()` gives, or for \
      PyTorch and safetensors the JSON that `inspect --print-architecture` prints.
      """, valueName: "file"), completion: .file(extensions: ["json"]))
  var architecture: String?

  /// Reads the model, and says on standard error what a reader should know about it.
  ///
  /// `shapes` are those of inputs whose extents the file leaves open.
  func load(shapes: [String: [Int]] = [:]) throws -> Model {
    let model = try ModelFile.load(
      URL(filePath: model), architecture: architecture.map { URL(filePath: $0) }, shapes: shapes)
    for warning in model.warnings { Terminal.note("note: \(self.model): \(warning)") }
    return model
  }

  /// Does something with the model, whose name then stands before what is missing in it.
  func naming<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as NetworkError {
      throw InputError("\(model): \(error)")
    } catch let error as NeuronError {
      throw InputError("\(model): \(error)")
    } catch let error as ObjectiveError {
      throw InputError("\(model): \(error)")
    }
  }
}

/// The front ends before the model's inputs.
struct FrontEndArguments: ParsableArguments {
  @Option(
    name: .customLong("front-end"),
    help: ArgumentHelp(
      """
      What stands between a sound and an input: a preset (\(FrontEnd.presetNames)), a JSON \
      file, or none; INPUT=NAME for one input of several. May be repeated. Without it those that \
      'tonoscope convert' saved with the model are taken, and the towers of TL-IMINET are recognized \
      by their layers' names and their inputs' shapes.
      """, valueName: "name"))
  var frontEnds: [String] = []

  /// The front end of each input of a model.
  func assign(to model: Model) throws -> FrontEndAssignment {
    try FrontEndAssignment(frontEnds, for: model)
  }
}

/// The arrays that a command feeds to a model.
struct InputArguments: ParsableArguments {
  @Option(
    name: .customLong("input"),
    help: ArgumentHelp(
      """
      An array for an input, as NumPy writes it: one sample in the input's shape, or a batch with \
      an axis in front. Once for each input that is needed.
      """, valueName: "name=file.npy"))
  var inputs: [String] = []

  /// The network with these arrays before its inputs.
  func probe(_ network: Network) throws -> Probe {
    var arrays: [String: Tensor] = [:]
    for request in inputs {
      let parts = request.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else {
        throw InputError("'\(request)' names no input and file; write --input NAME=FILE.npy")
      }
      let tensor = try NumPyArray.read(URL(filePath: parts[1]))
      guard arrays.updateValue(tensor, forKey: parts[0]) == nil else {
        throw InputError("--input \(parts[0]) stands twice; give each input one array")
      }
      if let input = network.inputs.first(where: { $0.name == parts[0] }) {
        guard (try? Probe(network, inputs: [input.name: tensor])) != nil else {
          throw InputError("\(parts[1]): \(NetworkError.inputShape(input, got: tensor.shape))")
        }
      }
    }
    return try Probe(network, inputs: arrays)
  }
}
