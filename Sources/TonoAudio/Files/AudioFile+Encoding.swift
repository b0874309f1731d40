import CTonoSndfile
import TonoCore

extension AudioFile {
  /// What a sound file is, and how it stores samples.
  public enum Encoding: String, Sendable, Codable, CaseIterable {
    /// WAV with 16-bit integers: 96 dB, what every player takes.
    case pcm16
    /// WAV with 32-bit floating-point numbers, for networks that hear how quiet samples are.
    case float32
    /// FLAC with 16-bit integers: the same samples in half the bytes.
    case flac
    /// Ogg Vorbis, lossy: a sound is then no longer quite what the neuron was asked about.
    case ogg

    /// What names of such files end in.
    public var fileExtension: String {
      switch self {
      case .pcm16, .float32: "wav"
      case .flac: "flac"
      case .ogg: "ogg"
      }
    }

    fileprivate var format: Int32 {
      switch self {
      case .pcm16: Int32(SF_FORMAT_WAV | SF_FORMAT_PCM_16)
      case .float32: Int32(SF_FORMAT_WAV | SF_FORMAT_FLOAT)
      case .flac: Int32(SF_FORMAT_FLAC | SF_FORMAT_PCM_16)
      case .ogg: Int32(SF_FORMAT_OGG | SF_FORMAT_VORBIS)
      }
    }
  }

  /// Nearly the best that Vorbis has; libsndfile takes no heed of it for other formats.
  private static let vorbisQuality = 0.9

  /// The bytes of a sound file that holds `waveform`.
  ///
  /// The same sound gives the same bytes, but for Ogg, whose streams are numbered at random. Samples beyond full scale are clipped, never wrapped.
  ///
  /// - Parameters:
  ///   - waveform: The sound; full scale is −1…1.
  ///   - encoding: How its samples are stored.
  ///   - comment: Where the sound comes from, kept in the file's comment field.
  /// - Returns: The whole file; this room writes none itself.
  /// - Throws: `InputError` when libsndfile cannot write the sound.
  public static func encode(
    _ waveform: Waveform, as encoding: Encoding = .pcm16, comment: String? = nil
  ) throws -> [UInt8] {
    var memory = MemoryFile()
    try withUnsafeMutablePointer(to: &memory) { memory in
      var info = SF_INFO()
      info.samplerate = Int32(clamping: waveform.sampleRate)
      info.channels = 1
      info.format = encoding.format
      var operations = MemoryFile.operations
      guard let file = sf_open_virtual(&operations, Int32(SFM_WRITE), &info, memory) else {
        throw InputError(
          "cannot encode \(waveform.samples.count) samples at \(waveform.sampleRate) Hz as "
            + "\(encoding.rawValue) (\(reason(nil)))")
      }
      defer { sf_close(file) }
      sf_command(file, Int32(SFC_SET_CLIPPING), nil, Int32(SF_TRUE))
      var quality = vorbisQuality
      sf_command(
        file, Int32(SFC_SET_VBR_ENCODING_QUALITY), &quality, Int32(MemoryLayout<Double>.size))
      if let comment { sf_set_string(file, Int32(SF_STR_COMMENT), comment) }
      // In blocks: libvorbis keeps what it is handed at once on the stack.
      for start in stride(from: 0, to: waveform.samples.count, by: blockFrames) {
        let block = waveform.samples[start..<min(start + blockFrames, waveform.samples.count)]
        let count = sf_count_t(block.count)
        let written = block.withUnsafeBufferPointer { buffer in
          buffer.baseAddress.map { sf_writef_float(file, $0, count) } ?? 0
        }
        guard written == count else {
          throw InputError("cannot encode \(waveform.samples.count) samples (\(reason(file)))")
        }
      }
    }
    return memory.bytes
  }
}
