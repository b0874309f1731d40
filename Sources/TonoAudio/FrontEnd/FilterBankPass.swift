import TonoCore

/// Windowed frames, |FFT| or |FFT|², and a filter bank's sums, in double precision.
///
/// It keeps what the adjoint needs, and serves one thread at a time.
final class FilterBankPass {
  private let sampleCount: Int
  private let frames: Int
  private let bins: Int
  private let spectrumKind: FrontEnd.Spectrum
  private let transform: ShortTimeFourierTransform<Double>
  private let workspace: ShortTimeFourierTransform<Double>.Workspace
  private let filters: [Filter]

  /// The sound with what stands around it, and the gradient with respect to it.
  private let padded: AlignedBuffer<Double>
  private let dPadded: AlignedBuffer<Double>
  /// `[frames, bins, 2]`, of the last sound.
  private let spectra: AlignedBuffer<Double>
  private let magnitudes: AlignedBuffer<Double>

  private let copies: [(place: Int, source: Int)]

  /// One band's weights on consecutive bins.
  private struct Filter {
    let firstBin: Int
    let weights: [Double]
  }

  init(_ frontEnd: FrontEnd, sampleCount: Int) {
    self.sampleCount = sampleCount
    frames = frontEnd.frames
    spectrumKind = frontEnd.spectrum
    transform = frontEnd.shortTimeFourierTransform()
    bins = transform.bins
    workspace = ShortTimeFourierTransform<Double>.Workspace(size: frontEnd.fftSize)
    filters = frontEnd.filterBank.filters.map { filter in
      Filter(firstBin: filter.firstBin, weights: filter.weights.map { Double($0) })
    }
    let layout = FrameLayout(frontEnd, sampleCount: sampleCount)
    copies = layout.copies
    padded = AlignedBuffer(count: layout.count)
    dPadded = AlignedBuffer(count: layout.count)
    spectra = AlignedBuffer(count: 2 * frames * bins)
    magnitudes = AlignedBuffer(count: bins)
  }

  /// Writes what the bands hold, `[bands, frames]`, of the pass' number of samples.
  func bands(of samples: UnsafePointer<Double>, into bands: UnsafeMutablePointer<Double>) {
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
        var sum: Double = 0
        for (offset, weight) in filter.weights.enumerated() { sum += weight * magnitudes[offset] }
        bands[band * frames + frame] = sum
      }
    }
  }

  /// Writes the gradient with respect to the last samples, of the one with respect to what the bands hold.
  func pullBack(_ dBands: UnsafePointer<Double>, into dSamples: UnsafeMutablePointer<Double>) {
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
