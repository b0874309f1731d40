import TonoAudio
import TonoCore
import TonoNetwork

/// A sound file as the stretches of one side of a siamese network, each with its code.
struct HeardSound: Sendable {
  /// Where the stretches begin, in seconds of the file.
  private(set) var starts: [Double] = []
  /// Where they end.
  private(set) var ends: [Double] = []
  /// Their codes, one after another.
  private(set) var codes: [Float] = []

  /// Listens to a file, a stretch at a time; those that are silent are left out.
  ///
  /// - Throws: `InputError` if the file cannot be read, or all of it is silent.
  init(
    _ path: String, frontEnd: FrontEnd, encoder: PairEncoder, in workspace: Workspace,
    heard: (_ share: Double) throws -> Void = { _ in }
  ) throws {
    var reader = try StretchReader(path, frontEnd: frontEnd)
    while let stretch = try reader.next() {
      let features = try stretch.features(by: frontEnd)
      if features.values.contains(where: { $0 != features.values[0] }) {
        starts.append(stretch.start)
        ends.append(stretch.start + stretch.sound.seconds)
        codes += encoder.code(of: features, in: workspace)
      }
      try heard(reader.share)
    }
    guard !starts.isEmpty else {
      throw InputError("is silent; there is nothing to compare", about: path)
    }
  }
}
