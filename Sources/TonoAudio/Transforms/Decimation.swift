import TonoCore

/// The resampler's lowering of a rate by a whole factor, as the filter that it is.
///
/// y[k] = Σ h[j] x[factor·k + j]; h is what the resampler makes of single samples.
struct Decimation<Scalar: FourierScalar> {
  private let factor: Int
  /// The offset of the first tap from the sample that an output stands for.
  private let first: Int
  private let taps: [Scalar]

  /// The largest tap that is left out, as a share of the largest of all: what rounding leaves.
  private static var smallest: Float { 1e-7 }

  /// The filter for a factor, a power of two.
  init(by factor: Int) {
    self.factor = factor
    let reach = 256 * factor
    var response = [Float](repeating: 0, count: 2 * reach)
    // One impulse at each of `factor` neighbouring places gives the taps that its outputs step over.
    for phase in 0..<factor {
      var impulse = Waveform(
        samples: Array(repeating: 0, count: 4 * reach), sampleRate: factor)
      let place = 2 * reach + phase
      impulse.samples[place] = 1
      guard let output = try? impulse.resampled(to: 1).samples else {
        preconditionFailure("the resampler refuses the factor \(factor)")
      }
      for (k, value) in output.enumerated() {
        let offset = place - factor * k + reach
        if response.indices.contains(offset) { response[offset] = value }
      }
    }
    let largest = response.reduce(0) { max($0, abs($1)) }
    let isTap = { (value: Float) in abs(value) > Self.smallest * largest }
    let start = response.firstIndex(where: isTap) ?? 0
    let end = response.lastIndex(where: isTap) ?? 0
    first = start - reach
    taps = response[start...end].map { Scalar($0) }
  }

  /// Writes the filtered samples at the lower rate.
  func apply(
    _ samples: UnsafePointer<Scalar>, count: Int, into output: UnsafeMutablePointer<Scalar>,
    count outputCount: Int
  ) {
    taps.withUnsafeBufferPointer { taps in
      for k in 0..<outputCount {
        let origin = factor * k + first
        var sum: Scalar = 0
        for j in max(0, -origin)..<max(0, -origin, min(taps.count, count - origin)) {
          sum += taps[j] * samples[origin + j]
        }
        output[k] = sum
      }
    }
  }

  /// Adds the gradient with respect to the samples, of the one with respect to the output.
  func adjoint(
    _ gradient: UnsafePointer<Scalar>, count outputCount: Int,
    addingTo dSamples: UnsafeMutablePointer<Scalar>, count: Int
  ) {
    taps.withUnsafeBufferPointer { taps in
      for k in 0..<outputCount where gradient[k] != 0 {
        let origin = factor * k + first
        for j in max(0, -origin)..<max(0, -origin, min(taps.count, count - origin)) {
          dSamples[origin + j] += taps[j] * gradient[k]
        }
      }
    }
  }
}
