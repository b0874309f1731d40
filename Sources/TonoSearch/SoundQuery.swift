import TonoAudio
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
  let codes: [[Float]]

  /// What a network hears in an imitation.
  ///
  /// - Throws: `AudioError` if the file cannot be read, ``SearchError`` if all of it is silent or a code is
  ///   no finite number.
  public init(_ path: String, by network: SiameseNetwork) throws {
    let encoder = network.imitations
    let heard = try HeardSound(
      path, frontEnd: network.imitationFrontEnd, encoder: encoder, in: encoder.makeWorkspace())
    guard heard.codes.allSatisfy(\.isFinite) else {
      throw SearchError(
        "\(network.model.name) makes NaN or infinity of \(path); its weights may have diverged")
    }
    self.path = path
    starts = heard.starts
    ends = heard.ends
    codes = starts.indices.map { index in
      Array(heard.codes[index * encoder.length..<(index + 1) * encoder.length])
    }
  }
}
