import Foundation
import TonoNetwork

/// A model or its weights alone in HDF5, as Keras 2 and, on request, Keras 3 write them.
struct KerasHDF5 {
  /// The file with the weights.
  let url: URL

  /// The JSON of `to_json()`, if the architecture is not to come from the file itself.
  let architecture: URL?

  /// What is read from the file before the network is built.
  private struct Content: Sendable {
    let model: KerasModel
    let weights: KerasWeights
    let version: String
    let backend: String
  }

  /// Reads the model.
  ///
  /// - Throws: `ModelError`.
  func load() throws -> Model {
    let content = try HDF5.read(url) { root in
      guard root.contains("model_weights") else { return try read(root, weights: root) }
      let group = try root.group("model_weights")
      return try read(root, weights: group)
    }
    var builder = try KerasNetwork(
      model: content.model, weights: content.weights, flipsKernels: content.backend == "theano",
      url: url)
    let network = try builder.build()
    let major = content.version.prefix { $0 != "." }
    return Model(
      network: network, format: "Keras \(major) HDF5", weightsURL: url,
      architectureURL: architecture, warnings: content.weights.warnings)
  }

  /// Reads architecture and weights from an open file.
  private func read(
    _ root: borrowing HDF5Group, weights group: borrowing HDF5Group
  ) throws -> Content {
    let version = try group.string("keras_version") ?? root.string("keras_version") ?? "2"
    guard !version.hasPrefix("1.") else {
      throw ModelError(
        url,
        "this is a model of Keras \(version), whose layers differ; load it with Keras 2 and"
          + " save it again")
    }
    guard try group.strings("layer_names") != nil else { throw foreign(root) }
    let model =
      if let architecture {
        try KerasModelParser(url: architecture).parse(try FileContent.text(of: architecture))
      } else if let config = try root.string("model_config") {
        try KerasModelParser(url: url).parse(Data(config.utf8))
      } else {
        throw ModelError(
          url,
          "the file holds weights alone, without the architecture; give it with --architecture"
            + " FILE, where FILE is the text that model.to_json() returns in Keras")
      }
    return Content(
      model: model, weights: try KerasWeights(reading: group, of: model), version: version,
      backend: try group.string("backend") ?? root.string("backend") ?? "")
  }

  /// What to say of HDF5 files without Keras' list of layers.
  private func foreign(_ root: borrowing HDF5Group) -> ModelError {
    if root.contains("layers") || root.contains("_layer_checkpoint_dependencies") {
      return ModelError(
        url,
        "this is a weights file of Keras 3 (.weights.h5), which is not read yet; save the model"
          + " as HDF5 with model.save(\"model.h5\")")
    }
    return ModelError(
      url,
      "this HDF5 file is not a Keras model: it has no attribute 'layer_names'; save the model"
        + " with model.save(\"model.h5\")")
  }
}
