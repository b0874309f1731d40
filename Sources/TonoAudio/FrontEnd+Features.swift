import Foundation
import TonoNetwork

extension FrontEnd {
  /// A sound as the network's input, `[1, bands, frames]` in network units.
  ///
  /// A sound of constant level everywhere, silence above all, gives zeros.
  ///
  /// - Throws: `AudioError` when the front end is not valid or the sound holds NaN or infinity.
  public func features(of sound: Waveform) throws -> Tensor {
    normalized(try logMel(of: sound)).reshaped(inputShape)
  }

  /// The levels of a sound, `[bands, frames]` in dB re the maximum, −`dynamicRange`…0.
  ///
  /// - Throws: As `features(of:)`.
  public func logMel(of sound: Waveform) throws -> Tensor {
    logMel(ofMelPower: try melPower(of: sound))
  }

  /// The power of a sound in every band and frame, `[bands, frames]`: |STFT|² of samples in −1…1.
  ///
  /// The sound is resampled first and then cropped or zero-padded at its end to `seconds`.
  ///
  /// - Throws: As `features(of:)`.
  public func melPower(of sound: Waveform) throws -> Tensor {
    try validate()
    guard sound.samples.allSatisfy(\.isFinite) else {
      throw AudioError(
        "the sound holds samples that are not finite numbers; '\(name)' has no features of it")
    }
    let fitted = try sound.resampled(to: sampleRate).fitted(toCount: sampleCount)
    let power = shortTimeFourierTransform.power(of: fitted.samples, frames: frames)
    return filterBank.bandPower(ofBinPower: power)
  }

  /// Band powers in dB re their maximum, −`dynamicRange`…0 (librosa's `power_to_db`).
  func logMel(ofMelPower power: Tensor) -> Tensor {
    let reference = 10 * log10(max(minimumPower, power.values.max() ?? 0))
    var level = power
    for i in level.values.indices {
      level.values[i] = 10 * log10(max(minimumPower, power.values[i])) - reference
    }
    let floor = (level.values.max() ?? 0) - dynamicRange
    for i in level.values.indices { level.values[i] = max(level.values[i], floor) }
    return level
  }

  /// Levels in dB brought to network units.
  func normalized(_ level: Tensor) -> Tensor {
    guard normalization == .perExample else { return level }
    let count = Double(level.count)
    let mean = level.values.reduce(0.0) { $0 + Double($1) } / count
    let variance =
      level.values.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count
    let deviation = variance > 0 ? variance.squareRoot() : 1
    return Tensor(
      shape: level.shape, values: level.values.map { Float((Double($0) - mean) / deviation) })
  }

  /// A pattern in network units as levels in dB re its own maximum, −`dynamicRange`…0.
  ///
  /// Normalization per example forgets how many dB its unit was. It is taken to be
  /// `typicalDeviation`, that of real examples, or less where the pattern would then not fit into
  /// the dynamic range: no sound has such levels, and clamping them would change the pattern,
  /// while a smaller unit is the same to the network. Without normalization, levels are clamped.
  ///
  /// - Parameter pattern: Of any shape, usually `inputShape`.
  /// - Returns: Levels of the same shape.
  public func decibels(of pattern: Tensor) -> Tensor {
    let highest = pattern.values.max() ?? 0
    let extent = highest - (pattern.values.min() ?? 0)
    let unit =
      switch normalization {
      case .perExample: extent > 0 ? min(typicalDeviation, dynamicRange / extent) : 1
      case .none: Float(1)
      }
    return Tensor(
      shape: pattern.shape,
      values: pattern.values.map { max(unit * ($0 - highest), -dynamicRange) })
  }

  /// The roots of the powers that a pattern's levels are, the largest at 1.
  public func amplitudes(of pattern: Tensor) -> [Float] {
    decibels(of: pattern).values.map { pow(10, $0 / 20) }
  }

  /// The network units of a level in dB re the maximum, in an example of typical mean and
  /// deviation.
  public func networkUnits(ofDecibels level: Float) -> Float {
    normalization == .perExample ? (level - typicalMean) / typicalDeviation : level
  }
}
