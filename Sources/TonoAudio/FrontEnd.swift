import Foundation
import TonoNetwork

/// Everything between a sound and a network's input: a log-mel spectrogram and its units.
///
/// It gives pictures their axes in Hz and seconds, and makes patterns playable. A front end is a
/// plain value; as JSON it is an object of exactly the properties below.
public struct FrontEnd: Codable, Hashable, Sendable {
  /// What it is called.
  public var name: String
  /// The rate that sounds are resampled to, in Hz.
  public var sampleRate: Int
  /// The length that sounds are cropped or zero-padded to at their end, in seconds.
  public var seconds: Double
  /// The length of the Fourier transform, in samples.
  public var fftSize: Int
  /// The length of the window in its middle, in samples.
  public var windowLength: Int
  /// The window's form; Hann where a file does not say.
  public var window: Window
  /// Where frames lie, and what stands around a sound; centred among zeros where a file does not say.
  public var padding: Padding
  /// The distance between frames, in samples.
  public var hop: Int
  /// The number of mel bands: the rows of the input.
  public var bands: Int
  /// The number of frames that are kept, from the first: the columns of the input.
  public var frames: Int
  /// The lower end of the lowest band, in Hz.
  public var lowestFrequency: Double
  /// The upper end of the highest band, in Hz.
  public var highestFrequency: Double
  /// The scale on which the bands are evenly spaced.
  public var melScale: MelScale
  /// How the bands are scaled.
  public var melNorm: MelNorm
  /// The power that smaller ones are raised to before the logarithm (librosa's `amin`).
  public var minimumPower: Float
  /// How far below its maximum a spectrogram reaches, in dB (librosa's `top_db`).
  public var dynamicRange: Float
  /// How decibels become network units.
  public var normalization: Normalization
  /// The mean level of a typical example, in dB re its maximum.
  public var typicalMean: Float
  /// The standard deviation of the levels of a typical example, in dB.
  public var typicalDeviation: Float

  /// How decibels become network units.
  public enum Normalization: String, Sendable, Codable, CaseIterable {
    /// Each example is brought to zero mean and unit variance; a constant one to zeros.
    case perExample
    /// The network takes decibels re the example's maximum as they are.
    case none
  }

  /// A front end with librosa's mel bands; the remaining properties can be set afterwards.
  public init(
    name: String, sampleRate: Int, seconds: Double, fftSize: Int, hop: Int, bands: Int,
    frames: Int, highestFrequency: Double, typicalMean: Float, typicalDeviation: Float
  ) {
    self.name = name
    self.sampleRate = sampleRate
    self.seconds = seconds
    self.fftSize = fftSize
    self.windowLength = fftSize
    self.window = .hann
    self.padding = .zeros
    self.hop = hop
    self.bands = bands
    self.frames = frames
    self.lowestFrequency = 0
    self.highestFrequency = highestFrequency
    self.melScale = .slaney
    self.melNorm = .slaney
    self.minimumPower = 1e-10
    self.dynamicRange = 80
    self.normalization = .perExample
    self.typicalMean = typicalMean
    self.typicalDeviation = typicalDeviation
  }

  // MARK: - Geometry

  /// The shape of the network's input: one channel of bands × frames.
  public var inputShape: Shape { [1, bands, frames] }

  /// The time from one frame to the next, in seconds.
  public var frameSeconds: Double { Double(hop) / Double(sampleRate) }

  /// The frequency at which each band peaks, in Hz, from the lowest band up.
  public var bandCentres: [Double] {
    Array(
      MelFilterBank.edges(
        bands: bands, lowest: lowestFrequency, highest: highestFrequency, scale: melScale
      )[1...bands])
  }

  /// Where a frequency lies among the rows: 0 is the centre of band 0, 0.5 is halfway in mel to
  /// band 1; the ends of the range are at −1 and `bands`.
  public func bandPosition(of hertz: Double) -> Double {
    let low = melScale.mel(fromHertz: lowestFrequency)
    let high = melScale.mel(fromHertz: highestFrequency)
    return (melScale.mel(fromHertz: hertz) - low) / (high - low) * Double(bands + 1) - 1
  }

  /// The number of samples that sounds are cropped or padded to.
  var sampleCount: Int { Int(seconds * Double(sampleRate)) }

  /// The number of samples of a pattern's sound: as long as its frames, and no longer than `seconds`.
  public var patternSampleCount: Int {
    min(sampleCount, padding == .none ? (frames - 1) * hop + fftSize : frames * hop)
  }

  /// The sample on which frame 0 is centred.
  var firstCentre: Int { padding == .none ? fftSize / 2 : 0 }

  /// The time on which frame 0 is centred, in seconds.
  public var firstFrameSeconds: Double { Double(firstCentre) / Double(sampleRate) }

  /// The Fourier transform of every frame.
  var shortTimeFourierTransform: ShortTimeFourierTransform<Double> {
    ShortTimeFourierTransform(
      fftSize: fftSize, windowLength: windowLength, hop: hop, window: window, padding: padding)
  }

  /// The bands.
  var filterBank: MelFilterBank {
    MelFilterBank(
      sampleRate: sampleRate, fftSize: fftSize, bands: bands, lowest: lowestFrequency,
      highest: highestFrequency, scale: melScale, norm: melNorm)
  }
}

extension FrontEnd {
  /// Reads a front end; the window and the padding may be left out, as files before them do.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      name: try values.decode(String.self, forKey: .name),
      sampleRate: try values.decode(Int.self, forKey: .sampleRate),
      seconds: try values.decode(Double.self, forKey: .seconds),
      fftSize: try values.decode(Int.self, forKey: .fftSize),
      hop: try values.decode(Int.self, forKey: .hop),
      bands: try values.decode(Int.self, forKey: .bands),
      frames: try values.decode(Int.self, forKey: .frames),
      highestFrequency: try values.decode(Double.self, forKey: .highestFrequency),
      typicalMean: try values.decode(Float.self, forKey: .typicalMean),
      typicalDeviation: try values.decode(Float.self, forKey: .typicalDeviation))
    windowLength = try values.decode(Int.self, forKey: .windowLength)
    window = try values.decodeIfPresent(Window.self, forKey: .window) ?? window
    padding = try values.decodeIfPresent(Padding.self, forKey: .padding) ?? padding
    lowestFrequency = try values.decode(Double.self, forKey: .lowestFrequency)
    melScale = try values.decode(MelScale.self, forKey: .melScale)
    melNorm = try values.decode(MelNorm.self, forKey: .melNorm)
    minimumPower = try values.decode(Float.self, forKey: .minimumPower)
    dynamicRange = try values.decode(Float.self, forKey: .dynamicRange)
    normalization = try values.decode(Normalization.self, forKey: .normalization)
  }
}
