import Foundation
import TonoFiles
import TonoNetwork

/// A model or its weights alone in HDF5, as Keras 2 and, on request, Keras 3 write them; and the
/// weights alone as Keras 3 writes them by itself (`.weights.h5`).
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
    return try content.weights.model(
      content.model, version: content.version, form: "HDF5", url: url, architecture: architecture,
      flipsKernels: content.backend == "theano")
  }

  /// Reads architecture and weights from an open file.
  private func read(
    _ root: borrowing HDF5Group, weights group: borrowing HDF5Group
  ) throws -> Content {
    let areVariables = try KerasWeights.areVariables(in: group)
    let given = try architecture.map { try InputFile.text(of: $0) }
    let version =
      try group.string("keras_version") ?? root.string("keras_version")
      ?? given.flatMap { JSONValue(parsing: $0)?["keras_version"].string }
      ?? (areVariables ? "3" : "2")
    guard !version.hasPrefix("1.") else {
      throw ModelError(
        url,
        "this is a model of Keras \(version), whose layers differ; load it with Keras 2 and"
          + " save it again")
    }
    guard try areVariables || group.strings("layer_names") != nil else {
      throw ModelError(
        url,
        "this HDF5 file is not a Keras model: it has no attribute 'layer_names'; save the model"
          + " with model.save(\"model.h5\")")
    }
    let model =
      if let architecture, let given {
        try KerasModelParser(url: architecture).parse(given)
      } else if let config = try root.string("model_config") {
        try KerasModelParser(url: url).parse(config.utf8)
      } else {
        throw ModelError(
          url,
          "the file holds weights alone, without the architecture", remedy: .giveKerasArchitecture)
      }
    let weights =
      areVariables
      ? try KerasWeights(reading: group, variablesOf: model)
      : try KerasWeights(reading: group, of: model)
    return Content(
      model: model, weights: weights, version: version,
      backend: try group.string("backend") ?? root.string("backend") ?? "")
  }
}
