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
    var memory = MemoryFile()
    return try withUnsafeMutablePointer(to: &memory) { memory in
      guard encode(sound, into: memory) else { return nil }
      memory.pointee.position = 0
      var decoded = try decode(from: memory, atMost: sound.samples.count)
      decoded += Array(repeating: 0, count: max(0, sound.samples.count - decoded.count))
      return Waveform(samples: decoded, sampleRate: sound.sampleRate)
    }
  }

  private func encode(_ sound: Waveform, into memory: UnsafeMutablePointer<MemoryFile>) -> Bool {
    var info = SF_INFO()
    info.samplerate = Int32(clamping: sound.sampleRate)
    info.channels = 1
    info.format = format
    var operations = MemoryFile.operations
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
    from memory: UnsafeMutablePointer<MemoryFile>, atMost count: Int
  ) throws -> [Float] {
    var info = SF_INFO()
    var operations = MemoryFile.operations
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
