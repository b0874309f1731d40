import TonoAudio
import TonoNetwork

/// A part of a sound file that a front end takes as one example.
struct Stretch: Sendable {
  /// Its place among the file's stretches, from 0.
  let index: Int
  /// Where it begins, in seconds of the file.
  let start: Double
  /// Its sound, at the file's own rate.
  let sound: Waveform

  /// What a front end makes of it, in network units.
  ///
  /// - Throws: as `FrontEnd.features(of:)`, and `StudyError` if its power is no finite number.
  func features(by frontEnd: FrontEnd) throws -> Tensor {
    let features = try frontEnd.features(of: sound)
    guard features.values.allSatisfy(\.isFinite) else {
      throw StudyError("too loud: its power is no finite number; scale it down")
    }
    return features
  }
}

/// A sound file as consecutive stretches of a front end's `seconds`; the last one may be shorter.
///
/// A rest shorter than one window of the analysis is no example, unless it is the whole file.
struct StretchReader {
  private let reader: SoundReader
  private let seconds: Double
  private let shortestRest: Double
  private var index = 0

  /// The stretches of a file.
  ///
  /// - Throws: As `SoundReader`.
  init(_ path: String, frontEnd: FrontEnd) throws {
    reader = try SoundReader(path)
    seconds = frontEnd.seconds
    shortestRest = Double(frontEnd.windowLength) / Double(frontEnd.sampleRate)
  }

  /// Which share of the file was read, as far as it says how long it is.
  var share: Double {
    guard let count = reader.promisedCount, count > 0 else { return 0 }
    return min(1, Double(reader.position) / Double(count))
  }

  /// The next stretch; nil at the end of the file.
  ///
  /// - Throws: As `SoundReader.read(_:)`.
  mutating func next() throws -> Stretch? {
    let start = reader.position
    let sound = try reader.read(boundary(index + 1) - start)
    guard !sound.samples.isEmpty, index == 0 || sound.seconds >= shortestRest else { return nil }
    defer { index += 1 }
    return Stretch(index: index, start: Double(start) / Double(reader.sampleRate), sound: sound)
  }

  /// The sample at which a stretch begins.
  private func boundary(_ index: Int) -> Int {
    Int((Double(index) * seconds * Double(reader.sampleRate)).rounded())
  }
}
