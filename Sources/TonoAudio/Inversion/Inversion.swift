import Foundation
import TonoCore

/// How a pattern, a network's input, becomes a sound.
///
/// Levels become what bands hold, and that what Fourier bins do by non-negative least squares. The frames
/// are brought to a dense hop *before* phases are found: the towers analyse without overlap, where any
/// phase is consistent and Griffin–Lim learns nothing. Last, the samples themselves descend the
/// distance between their features and the pattern. Constant-Q patterns begin as partials instead of frames
/// (`Partials`). The same values give the same samples.
public struct Inversion: Codable, Hashable, Sendable {
  /// How many times Griffin–Lim makes the phases consistent.
  public var iterations: Int
  /// How many steps the samples then take towards the pattern's features.
  public var refinement: Int
  /// What the first phases are drawn from.
  public var seed: UInt64
  /// The distance of the synthesis frames is the window length divided by it: 4 or more; or 0 for
  /// frames at the hop of the analysis, as librosa's `mel_to_audio` has them.
  public var hopDivisor: Int
  /// The loudness that the sound is brought to, in LUFS (ITU-R BS.1770-4).
  public var loudness: Double
  /// The level that it never exceeds, between samples neither, in dBTP; a sound that would is quieter.
  public var truePeak: Double

  /// An inversion with these settings.
  public init(
    iterations: Int = 60, refinement: Int = 200, seed: UInt64 = 0, hopDivisor: Int = 4,
    loudness: Double = -23, truePeak: Double = -1
  ) {
    self.iterations = iterations
    self.refinement = refinement
    self.seed = seed
    self.hopDivisor = hopDivisor
    self.loudness = loudness
    self.truePeak = truePeak
  }

  /// Steps of the non-negative least squares; the relative error is then within 2 % of the least.
  private static let powerIterations = 30

  /// The sound of a pattern, as long as its frames and no longer than the front end's `seconds`.
  ///
  /// A constant pattern is what silence looks like to a network, and comes back as silence.
  ///
  /// - Parameters:
  ///   - pattern: of the front end's `inputShape`, in network units.
  ///   - frontEnd: What gives the pattern its frequencies, times and levels.
  /// - Returns: A sound at the front end's sample rate.
  /// - Throws: `InputError` when the settings or the front end are not valid, or the pattern has
  ///   another shape or holds NaN or infinity.
  /// - Complexity: O((iterations · overlap + 2 · refinement) · frames · fftSize · log fftSize).
  public func sound(of pattern: Tensor, frontEnd: FrontEnd) throws -> Waveform {
    try validate()
    try frontEnd.validate()
    guard pattern.shape == frontEnd.inputShape else {
      throw InputError(
        "the pattern is \(pattern.shape); the front end '\(frontEnd.name)' has "
          + "\(frontEnd.inputShape)")
    }
    guard pattern.values.allSatisfy(\.isFinite) else {
      throw InputError("the pattern holds NaN or infinity; it has no sound")
    }
    let isConstant = pattern.values.min() == pattern.values.max()
    guard !isConstant else {
      return Waveform(
        samples: Array(repeating: 0, count: frontEnd.patternSampleCount),
        sampleRate: frontEnd.sampleRate)
    }
    var samples =
      frontEnd.filters == .constantQ
      ? Partials(seed: seed).sound(of: pattern, frontEnd) : raw(pattern, frontEnd)
    if refinement > 0 {
      samples = Refinement(steps: refinement).refined(samples, towards: pattern, frontEnd)
    }
    return try finished(
      Waveform(samples: samples, sampleRate: frontEnd.sampleRate), frontEnd: frontEnd)
  }

  /// The sound with faded ends, at its loudness and under its peak.
  ///
  /// - Parameters:
  ///   - sound: the sound.
  ///   - frontEnd: what hears it; where it hears loudness, the sound stays at its own, if the peak allows.
  /// - Returns: the sound to be played.
  /// - Throws: As `Loudness`.
  public func finished(_ sound: Waveform, frontEnd: FrontEnd) throws -> Waveform {
    var sound = sound
    let count = sound.samples.count
    Fade(sampleCount: count, sampleRate: sound.sampleRate).apply(to: &sound.samples, count: count)
    return try leveled(sound, frontEnd: frontEnd)
  }

  /// The sound at its loudness and under its peak; as `finished`, without fades.
  ///
  /// - Throws: As `Loudness`.
  public func leveled(_ sound: Waveform, frontEnd: FrontEnd) throws -> Waveform {
    frontEnd.hearsLoudness
      ? try sound.limited(toTruePeak: truePeak)
      : try sound.normalized(toLoudness: loudness, truePeak: truePeak)
  }

  private func validate() throws {
    guard iterations >= 0, refinement >= 0, hopDivisor == 0 || hopDivisor >= 4, loudness.isFinite,
      truePeak <= 0
    else {
      throw InputError(
        "the inversion has \(iterations) iterations, \(refinement) steps of refinement, hop divisor "
          + "\(hopDivisor), loudness \(loudness) LUFS and true peak \(truePeak) dBTP; expected 0 or "
          + "more, 0 or more, 0 or 4 or more, a number, and 0 or less")
    }
  }

  /// Samples of a pattern, at no particular level where levels are measured from the maximum.
  private func raw(_ pattern: Tensor, _ frontEnd: FrontEnd) -> [Float] {
    let count = frontEnd.patternSampleCount
    let transform = ShortTimeFourierTransform<Float>(
      fftSize: frontEnd.fftSize, windowLength: frontEnd.windowLength,
      hop: hopDivisor == 0 ? frontEnd.hop : max(1, frontEnd.windowLength / hopDivisor))
    let values = frontEnd.bandValues(ofLevels: frontEnd.levels(ofPattern: pattern))
    let magnitudes = magnitudes(
      ofBins: frontEnd.filterBank.binPower(ofBandPower: values, iterations: Self.powerIterations),
      exponent: frontEnd.spectrum.exponent, analysisHop: frontEnd.hop,
      firstCentre: frontEnd.firstCentre,
      frames: transform.frameCount(forSamples: count), hop: transform.hop)
    var search = GriffinLim(
      transform: transform, magnitudes: magnitudes, count: count, seed: seed)
    search.improve(iterations: iterations)
    return search.sound
  }

  /// The magnitudes `[frames, bins]` at another hop than the analysis had.
  ///
  /// Between two analysis frames levels in dB change linearly, which gives patterns back more
  /// faithfully than linear magnitudes or powers do; after the last frame they stay.
  private func magnitudes(
    ofBins values: Tensor, exponent: Float, analysisHop: Int, firstCentre: Int, frames: Int,
    hop: Int
  ) -> [Float] {
    let (bins, columns) = (values.shape[0], values.shape[1])
    let logarithm = values.values.map { log(max($0, .leastNormalMagnitude)) / exponent }
    var result = [Float](repeating: 0, count: frames * bins)
    for frame in 0..<frames {
      let centre = max(0, frame * hop - firstCentre)
      let position = min(Float(centre) / Float(analysisHop), Float(columns - 1))
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
}
