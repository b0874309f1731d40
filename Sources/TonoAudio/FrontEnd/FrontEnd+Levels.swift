import Foundation
import TonoCore

extension FrontEnd {
  // MARK: - Units

  /// Whether features change with the loudness of a sound beyond what ends at the floor.
  public var hearsLoudness: Bool {
    switch (reference, normalization) {
    case _ where offset != 0: true
    case (.maximum, _): false
    case (.value, .perExample): logarithm == .none ? false : dynamicRange == nil
    case (.value, _): true
    }
  }

  /// How the samples of a pattern's sound are stored: as they are where the network hears how quiet they are,
  /// or levels further apart than 16 bits keep.
  public var encoding: AudioFile.Encoding {
    let range = (dynamicRange ?? .infinity) * (decibelsPerLevel ?? 1)
    return hearsLoudness || range > Self.sixteenBits ? .float32 : .pcm16
  }

  /// The range, in dB, that 16 bits keep with some room for their noise.
  private static let sixteenBits: Float = 90

  /// How many dB of a sound one unit of the network's input is, in an example of typical deviation; nil
  /// where levels are no logarithms.
  public var decibelsPerUnit: Float? {
    guard let decibelsPerLevel else { return nil }
    return switch normalization {
    case .none: decibelsPerLevel
    case .perExample: decibelsPerLevel * typicalDeviation
    case .fixed(_, let deviation):
      decibelsPerLevel * deviation.reduce(0, +) / Float(max(1, deviation.count))
    }
  }

  /// How many dB of a sound one unit of level is; nil where levels are no logarithms.
  private var decibelsPerLevel: Float? {
    logarithm.factor.map { Float(10 / log(10) / $0) * 2 / spectrum.exponent }
  }

  /// What the input's numbers are, for a colour scale.
  public var unit: String {
    switch (normalization, logarithm) {
    case (.perExample, _), (.fixed, _): "level (standard deviations)"
    case (.none, .decibels), (.none, .amplitudeDecibels): "level (dB)"
    case (.none, .natural): "level (ln)"
    case (.none, .log10): "level (log₁₀)"
    case (.none, .none): spectrum == .power ? "power" : "amplitude"
    }
  }

  /// The levels that examples keep within: from the floor to the maximum where levels are relative, else
  /// four typical deviations around the typical mean, and not below silence.
  var levelRange: ClosedRange<Float> {
    guard case .value = reference else {
      guard logarithm != .none else { return 0...1 }
      return -(dynamicRange ?? Self.assumedRange)...0
    }
    let spread = 4 * typicalDeviation
    let lowest = max(silence, typicalMean - spread)
    return lowest...max(lowest + typicalDeviation, typicalMean + spread)
  }

  /// The range of levels that is taken where nothing says one, in dB.
  static let assumedRange: Float = 80

  /// The level of silence, measured from a fixed reference.
  private var silence: Float {
    guard case .value(let reference) = reference else { return -.infinity }
    guard let factor = logarithm.factor else { return offset / reference }
    return Float(factor) * log(max(minimumPower, offset) / max(minimumPower, reference))
  }

  /// The range of network units that `levelRange` is.
  public var inputRange: ClosedRange<Float> {
    let (low, high) = (levelRange.lowerBound, levelRange.upperBound)
    switch normalization {
    case .none: return levelRange
    case .perExample:
      return (low - typicalMean) / typicalDeviation...(high - typicalMean) / typicalDeviation
    case .fixed(let mean, let deviation):
      let lows = (0..<bands).map { (low - mean.at($0)) / deviation.at($0) }
      let highs = (0..<bands).map { (high - mean.at($0)) / deviation.at($0) }
      let lowest = lows.min() ?? 0
      return lowest...max(lowest, highs.max() ?? 1)
    }
  }

  /// The mean and the deviation of a typical example in network units.
  public var typicalInput: (mean: Float, deviation: Float) {
    normalization == .none ? (typicalMean, typicalDeviation) : (0, 1)
  }
}
