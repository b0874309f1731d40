import Foundation
import Synchronization
import TonoCore

/// What real sounds have in common before a front end: their long-term spectrum and how fast their levels
/// change, with how much both vary from sound to sound.
///
/// Changes are structure functions: half the mean square of the difference between cells that lie 1, 2, 4, …
/// cells apart, which hold what a modulation spectrum holds in octaves. All of features in network units; the
/// numbers of changes are natural logarithms.
public struct NaturalSound: Codable, Hashable, Sendable {
  /// Means of something over sounds, and standard deviations from sound to sound.
  public struct Statistics: Codable, Hashable, Sendable {
    /// The means.
    public var means: [Float]
    /// The standard deviations.
    public var deviations: [Float]

    /// Statistics.
    public init(means: [Float], deviations: [Float]) {
      self.means = means
      self.deviations = deviations
    }
  }

  /// Each band's mean level.
  public var spectrum: Statistics
  /// Changes along time over 1, 2, 4, … frames.
  public var timeChanges: Statistics
  /// Changes along frequency over 1, 2, 4, … bands.
  public var bandChanges: Statistics

  /// What sounds have in common.
  public init(spectrum: Statistics, timeChanges: Statistics, bandChanges: Statistics) {
    self.spectrum = spectrum
    self.timeChanges = timeChanges
    self.bandChanges = bandChanges
  }

  /// Whether these are the numbers of a front end's sounds.
  public func fits(_ frontEnd: FrontEnd) -> Bool {
    [
      (spectrum, frontEnd.bands), (timeChanges, Self.lags(frontEnd.frames).count),
      (bandChanges, Self.lags(frontEnd.bands).count),
    ].allSatisfy { $0.means.count == $1 && $0.deviations.count == $1 }
  }

  /// The distances of a structure function along an axis of so many cells: powers of two up to a quarter.
  public static func lags(_ cells: Int) -> [Int] {
    Array(sequence(first: 1) { $0 * 2 }.prefix { $0 <= max(1, cells / 4) })
  }

  /// The least change that counts: below it, levels are constant.
  public static let leastChange: Float = 1e-4

  /// What spectrograms of real sounds have in common.
  ///
  /// - Parameter spectrograms: features `[bands, frames]` in network units, one or more, of one size.
  public init(of spectrograms: [Tensor]) {
    precondition(!spectrograms.isEmpty, "no sounds")
    let (bands, frames) = (spectrograms[0].shape[0], spectrograms[0].shape[1])
    func change(_ x: Tensor, _ lag: Int, alongTime: Bool) -> Float {
      let (rows, columns) = alongTime ? (bands, frames - lag) : (bands - lag, frames)
      let step = alongTime ? lag : lag * frames
      var sum = 0.0
      for row in 0..<max(0, rows) {
        for column in 0..<max(0, columns) {
          let cell = row * frames + column
          let difference = Double(x.values[cell + step] - x.values[cell])
          sum += difference * difference
        }
      }
      return log(max(Self.leastChange, Float(sum / Double(2 * max(1, rows * columns)))))
    }
    spectrum = Statistics(
      of: spectrograms.map { x in
        (0..<bands).map { band in
          (0..<frames).reduce(Float(0)) { $0 + x.values[band * frames + $1] } / Float(frames)
        }
      })
    timeChanges = Statistics(
      of: spectrograms.map { x in Self.lags(frames).map { change(x, $0, alongTime: true) } })
    bandChanges = Statistics(
      of: spectrograms.map { x in Self.lags(bands).map { change(x, $0, alongTime: false) } })
  }

  /// What the sounds of a folder have in common: of `most` of them, evenly spread by their paths, each as far
  /// as the front end hears it.
  ///
  /// - Parameters:
  ///   - folder: the sounds; what cannot be read, or is silent, is left out.
  ///   - frontEnd: what hears them, with a number of frames.
  ///   - most: how many are heard.
  ///   - threads: how many listen.
  /// - Throws: `InputError` if fewer than two of them can be used.
  public init(
    in folder: SoundFolder, heardBy frontEnd: FrontEnd, most: Int = 256, threads: Int = 1
  ) throws {
    let count = min(most, folder.files.count)
    let paths = (0..<count).map { folder.files[$0 * folder.files.count / count].path }
    let heard = Mutex<[Int: Tensor]>([:])
    try concurrently(count, threads: threads) { index, _ in
      guard let features = try? frontEnd.features(ofFile: folder.fullPath(of: paths[index])),
        features.values.allSatisfy(\.isFinite), features.values.min() != features.values.max()
      else { return }
      heard.withLock { $0[index] = frontEnd.spectrogram(of: features) }
    }
    let spectrograms = heard.withLock { $0.sorted { $0.key < $1.key }.map(\.value) }
    guard spectrograms.count > 1 else {
      throw InputError(
        "\(folder.url.path): \(spectrograms.count) of \(count) sounds could be heard; two or more tell "
          + "what real sounds have in common")
    }
    self.init(of: spectrograms)
  }

  /// White noise that was given the typical spectrum, as a front end's bands have it.
  ///
  /// - Parameters:
  ///   - noise: independent samples.
  ///   - frontEnd: what hears it.
  /// - Returns: as many samples of the same root mean square.
  public func coloured(_ noise: [Float], before frontEnd: FrontEnd) -> [Float] {
    guard frontEnd.filters != .constantQ, let decibels = frontEnd.decibelsPerUnit,
      spectrum.means.count == frontEnd.bands
    else { return noise }
    let white = frontEnd.whiteSpectrum
    let gains = zip(spectrum.means, white).map { pow(10, decibels * $0 / 20) / $1.squareRoot() }
    let stft = ShortTimeFourierTransform<Float>(
      fftSize: frontEnd.fftSize, windowLength: frontEnd.fftSize,
      hop: max(1, frontEnd.fftSize / 4))
    var spectra = stft.spectrogram(of: noise)
    let bins = (0..<stft.bins).map { bin in
      let place = Float(frontEnd.bandPosition(of: Double(bin) * frontEnd.binHertz))
      let at = min(max(place, 0), Float(gains.count - 1))
      let (low, share) = (Int(at), at - at.rounded(.down))
      // Nothing lies beyond the highest band.
      guard place <= Float(gains.count) else { return Float(0) }
      return (1 - share) * gains[low] + share * gains[min(low + 1, gains.count - 1)]
    }
    for frame in 0..<spectra.frames {
      for bin in 0..<stft.bins { spectra.values[frame * stft.bins + bin] *= bins[bin] }
    }
    let samples = stft.samples(of: spectra, count: noise.count)
    let sound = Waveform(samples: samples, sampleRate: frontEnd.sampleRate)
    let own = Waveform(samples: noise, sampleRate: frontEnd.sampleRate).rootMeanSquare
    let scale = sound.rootMeanSquare
    return scale > 0 ? samples.map { $0 * own / scale } : noise
  }
}

extension NaturalSound.Statistics {
  /// Of numbers of several sounds.
  init(of rows: [[Float]]) {
    let count = Float(rows.count)
    means = rows[0].indices.map { column in rows.reduce(0) { $0 + $1[column] } / count }
    deviations = means.enumerated().map { column, mean in
      let squares = rows.reduce(Float(0)) { $0 + ($1[column] - mean) * ($1[column] - mean) }
      return (squares / count).squareRoot()
    }
  }
}

extension FrontEnd {
  /// What bands hold of white noise, in no particular unit.
  fileprivate var whiteSpectrum: [Float] {
    filterBank.filters.map { filter in
      let sum = filter.weights.reduce(0, +)
      return max(spectrum == .power ? sum : sum * sum, .leastNormalMagnitude)
    }
  }
}
