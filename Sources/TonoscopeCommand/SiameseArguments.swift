import ArgumentParser
import Foundation
import TonoModels
import TonoSearch

/// How a network of two inputs is read, and which of them hears what.
struct SiameseReadingArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp("The architecture of a file of weights alone.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var architecture: String?

  @OptionGroup var frontEnds: FrontEndArguments

  @Option(
    name: .customLong("imitation-input"),
    help: ArgumentHelp(
      """
      The input that hears the imitation, where neither its name nor its front end's says so.
      """, valueName: "name"))
  var imitationInput: String?

  /// Reads a network.
  func load(_ path: String) throws -> SiameseNetwork {
    var arguments = ModelArguments()
    arguments.model = path
    arguments.architecture = architecture
    let model = try arguments.load()
    return try SiameseNetwork(
      model, frontEnds: try frontEnds.assign(to: model).frontEnds, imitation: imitationInput)
  }
}

/// A network of two inputs, or the one that comes with the tool.
struct SiameseArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      A siamese network in any format that the other commands read; the pretrained one in \
      seeds/ without it.
      """, valueName: "file"),
    completion: .file(extensions: ["h5", "hdf5", "keras", "onnx", "pt", "pth", "safetensors"]))
  var model: String?

  @OptionGroup var reading: SiameseReadingArguments

  /// Reads the network.
  func load() throws -> SiameseNetwork {
    try reading.load(try model ?? Seeds.siamese().relativePath)
  }
}
