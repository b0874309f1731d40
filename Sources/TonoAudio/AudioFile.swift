import CTonoSndfile

/// Sound files, read and encoded by libsndfile.
public enum AudioFile {
  /// How many frames are read or written at once.
  static let blockFrames = 65_536

  /// Reads a sound: WAV, AIFF, FLAC, Ogg, MP3 and whatever else libsndfile knows.
  ///
  /// Several channels become their mean.
  ///
  /// - Throws: `AudioError` naming the file, when it is missing, not a sound, empty, damaged, or
  ///   holds samples that are not finite.
  public static func read(_ path: String) throws -> Waveform {
    var info = SF_INFO()
    guard let file = sf_open(path, Int32(SFM_READ), &info) else {
      throw AudioError(
        "\(path): cannot be read as a sound (\(reason(nil))); expected a WAV, FLAC, AIFF, Ogg or "
          + "MP3 file")
    }
    defer { sf_close(file) }
    let samples = mixed(try frames(of: file, info: info, path: path), channels: Int(info.channels))
    guard !samples.isEmpty else {
      throw AudioError("\(path): holds no samples; expected a sound of some length")
    }
    guard samples.allSatisfy(\.isFinite) else {
      throw AudioError(
        "\(path): holds samples that are not finite numbers (NaN or infinity); export it again")
    }
    return Waveform(samples: samples, sampleRate: Int(info.samplerate))
  }

  /// All interleaved samples, read in blocks so that no header is trusted with an allocation.
  private static func frames(
    of file: OpaquePointer, info: SF_INFO, path: String
  ) throws -> [Float] {
    let channels = Int(info.channels)
    var block = [Float](repeating: 0, count: blockFrames * channels)
    var samples: [Float] = []
    while true {
      let count = Int(sf_readf_float(file, &block, sf_count_t(blockFrames)))
      guard count > 0 else { break }
      samples += block[..<(count * channels)]
    }
    guard sf_error(file) == Int32(SF_ERR_NO_ERROR) else {
      throw AudioError("\(path): damaged (\(reason(file))); get the file again")
    }
    let count = samples.count / channels
    guard count >= Int(info.frames) || info.frames == Int64.max else {
      throw AudioError(
        "\(path): ends after \(count) of \(info.frames) frames; it is cut short; get it again")
    }
    return samples
  }

  /// The mean of interleaved channels.
  private static func mixed(_ samples: [Float], channels: Int) -> [Float] {
    guard channels > 1 else { return samples }
    return (0..<samples.count / channels).map { frame in
      let sum = (0..<channels).reduce(Float(0)) { $0 + samples[frame * channels + $1] }
      return sum / Float(channels)
    }
  }

  /// What libsndfile says went wrong, without its closing full stop.
  static func reason(_ file: OpaquePointer?) -> String {
    var text = String(cString: sf_strerror(file))
    while text.last == "." || text.last == "\n" { text.removeLast() }
    return text
  }
}
