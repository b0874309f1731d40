import TonoAudio
import TonoCore
import TonoNetwork

/// A vocal imitation that asks for sounds like it: a file of any rate and length.
///
/// One longer than the front end hears is several stretches, of which the one that fits best counts.
public struct SoundQuery: Sendable {
  /// The file.
  public let path: String
  /// Where its stretches begin, in seconds; silent ones are left out.
  public let starts: [Double]
  /// Where they end.
  public let ends: [Double]
  /// The code of each stretch.
  public let codes: [[Float]]

  /// What a network hears in an imitation.
  ///
  /// - Throws: `InputError` if the file cannot be read, all of it is silent, or a code is
  ///   no finite number.
  public init(_ path: String, by network: SiameseNetwork) throws {
    let encoder = network.imitations
    let heard = try HeardSound(
      path, frontEnd: network.imitationFrontEnd, encoder: encoder, in: encoder.makeWorkspace())
    guard heard.codes.allSatisfy(\.isFinite) else {
      throw InputError(
        "it makes NaN or infinity of \(path); its weights may have diverged",
        about: network.model.name)
    }
    self.path = path
    starts = heard.starts
    ends = heard.ends
    codes = starts.indices.map { index in
      Array(heard.codes[index * encoder.length..<(index + 1) * encoder.length])
    }
  }
}

extension SiameseNetwork {
  /// The score of a query with a recording in a file: that of their stretches which fit best.
  ///
  /// - Throws: as `SoundQuery`, and as ``scores(of:with:threads:)``.
  public func score(of query: SoundQuery, withFile path: String) throws -> Float {
    let heard = try HeardSound(
      path, frontEnd: recordingFrontEnd, encoder: recordings, in: recordings.makeWorkspace())
    let codes = CodeTable(length: recordings.length, values: heard.codes)
    return try query.codes.flatMap { try scores(of: $0, with: codes) }.max() ?? -.infinity
  }
}
