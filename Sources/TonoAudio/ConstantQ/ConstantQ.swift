import Foundation
import TonoCore

/// The constant-Q transform as librosa (0.10 and later) computes it: bins in equal steps of pitch,
/// whose filters last equally many periods.
///
/// Octave by octave from the highest down, the spectrum of each frame is multiplied with the
/// spectra of the octave's filters; the sound is then halved in rate for the octave below
/// (Schörkhuber & Klapuri, *Constant-Q transform toolbox for music processing*, 2010). Frame `t` is
/// centred at sample `t · hop`; zeros stand before the start and after the end.
///
/// The values are those of `librosa.cqt` with its defaults: a periodic Hann window, filters of unit
/// L1 norm, `scale=True`, `res_type="soxr_hq"`, no tuning. Any hop works: where it is odd, the rate
/// is halved no further, and filters of the octaves below are longer and cost more.
///
/// One transform serves any number of threads at once and always gives the same bits.
public struct ConstantQ: Sendable {
  /// The rate of the sounds, in Hz; others are resampled to it.
  public let sampleRate: Int
  /// The distance between the centres of neighbouring frames, in samples.
  public let hop: Int
  /// The centre of bin 0, in Hz (librosa's `fmin`).
  public let lowestFrequency: Double
  /// The number of bins (librosa's `n_bins`).
  public let bins: Int
  /// The number of bins from a frequency to its double.
  public let binsPerOctave: Int
  /// The factor on the length of every filter: below 1 it is finer in time, above 1 in frequency.
  public let filterScale: Double
  /// The share of the magnitude of a filter's spectrum that is left out, 0..<1, smallest values
  /// first.
  public let sparsity: Double

  /// The octaves, highest first.
  let octaves: [ConstantQOctave]

  /// A transform of `bins` bins from `lowestFrequency` Hz up.
  ///
  /// - Throws: `InputError` when a number is out of its range, the highest filter would reach above
  ///   half the sample rate, or a filter would be shorter than 2 or longer than 2²⁴ samples.
  /// - Complexity: O(bins · n log n), where n is the length of an octave's longest filter at its
  ///   rate.
  public init(
    sampleRate: Int, hop: Int, lowestFrequency: Double, bins: Int, binsPerOctave: Int = 12,
    filterScale: Double = 1, sparsity: Double = 0.01
  ) throws {
    guard sampleRate > 0, hop > 0, lowestFrequency > 0, bins > 0, binsPerOctave > 0,
      filterScale > 0, (0..<1).contains(sparsity)
    else {
      throw InputError(
        "the constant-Q transform has a sample rate of \(sampleRate) Hz, hop \(hop), lowest "
          + "frequency \(lowestFrequency) Hz, \(bins) bins, \(binsPerOctave) per octave, filter "
          + "scale \(filterScale) and sparsity \(sparsity); expected positive numbers, and a "
          + "sparsity from 0 to below 1")
    }
    self.sampleRate = sampleRate
    self.hop = hop
    self.lowestFrequency = lowestFrequency
    self.bins = bins
    self.binsPerOctave = binsPerOctave
    self.filterScale = filterScale
    self.sparsity = sparsity

    let shape = ConstantQFilter.Shape(
      binsPerOctave: binsPerOctave, scale: filterScale, sparsity: sparsity)
    let nyquist = Double(sampleRate) / 2
    let frequency = { Self.frequency($0, from: lowestFrequency, binsPerOctave) }
    let cutoff = shape.cutoff(frequency: frequency(bins - 1))
    guard cutoff <= nyquist else {
      throw InputError(
        "the highest of \(bins) bins from \(lowestFrequency) Hz reaches \(cutoff) Hz; expected at "
          + "most half the sample rate, \(nyquist) Hz: use fewer bins or a higher rate")
    }

    var octaves: [ConstantQOctave] = []
    var end = bins
    var rate = Double(sampleRate)
    var hop = hop
    var decimation = Self.earlyDecimation(
      hop: hop, nyquist: nyquist, cutoff: cutoff, octaves: (bins - 1) / binsPerOctave + 1)
    while end > 0 {
      let range = max(0, end - binsPerOctave)..<end
      rate /= Double(decimation)
      hop /= decimation
      octaves.append(
        try ConstantQOctave(
          bins: range, frequency: frequency, shape: shape, sampleRate: sampleRate, rate: rate,
          hop: hop, decimation: decimation))
      end = range.lowerBound
      decimation = hop.isMultiple(of: 2) ? 2 : 1
    }
    self.octaves = octaves
  }

  /// The centre of each bin in Hz, from the lowest bin up.
  public var frequencies: [Double] {
    (0..<bins).map { Self.frequency($0, from: lowestFrequency, binsPerOctave) }
  }

  /// The number of frames of a sound of `count` samples at `sampleRate`: one at every `hop` samples
  /// from the first.
  ///
  /// The sound's end may be rounded up to a whole sample of the highest octave's rate.
  public func frameCount(forSamples count: Int) -> Int {
    1 + (count + earlyDecimation - 1) / earlyDecimation / (hop / earlyDecimation)
  }

  // MARK: - Transform

  /// The magnitudes of a sound, `[bins, frames]`, from the lowest bin up.
  ///
  /// A sound of any other rate is resampled to `sampleRate` first. A tone of amplitude 1 at the
  /// centre of a bin gives about half the square root of its filter's length in samples.
  ///
  /// - Throws: `InputError` when the sound is empty, holds NaN or infinity, or is shorter than one
  ///   sample of the highest octave's rate.
  /// - Complexity: O(octaves · frames · n log n), where n is the length of an octave's longest
  ///   filter at its rate.
  public func magnitudes(of sound: Waveform) throws -> Tensor {
    let spectrogram = try spectrogram(of: sound)
    let frames = spectrogram.frames
    return Tensor(shape: [bins, frames]) { result in
      for frame in 0..<frames {
        for bin in 0..<bins {
          let value = spectrogram.values[frame * bins + bin]
          result[bin * frames + frame] = (value * value).sum().squareRoot()
        }
      }
    }
  }

  /// The complex values of a sound, from the lowest bin up.
  ///
  /// - Throws: As `magnitudes(of:)`.
  /// - Complexity: As `magnitudes(of:)`.
  public func spectrogram(of sound: Waveform) throws -> ComplexSpectrogram {
    guard sound.samples.allSatisfy(\.isFinite) else {
      throw InputError(
        "the sound holds samples that are not finite numbers; it has no constant-Q transform")
    }
    var samples = try sound.resampled(to: sampleRate).samples
    guard samples.count >= earlyDecimation else {
      throw InputError(
        "the sound has \(samples.count) samples at \(sampleRate) Hz; the constant-Q transform "
          + "needs at least \(earlyDecimation): use a longer sound")
    }
    var result = ComplexSpectrogram(bins: bins, frames: frameCount(forSamples: samples.count))
    for octave in octaves {
      samples = try Self.decimated(samples, by: octave.decimation)
      octave.transform(samples, into: &result)
    }
    return result
  }

  /// The same sound at a rate lower by a whole factor.
  private static func decimated(_ samples: [Float], by factor: Int) throws -> [Float] {
    try Waveform(samples: samples, sampleRate: factor).resampled(to: 1).samples
  }

  // MARK: - Geometry

  /// The centre of a bin, in Hz.
  private static func frequency(
    _ bin: Int, from lowest: Double, _ binsPerOctave: Int
  ) -> Double {
    lowest * exp2(Double(bin) / Double(binsPerOctave))
  }

  /// The factor by which the rate is lowered before the highest octave.
  private var earlyDecimation: Int { octaves[0].decimation }

  /// The power of two by which the rate can be lowered at once: as far as the highest filter stays
  /// well below the Nyquist frequency and the hop can still be halved for every octave.
  private static func earlyDecimation(
    hop: Int, nyquist: Double, cutoff: Double, octaves: Int
  ) -> Int {
    let allowed = max(0, Int(log2(nyquist / cutoff).rounded(.up)) - 2)
    let divisible = max(0, hop.trailingZeroBitCount - octaves + 1)
    return 1 << min(allowed, divisible)
  }
}
