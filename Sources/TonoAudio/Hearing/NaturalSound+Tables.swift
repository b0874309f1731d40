extension NaturalSound {
  /// Measured by `tonobench natural`; see `Benchmarks/README.md`.
  static let typicalSounds: [String: NaturalSound] = [:]
}
