import Foundation
import TonoCore

/// The short-time Fourier transform as librosa (0.10 and later) defines it, and its inverse.
///
/// Frames are centred, frame `t` at sample `t · hop`, or begin there; what stands before the start and
/// after the end is a ``FramePadding``. The window of `windowLength` samples lies in the middle of `fftSize`.
/// Any size works; an odd one has no Nyquist bin.
///
/// One transform serves any number of threads at once and always gives the same bits. `Scalar` is
/// the precision inside; sounds and spectra are single-precision at both ends.
public final class ShortTimeFourierTransform<Scalar: FourierScalar>: Sendable {
  /// The length of the Fourier transform, in samples.
  public let fftSize: Int
  /// The length of the window, in samples; at most `fftSize`.
  public let windowLength: Int
  /// The distance between the centres of neighbouring frames, in samples.
  public let hop: Int

  /// The number of frequencies: `fftSize / 2 + 1`.
  public var bins: Int { fftSize / 2 + 1 }

  /// The window, zero-padded to `fftSize`: on both sides, or behind it where frames begin with it.
  public let window: [Scalar]

  /// What stands around a sound.
  public let padding: FramePadding

  private let transform: RealFourierTransform<Scalar>

  typealias Workspace = RealFourierTransform<Scalar>.Workspace

  /// A transform with these lengths, in samples.
  public init(
    fftSize: Int, windowLength: Int, hop: Int, window kind: Window = .hann,
    padding: FramePadding = .zeros
  ) {
    precondition(
      hop > 0 && windowLength > 0 && windowLength <= fftSize,
      "a window of \(windowLength) in \(fftSize) samples every \(hop)")
    self.fftSize = fftSize
    self.windowLength = windowLength
    self.hop = hop
    var window = [Scalar](repeating: 0, count: fftSize)
    let start = padding == .windows ? 0 : (fftSize - windowLength) / 2
    for i in 0..<windowLength {
      window[start + i] = Scalar(kind.weight(i, of: windowLength))
    }
    self.window = window
    self.padding = padding
    transform = RealFourierTransform(size: fftSize)
  }

  /// The number of frames of a sound: `1 + (count + 2 margin − reach) / hop`, the margin being
  /// ⌊fftSize/2⌋ where frames are centred; they reach over `fftSize` samples, or over the window where they
  /// begin with it.
  public func frameCount(forSamples count: Int) -> Int {
    let lastStart = count + 2 * margin - (padding == .windows ? windowLength : fftSize)
    return lastStart < 0 ? 0 : 1 + lastStart / hop
  }

  /// How many samples stand before the first one, so that frame 0 is centred on it.
  var margin: Int { padding.margin(fftSize: fftSize) }

  // MARK: - Forward

  /// The complex spectrum of every frame of a sound.
  ///
  /// - Complexity: O(frames · fftSize · log fftSize).
  public func spectrogram(of samples: [Float]) -> ComplexSpectrogram {
    let frames = frameCount(forSamples: samples.count)
    var result = ComplexSpectrogram(bins: bins, frames: frames)
    analyze(samples, frames: frames) { frame, spectrum in
      let start = frame * bins
      for bin in 0..<bins {
        result.values[start + bin] = SIMD2(Float(spectrum[bin].x), Float(spectrum[bin].y))
      }
    }
    return result
  }

  private func analyze(
    _ samples: [Float], frames: Int,
    _ body: (_ frame: Int, _ spectrum: UnsafeMutableBufferPointer<SIMD2<Scalar>>) -> Void
  ) {
    let workspace = Workspace(size: fftSize)
    padded(samples).withUnsafeBufferPointer { padded in
      for frame in 0..<frames {
        analyze(padded, frame: frame, workspace)
        body(frame, workspace.spectrum)
      }
    }
  }

  /// A sound with what stands around it.
  private func padded(_ samples: [Float]) -> [Scalar] {
    func around(_ range: Range<Int>) -> [Scalar] {
      range.map { padding.sample(at: $0, count: samples.count).map { Scalar(samples[$0]) } ?? 0 }
    }
    return around(-margin..<0) + samples.map { Scalar($0) }
      + around(samples.count..<samples.count + margin)
      + Array(repeating: 0, count: padding == .windows ? fftSize - windowLength : 0)
  }

  /// Leaves the spectrum of one frame of an already padded sound in the workspace.
  func analyze(
    _ padded: UnsafeBufferPointer<Scalar>, frame: Int, _ workspace: Workspace
  ) {
    let start = frame * hop
    let signal = workspace.signal
    window.withUnsafeBufferPointer { window in
      for i in 0..<fftSize { signal[i] = window[i] * padded[start + i] }
    }
    transform.forward(workspace)
  }

  // MARK: - Inverse

  /// The sound whose spectrogram is nearest to `spectrogram` in the least-squares sense.
  ///
  /// Frames are windowed again, overlapped and added, and divided by the sum of the squared
  /// windows (Griffin & Lim 1984, eq. 6). Where no window reaches, the sum is left undivided.
  public func samples(of spectrogram: ComplexSpectrogram, count: Int) -> [Float] {
    precondition(spectrogram.bins == bins, "\(spectrogram.bins) bins, expected \(bins)")
    let workspace = Workspace(size: fftSize)
    let frames = spectrogram.frames
    let gain = overlapGain(frames: frames, count: count)
    var padded = [Scalar](repeating: 0, count: gain.count)
    padded.withUnsafeMutableBufferPointer { padded in
      for frame in 0..<frames where frame * hop + fftSize <= padded.count {
        for bin in 0..<bins {
          let value = spectrogram.values[frame * bins + bin]
          workspace.spectrum[bin] = SIMD2(Scalar(value.x), Scalar(value.y))
        }
        overlap(workspace, frame: frame, into: padded)
      }
    }
    return (0..<count).map { Float(padded[margin + $0] * gain[margin + $0]) }
  }

  /// Adds the windowed inverse transform of the workspace's spectrum to a padded sound.
  ///
  /// The result is `fftSize` times too large, which `overlapGain` makes up for.
  func overlap(
    _ workspace: Workspace, frame: Int,
    into padded: UnsafeMutableBufferPointer<Scalar>
  ) {
    transform.inverse(workspace)
    let start = frame * hop
    let signal = workspace.signal
    window.withUnsafeBufferPointer { window in
      for i in 0..<fftSize { padded[start + i] += window[i] * signal[i] }
    }
  }

  /// What each sample of a padded sound is multiplied with after overlapping `frames` frames:
  /// 1 / (fftSize · Σ window²).
  ///
  /// The array has room for `count` samples with padding on both sides, and for every frame.
  func overlapGain(frames: Int, count: Int) -> [Scalar] {
    let length = max(count + 2 * margin, (frames - 1) * hop + fftSize)
    var sum = [Scalar](repeating: 0, count: length)
    for frame in 0..<frames {
      for i in 0..<fftSize { sum[frame * hop + i] += window[i] * window[i] }
    }
    let scale = 1 / Scalar(fftSize)
    return sum.map { $0 > Scalar(Float.leastNormalMagnitude) ? scale / $0 : scale }
  }
}

/// The complex spectra of consecutive frames.
public struct ComplexSpectrogram: Sendable, Equatable {
  /// The number of frequencies, from the lowest up.
  public let bins: Int
  /// The number of frames.
  public let frames: Int
  /// The values `[frames, bins]`, one frame after another; `x` is the real part, `y` the imaginary.
  public var values: [SIMD2<Float>]

  /// A spectrogram of zeros.
  public init(bins: Int, frames: Int) {
    self.bins = bins
    self.frames = frames
    values = Array(repeating: .zero, count: bins * frames)
  }
}
