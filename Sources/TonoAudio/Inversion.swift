import Foundation
import TonoNetwork

/// How a pattern, a network's input, becomes a sound.
///
/// Levels become band powers, and those bin powers by non-negative least squares. The frames are
/// brought to a dense hop *before* phases are found: the towers analyse without overlap, where any
/// phase is consistent and Griffin–Lim learns nothing. The same values give the same samples.
public struct Inversion: Codable, Hashable, Sendable {
  /// How many times Griffin–Lim makes the phases consistent.
  public var iterations: Int
  /// What the first phases are drawn from.
  public var seed: UInt64
  /// How many synthesis frames overlap: their hop is the window length divided by it; 4 or more.
  public var hopDivisor: Int
  /// The root-mean-square level that the sound is brought to, in dB re full scale.
  public var level: Double
  /// The level that no sample exceeds, in dB re full scale; a sound that would is scaled down.
  public var peak: Double

  /// An inversion with these settings.
  public init(
    iterations: Int = 60, seed: UInt64 = 0, hopDivisor: Int = 4, level: Double = -20,
    peak: Double = -1
  ) {
    self.iterations = iterations
    self.seed = seed
    self.hopDivisor = hopDivisor
    self.level = level
    self.peak = peak
  }

  /// Steps of the non-negative least squares; the relative error is then within 2 % of the least.
  private static let powerIterations = 30

  /// The length of the fades at both ends, in seconds.
  private static let fadeSeconds = 0.005

  /// The sound of a pattern, as long as its frames and no longer than the front end's `seconds`.
  ///
  /// A constant pattern is what silence looks like to a network, and comes back as silence.
  ///
  /// - Parameters:
  ///   - pattern: `[1, bands, frames]` in network units.
  ///   - frontEnd: What gives the pattern its frequencies, times and levels.
  /// - Returns: A sound at the front end's sample rate.
  /// - Throws: `AudioError` when the settings or the front end are not valid, or the pattern has
  ///   another shape or holds NaN or infinity.
  public func sound(of pattern: Tensor, frontEnd: FrontEnd) throws -> Waveform {
    try validate()
    try frontEnd.validate()
    guard pattern.shape == frontEnd.inputShape else {
      throw AudioError(
        "the pattern is \(pattern.shape); the front end '\(frontEnd.name)' has "
          + "\(frontEnd.inputShape)")
    }
    guard pattern.values.allSatisfy(\.isFinite) else {
      throw AudioError("the pattern holds NaN or infinity; it has no sound")
    }
    let count = min(frontEnd.sampleCount, frontEnd.frames * frontEnd.hop)
    let isConstant = pattern.values.min() == pattern.values.max()
    guard !isConstant else {
      return Waveform(
        samples: Array(repeating: 0, count: count), sampleRate: frontEnd.sampleRate)
    }
    let transform = ShortTimeFourierTransform<Float>(
      fftSize: frontEnd.fftSize, windowLength: frontEnd.windowLength,
      hop: max(1, frontEnd.windowLength / hopDivisor))
    let magnitudes = magnitudes(
      ofBinPower: binPower(of: pattern, frontEnd: frontEnd), analysisHop: frontEnd.hop,
      frames: transform.frameCount(forSamples: count), hop: transform.hop)
    var search = GriffinLim(
      transform: transform, magnitudes: magnitudes, count: count, seed: seed)
    search.improve(iterations: iterations)
    return finished(Waveform(samples: search.sound, sampleRate: frontEnd.sampleRate))
  }

  private func validate() throws {
    guard iterations >= 0, hopDivisor >= 4, level.isFinite, peak <= 0 else {
      throw AudioError(
        "the inversion has \(iterations) iterations, hop divisor \(hopDivisor), level \(level) dB "
          + "and peak \(peak) dB; expected 0 or more, 4 or more, a number, and 0 or less")
    }
  }

  /// The power of every Fourier bin in every frame of a pattern, `[bins, analysis frames]`.
  private func binPower(of pattern: Tensor, frontEnd: FrontEnd) -> Tensor {
    let level = frontEnd.decibels(of: pattern).reshaped([frontEnd.bands, frontEnd.frames])
    let power = Tensor(shape: level.shape, values: level.values.map { pow(10, $0 / 10) })
    return frontEnd.filterBank.binPower(ofBandPower: power, iterations: Self.powerIterations)
  }

  /// The magnitudes `[frames, bins]` at another hop than the analysis had.
  ///
  /// Between two analysis frames levels in dB change linearly, which gives patterns back more
  /// faithfully than linear magnitudes or powers do; after the last frame they stay.
  private func magnitudes(
    ofBinPower power: Tensor, analysisHop: Int, frames: Int, hop: Int
  ) -> [Float] {
    let (bins, columns) = (power.shape[0], power.shape[1])
    let logarithm = power.values.map { log(max($0, .leastNormalMagnitude)) / 2 }
    var result = [Float](repeating: 0, count: frames * bins)
    for frame in 0..<frames {
      let position = min(Float(frame * hop) / Float(analysisHop), Float(columns - 1))
      let before = Int(position)
      let after = min(before + 1, columns - 1)
      let share = position - Float(before)
      for bin in 0..<bins {
        let (x, y) = (logarithm[bin * columns + before], logarithm[bin * columns + after])
        result[frame * bins + bin] = exp((1 - share) * x + share * y)
      }
    }
    return result
  }

  /// The sound with faded ends, at its level and under its peak.
  private func finished(_ sound: Waveform) -> Waveform {
    var sound = sound
    let count = sound.samples.count
    let fade = min(Int(Self.fadeSeconds * Double(sound.sampleRate)), count / 2)
    for i in 0..<fade {
      let gain = Float(0.5 - 0.5 * cos(Double.pi * Double(i) / Double(fade)))
      sound.samples[i] *= gain
      sound.samples[count - 1 - i] *= gain
    }
    let (rms, highest) = (Double(sound.rootMeanSquare), Double(sound.peak))
    guard rms > 0, rms.isFinite else { return sound }
    let gain = Float(min(pow(10, level / 20) / rms, pow(10, peak / 20) / highest))
    for i in sound.samples.indices { sound.samples[i] *= gain }
    return sound
  }
}
