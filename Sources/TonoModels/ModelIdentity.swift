import TonoFiles

/// Which model a run used, known by its content.
public struct ModelIdentity: Codable, Hashable, Sendable {
  /// The SHA-256 of the weights file, in hexadecimal; of a model that was built in code that of the file
  /// it would be saved as.
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

  /// The identity of a model: that of its files, or of the file that one built in code would be saved as.
  ///
  /// - Throws: `InputError` if its files can no longer be read.
  public init(of model: Model) throws {
    switch model.source {
    case .files(let weights, let architecture):
      self.init(
        sha256: try FileDigest.sha256(of: weights),
        architectureSHA256: try architecture.map { try FileDigest.sha256(of: $0) },
        format: model.format)
    case .code:
      self.init(
        sha256: try FileDigest.sha256(of: try ModelFile.identifyingBytes(of: model)),
        format: model.format)
    }
  }
}
