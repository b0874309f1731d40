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

/// A file in memory, for libsndfile's virtual input and output.
private struct MemoryFile {
  var bytes: [UInt8] = []
  var position = 0

  /// The callbacks; their user data is a pointer to a `MemoryFile`.
  static var operations: SF_VIRTUAL_IO {
    SF_VIRTUAL_IO(
      get_filelen: { sf_count_t(MemoryFile.at($0).pointee.bytes.count) },
      seek: { MemoryFile.at($2).pointee.seek(to: Int($0), from: $1) },
      read: { MemoryFile.at($2).pointee.read(into: $0, count: Int($1)) },
      write: { MemoryFile.at($2).pointee.write($0, count: Int($1)) },
      tell: { sf_count_t(MemoryFile.at($0).pointee.position) })
  }

  private static func at(_ data: UnsafeMutableRawPointer?) -> UnsafeMutablePointer<MemoryFile> {
    guard let data else { preconditionFailure("libsndfile lost the pointer it was given") }
    return data.assumingMemoryBound(to: MemoryFile.self)
  }

  private mutating func seek(to offset: Int, from origin: Int32) -> sf_count_t {
    switch origin {
    case SEEK_CUR: position += offset
    case SEEK_END: position = bytes.count + offset
    default: position = offset
    }
    return sf_count_t(position)
  }

  /// libsndfile reads a header again while it writes one.
  private func read(into target: UnsafeMutableRawPointer?, count: Int) -> sf_count_t { 0 }

  private mutating func write(_ source: UnsafeRawPointer?, count: Int) -> sf_count_t {
    let source = UnsafeRawBufferPointer(start: source, count: count)
    let missing = position + count - bytes.count
    if missing > 0 { bytes += [UInt8](repeating: 0, count: missing) }
    bytes.replaceSubrange(position..<(position + count), with: source)
    position += count
    return sf_count_t(count)
  }
}
