import Foundation
import TonoCore

/// Everything between a sound and a network's input: bands of a spectrum, their levels, and their units.
///
/// It gives pictures their axes in Hz and seconds, and makes patterns playable. A front end is a plain
/// value; as JSON it is an object of the properties below, of which most may be left out
/// (`FrontEnd+JSON.swift`).
///
/// What a band holds is s = Σ weight · |X|^p over the bins of a frame's spectrum X, or the magnitude of a
/// constant-Q filter's output, to the power p. Its level is k · ln(max(minimum, gain·s + offset)) less that
/// of the reference, with k by `logarithm`.
public struct FrontEnd: Hashable, Sendable {
  /// What it is called.
  public var name: String
  /// The rate that sounds are resampled to, in Hz.
  public var sampleRate: Int
  /// The length that sounds are cropped or zero-padded to at their end, in seconds; 0 while it is
  /// open-ended.
  public var seconds: Double

  /// What the bands are.
  public var filters = Filters.mel
  /// The length of the Fourier transform, in samples; unused by constant-Q filters.
  public var fftSize: Int
  /// The length of the window, in samples; unused by constant-Q filters.
  public var windowLength: Int
  /// The window's form.
  public var window = Window.hann
  /// Where frames lie, and what stands around a sound.
  public var padding = FramePadding.zeros
  /// The distance between frames, in samples.
  public var hop: Int
  /// The number of bands: the rows of the input, or its columns by `axes`.
  public var bands: Int
  /// The number of frames that are kept, from the first: the columns of the input, or its rows by
  /// `axes`; 0 while it is open-ended.
  public var frames: Int
  /// The lower end of the lowest mel band, or the first bin's or constant-Q band's centre, in Hz.
  public var lowestFrequency = 0.0
  /// The upper end of the highest mel band, in Hz; unused by other bands, whose number tells it.
  public var highestFrequency: Double
  /// The scale on which mel bands are evenly spaced.
  public var melScale = MelScale.slaney
  /// How mel bands are scaled.
  public var melNorm = MelNorm.slaney
  /// On which axis the sides of mel bands are straight.
  public var melSlopes = MelSlopes.hertz
  /// The number of constant-Q bands from a frequency to its double.
  public var binsPerOctave = 12

  /// The power p of a spectrum's magnitudes.
  public var spectrum = Spectrum.power
  /// What a band's s is multiplied by before the logarithm.
  public var gain: Float = 1
  /// What is then added.
  public var offset: Float = 0
  /// What smaller numbers are then raised to (librosa's `amin`).
  public var minimumPower: Float = 1e-10
  /// How that number becomes a level.
  public var logarithm = Logarithm.decibels
  /// What levels are measured from.
  public var reference = Reference.maximum
  /// How far below its maximum a spectrogram's levels reach (librosa's `top_db`); nil for any distance.
  public var dynamicRange: Float?
  /// How levels become network units.
  public var normalization = Normalization.perExample
  /// In which order the input has bands and frames.
  public var axes = Axes.bandsFrames

  /// The mean level of a typical example.
  public var typicalMean: Float
  /// The standard deviation of the levels of a typical example.
  public var typicalDeviation: Float

  /// What the bands are.
  public enum Filters: String, Sendable, Codable, CaseIterable {
    /// Triangles, evenly spaced on a mel scale.
    case mel
    /// Bins of the Fourier transform, from `lowestFrequency` on.
    case linear
    /// Filters in equal steps of pitch, from `lowestFrequency` on: see `ConstantQ`.
    case constantQ
  }

  /// The power of a spectrum's magnitudes that bands sum.
  public enum Spectrum: String, Sendable, Codable, CaseIterable {
    /// |X|².
    case power
    /// |X|.
    case amplitude

    /// The exponent.
    var exponent: Float { self == .power ? 2 : 1 }
  }

  /// In which order a network's input has bands and frames, behind its single channel.
  public enum Axes: String, Sendable, Codable, CaseIterable {
    /// `[1, bands, frames]`.
    case bandsFrames
    /// `[1, frames, bands]`.
    case framesBands
  }

  /// A front end with librosa's mel bands, levels in dB re the maximum over 80 dB, and examples of zero
  /// mean and unit variance; the remaining properties can be set afterwards.
  public init(
    name: String, sampleRate: Int, seconds: Double, fftSize: Int, hop: Int, bands: Int,
    frames: Int, highestFrequency: Double, typicalMean: Float, typicalDeviation: Float
  ) {
    self.name = name
    self.sampleRate = sampleRate
    self.seconds = seconds
    self.fftSize = fftSize
    self.windowLength = fftSize
    self.hop = hop
    self.bands = bands
    self.frames = frames
    self.highestFrequency = highestFrequency
    self.dynamicRange = 80
    self.typicalMean = typicalMean
    self.typicalDeviation = typicalDeviation
  }

  // MARK: - Analysis

  /// The Fourier transform of every frame, in any precision.
  func shortTimeFourierTransform<Scalar: FourierScalar>() -> ShortTimeFourierTransform<Scalar> {
    ShortTimeFourierTransform(
      fftSize: fftSize, windowLength: windowLength, hop: hop, window: window, padding: padding)
  }

  /// The bands, unless they are constant-Q filters.
  var filterBank: FilterBank {
    switch filters {
    case .mel:
      .mel(
        sampleRate: sampleRate, fftSize: fftSize, bands: bands, lowest: lowestFrequency,
        highest: highestFrequency, scale: melScale, norm: melNorm, slopes: melSlopes)
    case .linear, .constantQ: .linear(fftSize: fftSize, bins: firstBin..<firstBin + bands)
    }
  }

  /// The Fourier bin of the lowest linear band.
  var firstBin: Int { Int((lowestFrequency / binHertz).rounded()) }

  /// The distance between Fourier bins, in Hz.
  var binHertz: Double { Double(sampleRate) / Double(fftSize) }

  /// The constant-Q filters.
  ///
  /// - Throws: As `ConstantQ`.
  func constantQ() throws -> ConstantQ {
    try ConstantQ(
      sampleRate: sampleRate, hop: hop, lowestFrequency: lowestFrequency, bins: bands,
      binsPerOctave: binsPerOctave)
  }
}
