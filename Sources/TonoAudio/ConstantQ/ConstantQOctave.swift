import Foundation
import TonoCore

/// Some neighbouring bins of a constant-Q transform, at most an octave, whose filters read the same
/// spectra.
struct ConstantQOctave: Sendable {
  /// The factor by which the sound's rate is lowered from the octave above.
  let decimation: Int

  /// The rows of the whole transform that are written.
  let bins: Range<Int>
  /// The distance between frames, in samples at this octave's rate.
  let hop: Int
  /// One filter for each bin.
  let filters: [ConstantQFilter]
  private let fourier: RealFourierTransform<Double>

  /// The length of the spectra that the filters read, in samples of this octave's rate.
  var fourierSize: Int { fourier.size }

  /// The filters of `bins` at `frequency` Hz, for sounds of `rate` Hz that were made from sounds of
  /// `sampleRate` Hz.
  ///
  /// - Throws: `InputError` when a filter is too short or too long.
  init(
    bins: Range<Int>, frequency: (_ bin: Int) -> Double, shape: ConstantQFilter.Shape,
    sampleRate: Int, rate: Double, hop: Int, decimation: Int
  ) throws {
    self.bins = bins
    self.hop = hop
    self.decimation = decimation
    let lowest = frequency(bins.lowerBound)
    let longest = shape.length(frequency: lowest, rate: rate)
    let shortest = shape.length(frequency: frequency(bins.upperBound - 1), rate: rate)
    guard shortest >= 2, longest <= Self.longestFilter else {
      throw InputError(
        "the constant-Q filters of the octave from \(lowest) Hz are \(shortest)…\(longest) "
          + "samples long at \(rate) Hz; expected 2…\(Int(Self.longestFilter)): change the filter "
          + "scale, raise the lowest frequency, or use a hop that can be halved more often")
    }
    let fourier = RealFourierTransform<Double>(size: Int(exp2(log2(longest).rounded(.up))))
    let workspace = RealFourierTransform<Double>.Workspace(size: fourier.size)
    filters = bins.map {
      ConstantQFilter(
        frequency: frequency($0), shape: shape, sampleRate: sampleRate, rate: rate, fourier,
        workspace)
    }
    self.fourier = fourier
  }

  /// The largest length of a filter, in samples.
  private static let longestFilter = exp2(24.0)

  /// Writes this octave's bins of every frame; `samples` have the octave's rate.
  func transform(_ samples: [Float], into spectrogram: inout ComplexSpectrogram) {
    let workspace = RealFourierTransform<Double>.Workspace(size: fourier.size)
    for frame in 0..<spectrogram.frames {
      let start = frame * hop - fourier.size / 2
      workspace.signal.update(repeating: 0)
      for i in max(0, start)..<min(samples.count, start + fourier.size) {
        workspace.signal[i - start] = Double(samples[i])
      }
      fourier.forward(workspace)
      for (bin, filter) in zip(bins, filters) {
        let value = filter.response(to: workspace.spectrum)
        spectrogram.values[frame * spectrogram.bins + bin] = SIMD2<Float>(value)
      }
    }
  }
}
