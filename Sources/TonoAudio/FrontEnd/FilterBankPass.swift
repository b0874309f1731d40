import TonoCore


/// Windowed frames, |FFT| or |FFT|², and a filter bank's sums.
///
/// It keeps what the adjoint needs, and serves one thread at a time.
final class FilterBankPass<Scalar: FourierScalar> {
  private let sampleCount: Int
  private let frames: Int
  private let bins: Int
  private let spectrumKind: FrontEnd.Spectrum
  private let transform: ShortTimeFourierTransform<Scalar>
  private let workspace: ShortTimeFourierTransform<Scalar>.Workspace
  private let filters: [Filter]

  /// The sound with what stands around it, and the gradient with respect to it.
  private let padded: AlignedBuffer<Scalar>
  private let dPadded: AlignedBuffer<Scalar>
  /// `[frames, bins, 2]`, of the last sound.
  private let spectra: AlignedBuffer<Scalar>
  private let magnitudes: AlignedBuffer<Scalar>

  /// A place of the padded sound where another sample stands again.
  private struct Copy {
    let place: Int
    let source: Int
  }
  private let copies: [Copy]

  /// One band's weights on consecutive bins.
  private struct Filter {
    let firstBin: Int
    let weights: [Scalar]
  }

  init(_ frontEnd: FrontEnd, sampleCount: Int) {
    self.sampleCount = sampleCount
    frames = frontEnd.frames
    spectrumKind = frontEnd.spectrum
    transform = frontEnd.shortTimeFourierTransform()
    bins = transform.bins
    workspace = ShortTimeFourierTransform<Scalar>.Workspace(size: frontEnd.fftSize)
    filters = frontEnd.filterBank.filters.map { filter in
      Filter(firstBin: filter.firstBin, weights: filter.weights.map { Scalar($0) })
    }
    let reach = (frames - 1) * frontEnd.hop + frontEnd.fftSize
    let margin = transform.margin
    let count = max(sampleCount + 2 * margin, reach)
    // A pattern shorter than the front end's sounds is followed by zeros, not by itself.
    let isWhole = sampleCount == frontEnd.sampleCount
    let end = isWhole ? margin + sampleCount + margin : margin
    copies = (Array(0..<margin) + Array(min(margin + sampleCount, end)..<end)).compactMap { place in
      frontEnd.padding.sample(at: place - margin, count: sampleCount)
        .map { Copy(place: place, source: margin + $0) }
    }
    padded = AlignedBuffer(count: count)
    dPadded = AlignedBuffer(count: count)
    spectra = AlignedBuffer(count: 2 * frames * bins)
    magnitudes = AlignedBuffer(count: bins)
  }

  /// Writes what the bands hold, `[bands, frames]`, of the pass' number of samples.
  func bands(of samples: UnsafePointer<Scalar>, into bands: UnsafeMutablePointer<Scalar>) {
    (padded.start + transform.margin).update(from: samples, count: sampleCount)
    for copy in copies { padded.start[copy.place] = padded.start[copy.source] }
    let sound = UnsafeBufferPointer(start: padded.start, count: padded.count)
    for frame in 0..<frames {
      transform.analyze(sound, frame: frame, workspace)
      let spectrum = spectra.start + 2 * frame * bins
      for bin in 0..<bins {
        let value = workspace.spectrum[bin]
        (spectrum[2 * bin], spectrum[2 * bin + 1]) = (value.x, value.y)
        let power = value.x * value.x + value.y * value.y
        magnitudes.start[bin] = spectrumKind == .power ? power : power.squareRoot()
      }
      for (band, filter) in filters.enumerated() {
        let magnitudes = magnitudes.start + filter.firstBin
        var sum: Scalar = 0
        for (offset, weight) in filter.weights.enumerated() { sum += weight * magnitudes[offset] }
        bands[band * frames + frame] = sum
      }
    }
  }

  /// Writes the gradient with respect to the last samples, of the one with respect to what the bands hold.
  func pullBack(_ dBands: UnsafePointer<Scalar>, into dSamples: UnsafeMutablePointer<Scalar>) {
    dPadded.clear(0..<dPadded.count)
    let target = UnsafeMutableBufferPointer(start: dPadded.start, count: dPadded.count)
    let hasNyquist = transform.fftSize % 2 == 0
    for frame in 0..<frames {
      magnitudes.clear(0..<bins)
      for (band, filter) in filters.enumerated() {
        let slope = dBands[band * frames + frame]
        guard slope != 0 else { continue }
        let magnitudes = magnitudes.start + filter.firstBin
        for (offset, weight) in filter.weights.enumerated() {
          magnitudes[offset] += weight * slope
        }
      }
      // d|X|² = 2·(x dx + y dy), d|X| = (x dx + y dy) / |X|. FFTW's inverse counts every bin but the
      // first and the last twice.
      let spectrum = spectra.start + 2 * frame * bins
      for bin in 0..<bins {
        let isSingle = bin == 0 || (hasNyquist && bin == bins - 1)
        let value = SIMD2(spectrum[2 * bin], spectrum[2 * bin + 1])
        var slope = isSingle ? magnitudes.start[bin] : magnitudes.start[bin] / 2
        switch spectrumKind {
        case .power: slope *= 2
        case .amplitude:
          let magnitude = (value.x * value.x + value.y * value.y).squareRoot()
          slope = magnitude > 0 ? slope / magnitude : 0
        }
        workspace.spectrum[bin] = slope * value
      }
      transform.overlap(workspace, frame: frame, into: target)
    }
    for copy in copies { dPadded.start[copy.source] += dPadded.start[copy.place] }
    dSamples.update(from: dPadded.start + transform.margin, count: sampleCount)
  }
}
