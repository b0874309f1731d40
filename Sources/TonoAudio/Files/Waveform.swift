import TonoCore

/// A mono sound: its samples and how many of them make a second.
public struct Waveform: Sendable, Equatable {
  /// The samples in order of time; full scale is −1…1.
  public var samples: [Float]

  /// The number of samples in a second, in Hz.
  public let sampleRate: Int

  /// A sound of these samples at `sampleRate` Hz.
  public init(samples: [Float], sampleRate: Int) {
    precondition(sampleRate > 0, "a sample rate of \(sampleRate) Hz")
    self.samples = samples
    self.sampleRate = sampleRate
  }

  /// The duration in seconds.
  public var seconds: Double { Double(samples.count) / Double(sampleRate) }

  /// The largest magnitude of a sample; 0 for an empty sound.
  public var peak: Float { samples.reduce(0) { max($0, abs($1)) } }

  /// The root of the mean square of the samples; 0 for an empty sound.
  public var rootMeanSquare: Float {
    guard !samples.isEmpty else { return 0 }
    let energy = samples.reduce(0.0) { $0 + Double($1) * Double($1) }
    return Float((energy / Double(samples.count)).squareRoot())
  }

  /// The first `count` samples, with zeros after the end where there are fewer.
  public func fitted(toCount count: Int) -> Waveform {
    let kept = samples.prefix(count)
    return Waveform(
      samples: kept + Array(repeating: 0, count: count - kept.count), sampleRate: sampleRate)
  }
}
