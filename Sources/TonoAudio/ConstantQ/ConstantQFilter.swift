import Foundation
import TonoCore

/// The filter of one constant-Q bin, a complex sinusoid under a Hann window, as a sparse spectrum.
struct ConstantQFilter: Sendable {
  /// The lowest bin that counts.
  let firstBin: Int
  /// The consecutive bins from `firstBin` on; those that sparsity leaves out among them are zero.
  let weights: [SIMD2<Double>]

  /// What all filters of a transform have in common.
  struct Shape: Sendable {
    /// Periods per filter: the ratio of frequency to bandwidth.
    let q: Double
    /// The share of a spectrum's summed magnitude that is left out.
    let sparsity: Double

    /// The shape whose filters overlap as librosa's: bandwidth `(s² − 1) / (s² + 1)` of the
    /// frequency, where `s` is the step from bin to bin.
    init(binsPerOctave: Int, scale: Double, sparsity: Double) {
      let twoSteps = exp2(2 / Double(binsPerOctave))
      q = scale * (twoSteps + 1) / (twoSteps - 1)
      self.sparsity = sparsity
    }

    /// The length of a filter, in samples at `rate` Hz; a fraction.
    func length(frequency: Double, rate: Double) -> Double { q * rate / frequency }

    /// The frequency in Hz above which a filter has decayed by 3 dB.
    func cutoff(frequency: Double) -> Double { frequency * (1 + Self.hannBandwidth / 2 / q) }

    /// The equivalent noise bandwidth of the Hann window, in bins, as librosa tabulates it.
    private static let hannBandwidth = 1.50018310546875
  }

  /// The filter at `frequency` Hz over spectra of `fourier`, of sounds of `rate` Hz.
  ///
  /// It has unit L1 norm and then the gain √length / `fourier.size`, with the length at
  /// `sampleRate`: what librosa's scalings of basis, resampled sound and result multiply to.
  init(
    frequency: Double, shape: Shape, sampleRate: Int, rate: Double,
    _ fourier: RealFourierTransform<Double>, _ workspace: RealFourierTransform<Double>.Workspace
  ) {
    let half = shape.length(frequency: frequency, rate: rate) / 2
    let (start, end) = (Int((-half).rounded(.down)), Int(half.rounded(.down)))
    let count = end - start
    let norm = Double(count) / 2  // The sum of a periodic Hann window.
    let offset = (fourier.size - count) / 2
    let gain =
      shape.length(frequency: frequency, rate: Double(sampleRate)).squareRoot()
      / Double(fourier.size)

    func spectrum(_ wave: (Double) -> Double) -> [SIMD2<Double>] {
      workspace.signal.update(repeating: 0)
      for i in 0..<count {
        let window = 0.5 - 0.5 * cos(2 * Double.pi * Double(i) / Double(count))
        let phase = 2 * Double.pi * Double(start + i) * frequency / rate
        workspace.signal[offset + i] = gain / norm * window * wave(phase)
      }
      fourier.forward(workspace)
      return Array(workspace.spectrum)
    }
    let (real, imaginary) = (spectrum(cos), spectrum(sin))
    let complex = zip(real, imaginary).map { SIMD2($0.x - $1.y, $0.y + $1.x) }
    (firstBin, weights) = Self.sparse(complex, sparsity: shape.sparsity)
  }

  /// The bins that remain when the smallest are left out, up to a share `sparsity` of the summed
  /// magnitude (librosa's `sparsify_rows`).
  private static func sparse(
    _ spectrum: [SIMD2<Double>], sparsity: Double
  ) -> (firstBin: Int, weights: [SIMD2<Double>]) {
    let magnitudes = spectrum.map { ($0 * $0).sum().squareRoot() }
    let total = magnitudes.reduce(0, +)
    var sum = 0.0
    let threshold = magnitudes.sorted().first { magnitude in
      sum += magnitude / total
      return sum >= sparsity
    }
    let smallest = threshold ?? 0
    let first = magnitudes.firstIndex { $0 >= smallest } ?? 0
    let last = magnitudes.lastIndex { $0 >= smallest } ?? 0
    return (first, (first...last).map { magnitudes[$0] >= smallest ? spectrum[$0] : .zero })
  }

  /// The sum of the products of a frame's spectrum and the filter's.
  func response(to spectrum: UnsafeMutableBufferPointer<SIMD2<Double>>) -> SIMD2<Double> {
    var sum = SIMD2<Double>.zero
    for (offset, weight) in weights.enumerated() {
      let value = spectrum[firstBin + offset]
      sum.x += weight.x * value.x - weight.y * value.y
      sum.y += weight.x * value.y + weight.y * value.x
    }
    return sum
  }
}
