import CTonoSndfile
import Synchronization
import TonoCore

/// A sound file, on the disk or in memory, read from its beginning to its end by libsndfile, a part at a
/// time.
///
/// Several channels become their mean. It serves one thread at a time, and memory holds no more than
/// the part asked for.
public final class SoundReader {
  /// The file, as errors name it.
  public let path: String
  /// The number of samples in a second, in Hz.
  public let sampleRate: Int
  /// How many samples the file says it has; nil if it does not say.
  public let promisedCount: Int?
  /// How many samples were read so far.
  public private(set) var position = 0

  private let file: OpaquePointer
  /// The bytes of a file in memory; nil for one on the disk.
  private let memory: UnsafeMutablePointer<MemoryFile>?
  private let channels: Int
  /// Interleaved; read in blocks so that no header is trusted with an allocation.
  private var block: [Float]

  /// Opens a file.
  ///
  /// - Throws: `InputError` naming the file, when it is missing or not a sound.
  public convenience init(_ path: String) throws {
    try self.init(path, memory: nil) { sf_open(path, Int32(SFM_READ), &$0) }
  }

  /// Opens the bytes of a file; `name` names it in errors.
  ///
  /// - Throws: `InputError` naming it, when they are no sound.
  public convenience init(bytes: [UInt8], name: String) throws {
    let memory = UnsafeMutablePointer<MemoryFile>.allocate(capacity: 1)
    memory.initialize(to: MemoryFile(bytes: bytes))
    var operations = MemoryFile.operations
    try self.init(name, memory: memory) {
      sf_open_virtual(&operations, Int32(SFM_READ), &$0, memory)
    }
  }

  /// Takes the memory over, also where it throws.
  private init(
    _ path: String, memory: UnsafeMutablePointer<MemoryFile>?,
    open: (inout SF_INFO) -> OpaquePointer?
  ) throws {
    var info = SF_INFO()
    do {
      file = try Self.opened(path, &info, open)
    } catch {
      Self.free(memory)
      throw error
    }
    self.path = path
    self.memory = memory
    sampleRate = Int(info.samplerate)
    promisedCount = info.frames == Int64.max ? nil : Int(info.frames)
    channels = Int(info.channels)
    block = [Float](
      repeating: 0, count: max(1, AudioFile.blockFrames / channels) * channels)
  }

  deinit {
    sf_close(file)
    Self.free(memory)
  }

  private static func free(_ memory: UnsafeMutablePointer<MemoryFile>?) {
    memory?.deinitialize(count: 1)
    memory?.deallocate()
  }

  /// One file is opened at a time: libsndfile keeps the reason of a failure in a global variable.
  private static let opening = Mutex(())

  private static func opened(
    _ path: String, _ info: inout SF_INFO, _ open: (inout SF_INFO) -> OpaquePointer?
  ) throws -> OpaquePointer {
    try opening.withLock { _ in
      guard let file = open(&info) else {
        throw InputError(
          "\(path): cannot be read as a sound (\(AudioFile.reason(nil))); expected a WAV, FLAC, AIFF, "
            + "Ogg or MP3 file")
      }
      return file
    }
  }

  /// The next samples: as many as asked, fewer at the end of the file, and then none.
  ///
  /// - Throws: `InputError` naming the file, when it is empty, damaged or cut short, or holds samples
  ///   that are not finite.
  public func read(_ count: Int = .max) throws -> Waveform {
    var samples: [Float] = []
    while samples.count < count {
      let frames = min(block.count / channels, count - samples.count)
      let got = Int(sf_readf_float(file, &block, sf_count_t(frames)))
      guard got > 0 else {
        try checkEnd()
        break
      }
      position += got
      appendMean(ofFrames: got, to: &samples)
    }
    guard samples.allSatisfy(\.isFinite) else {
      throw InputError(
        "\(path): holds samples that are not finite numbers (NaN or infinity); export it again")
    }
    return Waveform(samples: samples, sampleRate: sampleRate)
  }

  /// Appends the mean of the block's channels.
  private func appendMean(ofFrames count: Int, to samples: inout [Float]) {
    guard channels > 1 else {
      samples += block[..<count]
      return
    }
    for start in stride(from: 0, to: count * channels, by: channels) {
      var sum: Float = 0
      for channel in 0..<channels { sum += block[start + channel] }
      samples.append(sum / Float(channels))
    }
  }

  /// Checks that the file ends where it says.
  private func checkEnd() throws {
    guard sf_error(file) == Int32(SF_ERR_NO_ERROR) else {
      throw InputError("\(path): damaged (\(AudioFile.reason(file))); get the file again")
    }
    if let promisedCount, position < promisedCount {
      throw InputError(
        "\(path): ends after \(position) of \(promisedCount) frames; it is cut short; get it again")
    }
    guard position > 0 else {
      throw InputError("\(path): holds no samples; expected a sound of some length")
    }
  }
}
