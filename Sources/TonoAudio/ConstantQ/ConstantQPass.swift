import TonoCore

/// Constant-Q filters' outputs, |C| or |C|², octave by octave from the highest down.
///
/// As `ConstantQ`, with the resampler's own impulse response in place of the resampler, so that there is an
/// adjoint. It keeps what that needs, and serves one thread at a time.
final class ConstantQPass<Scalar: FourierScalar> {
  private let sampleCount: Int
  private let frames: Int
  private let spectrumKind: FrontEnd.Spectrum
  private let octaves: [Octave]
  /// `[bands, frames, 2]`, of the last sound.
  private let outputs: AlignedBuffer<Scalar>

  /// One octave's part, at its rate.
  private struct Octave {
    let decimation: Decimation<Scalar>?
    let filters: ConstantQOctave
    let fourier: RealFourierTransform<Scalar>
    let workspace: RealFourierTransform<Scalar>.Workspace
    let weights: [[SIMD2<Scalar>]]
    let count: Int
    let samples: AlignedBuffer<Scalar>
    let dSamples: AlignedBuffer<Scalar>
  }

  /// The filters of a valid front end, for sounds of so many samples.
  init(_ frontEnd: FrontEnd, sampleCount: Int) {
    guard let constantQ = try? frontEnd.constantQ() else {
      preconditionFailure("'\(frontEnd.name)' was not validated")
    }
    self.sampleCount = sampleCount
    frames = frontEnd.frames
    spectrumKind = frontEnd.spectrum
    // Filters ring on after a pattern that is shorter than the front end's sounds.
    var count = max(sampleCount, frontEnd.sampleCount)
    octaves = constantQ.octaves.map { filters in
      let factor = filters.decimation
      let decimation = factor == 1 ? nil : Decimation<Scalar>(by: factor)
      count = (count + factor - 1) / factor
      return Octave(
        decimation: decimation, filters: filters,
        fourier: RealFourierTransform(size: filters.fourierSize),
        workspace: .init(size: filters.fourierSize),
        weights: filters.filters.map { $0.weights.map { SIMD2<Scalar>($0) } }, count: count,
        samples: AlignedBuffer(count: count), dSamples: AlignedBuffer(count: count))
    }
    outputs = AlignedBuffer(count: 2 * frontEnd.bands * frames)
  }

  /// Writes what the bands hold, `[bands, frames]`, of the pass' number of samples.
  func bands(of samples: UnsafePointer<Scalar>, into bands: UnsafeMutablePointer<Scalar>) {
    var (source, count) = (samples, sampleCount)
    for octave in octaves {
      if let decimation = octave.decimation {
        decimation.apply(source, count: count, into: octave.samples.start, count: octave.count)
      } else {
        octave.samples.start.update(from: source, count: min(count, octave.count))
      }
      (source, count) = (UnsafePointer(octave.samples.start), octave.count)
      for frame in 0..<frames {
        let (first, last) = reach(of: frame, octave)
        octave.workspace.signal.update(repeating: 0)
        let start = frame * octave.filters.hop - octave.fourier.size / 2
        for i in first..<last { octave.workspace.signal[i - start] = source[i] }
        octave.fourier.forward(octave.workspace)
        for (index, band) in octave.filters.bins.enumerated() {
          let spectrum = octave.workspace.spectrum.baseAddress.map {
            $0 + octave.filters.filters[index].firstBin
          }
          var sum = SIMD2<Scalar>.zero
          for (offset, weight) in octave.weights[index].enumerated() {
            guard let value = spectrum?[offset] else { continue }
            sum.x += weight.x * value.x - weight.y * value.y
            sum.y += weight.x * value.y + weight.y * value.x
          }
          let cell = band * frames + frame
          (outputs.start[2 * cell], outputs.start[2 * cell + 1]) = (sum.x, sum.y)
          let power = sum.x * sum.x + sum.y * sum.y
          bands[cell] = spectrumKind == .power ? power : power.squareRoot()
        }
      }
    }
  }

  /// Writes the gradient with respect to the last samples, of the one with respect to what the bands hold.
  func pullBack(_ dBands: UnsafePointer<Scalar>, into dSamples: UnsafeMutablePointer<Scalar>) {
    for octave in octaves { octave.dSamples.clear(0..<octave.count) }
    for (place, octave) in octaves.enumerated().reversed() {
      for frame in 0..<frames { pullBack(dBands, frame: frame, octave) }
      // The octave above heard these samples before they were halved in rate.
      let isHighest = place == 0
      let target = isHighest ? dSamples : octaves[place - 1].dSamples.start
      let count = isHighest ? sampleCount : octaves[place - 1].count
      if isHighest { target.update(repeating: 0, count: count) }
      if let decimation = octave.decimation {
        decimation.adjoint(
          octave.dSamples.start, count: octave.count, addingTo: target, count: count)
      } else {
        for i in 0..<min(count, octave.count) { target[i] += octave.dSamples.start[i] }
      }
    }
  }

  /// Adds one frame's gradient to the octave's samples'.
  private func pullBack(_ dBands: UnsafePointer<Scalar>, frame: Int, _ octave: Octave) {
    let spectrum = octave.workspace.spectrum
    spectrum.update(repeating: .zero)
    var isZero = true
    for (index, band) in octave.filters.bins.enumerated() {
      let cell = band * frames + frame
      let value = SIMD2(outputs.start[2 * cell], outputs.start[2 * cell + 1])
      var slope = dBands[cell]
      switch spectrumKind {
      case .power: slope *= 2
      case .amplitude:
        let magnitude = (value.x * value.x + value.y * value.y).squareRoot()
        slope = magnitude > 0 ? slope / magnitude : 0
      }
      guard slope != 0 else { continue }
      isZero = false
      // C = Σ w·X, so that dX = dC · conj(w).
      let gradient = slope * value
      let first = octave.filters.filters[index].firstBin
      for (offset, weight) in octave.weights[index].enumerated() {
        spectrum[first + offset].x += gradient.x * weight.x + gradient.y * weight.y
        spectrum[first + offset].y += gradient.y * weight.x - gradient.x * weight.y
      }
    }
    guard !isZero else { return }
    // FFTW's inverse counts every bin but the first and the last twice.
    let last = octave.fourier.size / 2
    for bin in 1..<max(1, last) { spectrum[bin] /= 2 }
    octave.fourier.inverse(octave.workspace)
    let (first, end) = reach(of: frame, octave)
    let start = frame * octave.filters.hop - octave.fourier.size / 2
    for i in first..<end { octave.dSamples.start[i] += octave.workspace.signal[i - start] }
  }

  /// The samples of an octave that a frame reads.
  private func reach(of frame: Int, _ octave: Octave) -> (first: Int, end: Int) {
    let start = frame * octave.filters.hop - octave.fourier.size / 2
    return (
      min(max(0, start), octave.count), max(0, min(octave.count, start + octave.fourier.size))
    )
  }
}
