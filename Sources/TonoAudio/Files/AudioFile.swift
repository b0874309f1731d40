import CTonoSndfile

/// Sound files, read and encoded by libsndfile.
public enum AudioFile {
  /// How many frames are read or written at once.
  static let blockFrames = 65_536

  /// Reads a sound: WAV, AIFF, FLAC, Ogg, MP3 and whatever else libsndfile knows.
  ///
  /// Several channels become their mean.
  ///
  /// - Throws: `InputError` naming the file, when it is missing, not a sound, empty, damaged, or
  ///   holds samples that are not finite.
  public static func read(_ path: String) throws -> Waveform {
    try SoundReader(path).read()
  }

  /// What libsndfile says went wrong, without its closing full stop.
  static func reason(_ file: OpaquePointer?) -> String {
    var text = String(cString: sf_strerror(file))
    while text.last == "." || text.last == "\n" { text.removeLast() }
    return text
  }
}
