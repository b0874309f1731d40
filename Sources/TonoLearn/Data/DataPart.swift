/// What an example serves for.
public enum DataPart: String, Codable, Sendable, CaseIterable {
  /// Weights are learned from it.
  case training = "train"
  /// It tells when to stop, and which weights to keep.
  case validation
  /// It is only counted at the end.
  case test
}
