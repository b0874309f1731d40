import TonoCore

/// A part of a sound file that a front end takes as one example.
package struct Stretch: Sendable {
  /// Its place among the file's stretches, from 0.
  package let index: Int
  /// Where it begins, in seconds of the file.
  package let start: Double
  /// Its sound, at the file's own rate.
  package let sound: Waveform

  /// What a front end makes of it, in network units.
  ///
  /// - Throws: as `FrontEnd.features(of:)`, and `InputError` if its power is no finite number.
  package func features(by frontEnd: FrontEnd) throws -> Tensor {
    let features = try frontEnd.features(of: sound)
    guard features.values.allSatisfy(\.isFinite) else {
      throw InputError("too loud: its power is no finite number; scale it down")
    }
    return features
  }
}

/// A sound file as stretches of a front end's `seconds`, each beginning where the frames of the one before
/// end; the last one may be shorter.
///
/// A front end whose frames end before its `seconds` do sees a little of the next stretch behind them. A rest
/// that fills less than a quarter of the frames is no example, unless it is the whole file.
package struct StretchReader {
  private let reader: SoundReader
  /// How long a stretch is, how far the next one is away, and how long a rest must be, in seconds.
  private let (length, step, shortestRest): (Double, Double, Double)
  private var index = 0
  /// What is read already of the stretch to come.
  private var samples: [Float] = []

  /// The stretches of a file.
  ///
  /// - Throws: As `SoundReader`.
  package init(_ path: String, frontEnd: FrontEnd) throws {
    reader = try SoundReader(path)
    length = frontEnd.seconds
    step = Double(frontEnd.patternSampleCount) / Double(frontEnd.sampleRate)
    shortestRest = step / 4
  }

  /// Which share of the file was read, as far as it says how long it is.
  package var share: Double {
    guard let count = reader.promisedCount, count > 0 else { return 0 }
    return min(1, Double(reader.position) / Double(count))
  }

  /// The next stretch; nil at the end of the file.
  ///
  /// - Throws: As `SoundReader.read(_:)`.
  package mutating func next() throws -> Stretch? {
    let start = boundary(index)
    samples += try reader.read(max(0, start + sampleCount(length) - reader.position)).samples
    let sound = Waveform(samples: samples, sampleRate: reader.sampleRate)
    guard !samples.isEmpty, index == 0 || sound.seconds >= shortestRest else { return nil }
    defer {
      index += 1
      samples.removeFirst(min(samples.count, boundary(index) - start))
    }
    return Stretch(index: index, start: Double(start) / Double(reader.sampleRate), sound: sound)
  }

  /// The sample at which a stretch begins.
  private func boundary(_ index: Int) -> Int { sampleCount(Double(index) * step) }

  private func sampleCount(_ seconds: Double) -> Int {
    Int((seconds * Double(reader.sampleRate)).rounded())
  }
}
