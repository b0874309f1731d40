import TonoCore
import TonoFiles

/// Which model file a run used, known by its content.
public struct ModelIdentity: Codable, Hashable, Sendable {
  /// The SHA-256 of the weights file, in hexadecimal.
  public var sha256: String
  /// The SHA-256 of the architecture file beside it, if there is one.
  public var architectureSHA256: String?
  /// The file's format, as in `Keras 2 HDF5`.
  public var format: String

  /// A model file of this content and format.
  public init(sha256: String, architectureSHA256: String? = nil, format: String) {
    self.sha256 = sha256
    self.architectureSHA256 = architectureSHA256
    self.format = format
  }

  /// The identity of a loaded model.
  ///
  /// - Throws: `InputError` if its files can no longer be read.
  public init(of model: Model) throws {
    self.init(
      sha256: try FileDigest.sha256(of: model.weightsURL),
      architectureSHA256: try model.architectureURL.map(FileDigest.sha256),
      format: model.format)
  }
}
