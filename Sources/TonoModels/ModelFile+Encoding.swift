import Foundation
import TonoCore
import TonoFiles
import TonoNetwork

/// Writing models.
extension ModelFile {
  /// The architecture of a model, as JSON text (see `Architecture` for its form).
  ///
  /// Weights have the names that they have in a state dict, or else those that
  /// ``encode(_:frontEnds:)`` gives them: `LAYER.kernel`, `LAYER.bias`.
  ///
  /// - Parameters:
  ///   - model: the model.
  ///   - frontEnds: what stands before its inputs, by their names: the JSON of front ends.
  /// - Returns: the text, a line for each layer.
  /// - Throws: `ModelError` if a layer is of a kind that the text cannot describe.
  public static func architecture(
    of model: Model, frontEnds: [String: Data]
  ) throws -> String {
    var architecture =
      try model.architecture
      ?? Architecture.describing(model.network, url: model.subject).architecture
    architecture.frontEnds = frontEnds.compactMapValues { JSONValue(parsing: $0) }
    return architecture.text
  }

  /// The bytes of a safetensors file that holds a model whole: 32-bit weights, and the architecture
  /// with the front ends as the text `tonoscope.architecture` of its metadata.
  ///
  /// The same model gives the same bytes; read again, it computes the same to the bit.
  ///
  /// - Parameters:
  ///   - model: the model.
  ///   - frontEnds: what stands before its inputs, by their names: the JSON of front ends; those that
  ///     the model itself knows by default.
  /// - Returns: the bytes.
  /// - Throws: `ModelError` if a layer is of a kind that the architecture cannot describe.
  public static func encode(_ model: Model, frontEnds: [String: Data]? = nil) throws -> Data {
    encode(
      try Architecture.describing(model.network, url: model.subject),
      frontEnds: frontEnds ?? model.frontEnds)
  }

  /// What the identity of a model that was built in code is taken from: the bytes that
  /// ``encode(_:frontEnds:)`` saves it as.
  ///
  /// A layer of one's own, which no file can describe, counts with its kind and, if it is a
  /// `TrainableLayer`, its parameters.
  public static func identifyingBytes(of model: Model) throws -> Data {
    encode(
      try Architecture.describing(model.network, url: model.subject) { layer in
        DescribedNode.describing(layer)
          ?? DescribedNode(
            kind: layer.kind,
            description: LayerDescription(
              weights: (layer as? any TrainableLayer)?.parameters ?? [:]))
      }, frontEnds: model.frontEnds)
  }

  private static func encode(
    _ described: (architecture: Architecture, arrays: [(name: String, tensor: Tensor)]),
    frontEnds: [String: Data]
  ) -> Data {
    var architecture = described.architecture
    architecture.frontEnds = frontEnds.compactMapValues { JSONValue(parsing: $0) }
    return SafeTensorsFile.encode(
      described.arrays,
      metadata: ["format": "tonoscope", StateDict.architectureKey: architecture.text])
  }
}
