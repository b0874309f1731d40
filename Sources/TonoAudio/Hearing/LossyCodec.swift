import CTonoSndfile
import TonoCore

/// What a sound loses where it is stored in a lossy format, by libsndfile at its default quality.
public enum LossyCodec: String, Sendable, Codable, CaseIterable {
  /// Ogg Vorbis.
  case vorbis
  /// MPEG-1 layer III, by LAME.
  case mp3

  private var format: Int32 {
    switch self {
    case .vorbis: Int32(SF_FORMAT_OGG | SF_FORMAT_VORBIS)
    // SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, which libsndfile has since 1.1.
    case .mp3: 0x23_0082
    }
  }

  /// A sound that was encoded and decoded again, as long as before.
  ///
  /// - Returns: nil where this libsndfile has no such codec at the sound's rate.
  /// - Throws: `InputError` if libsndfile cannot read what it wrote.
  public func played(_ sound: Waveform) throws -> Waveform? {
    var memory = CodecMemory()
    return try withUnsafeMutablePointer(to: &memory) { memory in
      guard encode(sound, into: memory) else { return nil }
      memory.pointee.position = 0
      var decoded = try decode(from: memory, atMost: sound.samples.count)
      decoded += Array(repeating: 0, count: max(0, sound.samples.count - decoded.count))
      return Waveform(samples: decoded, sampleRate: sound.sampleRate)
    }
  }

  private func encode(_ sound: Waveform, into memory: UnsafeMutablePointer<CodecMemory>) -> Bool {
    var info = SF_INFO()
    info.samplerate = Int32(clamping: sound.sampleRate)
    info.channels = 1
    info.format = format
    var operations = CodecMemory.operations
    guard let file = sf_open_virtual(&operations, Int32(SFM_WRITE), &info, memory) else {
      return false
    }
    defer { sf_close(file) }
    sf_command(file, Int32(SFC_SET_CLIPPING), nil, Int32(SF_TRUE))
    // In blocks: libvorbis keeps what it is handed at once on the stack.
    for start in stride(from: 0, to: sound.samples.count, by: AudioFile.blockFrames) {
      let block = sound.samples[start..<min(start + AudioFile.blockFrames, sound.samples.count)]
      let count = sf_count_t(block.count)
      let written = block.withUnsafeBufferPointer { buffer in
        buffer.baseAddress.map { sf_writef_float(file, $0, count) } ?? 0
      }
      guard written == count else { return false }
    }
    return true
  }

  private func decode(
    from memory: UnsafeMutablePointer<CodecMemory>, atMost count: Int
  ) throws -> [Float] {
    var info = SF_INFO()
    var operations = CodecMemory.operations
    guard let file = sf_open_virtual(&operations, Int32(SFM_READ), &info, memory) else {
      throw InputError("libsndfile cannot read its own \(rawValue) (\(AudioFile.reason(nil)))")
    }
    defer { sf_close(file) }
    var samples = [Float](repeating: 0, count: count)
    let read = samples.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.map { sf_readf_float(file, $0, sf_count_t(count)) } ?? 0
    }
    return Array(samples.prefix(Int(read)))
  }
}

/// A file in memory that libsndfile writes and reads again.
private struct CodecMemory {
  var bytes: [UInt8] = []
  var position = 0

  /// The callbacks; their user data is a pointer to a `CodecMemory`.
  static var operations: SF_VIRTUAL_IO {
    SF_VIRTUAL_IO(
      get_filelen: { sf_count_t(CodecMemory.at($0).pointee.bytes.count) },
      seek: { CodecMemory.at($2).pointee.seek(to: Int($0), from: $1) },
      read: { CodecMemory.at($2).pointee.read(into: $0, count: Int($1)) },
      write: { CodecMemory.at($2).pointee.write($0, count: Int($1)) },
      tell: { sf_count_t(CodecMemory.at($0).pointee.position) })
  }

  private static func at(_ data: UnsafeMutableRawPointer?) -> UnsafeMutablePointer<CodecMemory> {
    guard let data else { preconditionFailure("libsndfile lost the pointer it was given") }
    return data.assumingMemoryBound(to: CodecMemory.self)
  }

  private mutating func seek(to offset: Int, from origin: Int32) -> sf_count_t {
    switch origin {
    case SEEK_CUR: position += offset
    case SEEK_END: position = bytes.count + offset
    default: position = offset
    }
    return sf_count_t(position)
  }

  private mutating func read(into target: UnsafeMutableRawPointer?, count: Int) -> sf_count_t {
    let count = max(0, min(count, bytes.count - position))
    guard let target, count > 0 else { return 0 }
    bytes.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress else { return }
      target.copyMemory(from: start + position, byteCount: count)
    }
    position += count
    return sf_count_t(count)
  }

  private mutating func write(_ source: UnsafeRawPointer?, count: Int) -> sf_count_t {
    let source = UnsafeRawBufferPointer(start: source, count: count)
    let missing = position + count - bytes.count
    if missing > 0 { bytes += [UInt8](repeating: 0, count: missing) }
    bytes.replaceSubrange(position..<(position + count), with: source)
    position += count
    return sf_count_t(count)
  }
}
