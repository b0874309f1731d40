import TonoCore

/// Windowed frames, |FFT| or |FFT|², and a filter bank's sums, and their adjoint, by vector kernels.
///
/// As `FilterBankPass`, in single precision: frames are transformed in pairs and taken in groups of eight, of
/// which each vector lane is one. It keeps what the adjoint needs, allocates nothing after it is made, and
/// serves one thread at a time.
final class PairedFilterBankPass {
  /// Where a sound is written, and where the gradient with respect to it is found.
  let samples: UnsafeMutablePointer<Float>
  let dSamples: UnsafeMutablePointer<Float>

  private let kernels = KernelSet.current
  private let frames: Int
  private let bands: Int
  private let hop: Int
  private let fftSize: Int
  /// The Fourier bins that bands read: those below.
  private let bins: Int
  private let isAmplitude: Bool
  private let transform: PairFourierTransform
  private let window: AlignedFloats
  /// `[bands, bins]`, and its transpose, doubled where a bin has no mirror image.
  private let filters: SparseRows
  private let transposed: SparseRows

  /// The sound with what stands around it, and the gradient with respect to it.
  private let padded: AlignedFloats
  private let dPadded: AlignedFloats
  private let copies: [(place: Int, source: Int)]
  /// The spectra of the last sound, `[frames / 2, stride]`.
  private let spectra: AlignedFloats
  // Of one group: a pair's signal, what bins hold or their slopes, the slopes of bands, gradients of spectra.
  private let signal: AlignedFloats
  private let powers: AlignedFloats
  private let slopes: AlignedFloats
  private let dSpectra: AlignedFloats
  /// What is read as the frame beyond the last one, and written as its gradient.
  private let nothing: AlignedFloats

  init(_ frontEnd: FrontEnd, sampleCount: Int) {
    let layout = FrameLayout(frontEnd, sampleCount: sampleCount)
    let stft: ShortTimeFourierTransform<Float> = frontEnd.shortTimeFourierTransform()
    (frames, bands, hop) = (frontEnd.frames, frontEnd.bands, frontEnd.hop)
    fftSize = frontEnd.fftSize
    isAmplitude = frontEnd.spectrum == .amplitude
    transform = PairFourierTransform(size: fftSize)
    window = AlignedFloats(count: fftSize) { window in
      for (i, weight) in stft.window.enumerated() { window[i] = weight }
    }
    let bank = frontEnd.filterBank
    filters = SparseRows(bank.filters.map { ($0.firstBin, $0.weights) })
    let columns = bank.transposed(isEven: fftSize % 2 == 0)
    bins = columns.count
    transposed = SparseRows(columns)
    // A sound that is heard later has its end behind the last sample until that is cleared.
    let count = max(layout.count, layout.margin + sampleCount + hop)
    padded = AlignedFloats(count: count)
    dPadded = AlignedFloats(count: count)
    copies = layout.copies
    samples = padded.start + layout.margin
    dSamples = dPadded.start + layout.margin
    let group = KernelSet.group
    let groups = (frames + group - 1) / group
    spectra = AlignedFloats(count: groups * group / 2 * transform.stride)
    signal = AlignedFloats(count: transform.stride)
    powers = AlignedFloats(count: bins * group)
    slopes = AlignedFloats(count: bands * group)
    dSpectra = AlignedFloats(count: group / 2 * transform.stride)
    nothing = AlignedFloats(count: fftSize)
  }

  /// Writes what the bands hold of the sound in `samples`, `[bands, frames]`.
  func bands(into bands: UnsafeMutablePointer<Float>) {
    for copy in copies { padded.start[copy.place] = padded.start[copy.source] }
    let (padded, window, nothing) = (padded.start, window.start, nothing.start)
    let (signal, powers, stride) = (signal.start, powers.start, transform.stride)
    for first in Swift.stride(from: 0, to: frames, by: KernelSet.group) {
      let group = spectra.start + first / 2 * stride
      let end = min(frames, first + KernelSet.group)
      for frame in Swift.stride(from: first, to: end, by: 2) {
        let start = padded + frame * hop
        kernels.weave(
          start, frame + 1 < frames ? start + hop : nothing, window: window, into: signal,
          count: fftSize)
        transform.forward(signal, into: group + (frame - first) / 2 * stride)
      }
      kernels.powers(
        of: group, stride: stride, size: fftSize, bins: bins, roots: isAmplitude, into: powers)
      kernels.multiply(
        filters, powers, step: KernelSet.group, into: bands + first, step: frames,
        columns: end - first)
    }
  }

  /// Leaves the gradient with respect to the last sound in `dSamples`, of the one with respect to what the
  /// bands hold.
  func pullBack(_ dBands: UnsafePointer<Float>) {
    let (dPadded, window, nothing) = (dPadded.start, window.start, nothing.start)
    let (signal, powers, stride) = (signal.start, powers.start, transform.stride)
    var cleared = 0
    func clear(to end: Int) {
      (dPadded + cleared).clear(count: max(0, end - cleared))
      cleared = max(cleared, end)
    }
    for first in Swift.stride(from: 0, to: frames, by: KernelSet.group) {
      let group = spectra.start + first / 2 * stride
      let end = min(frames, first + KernelSet.group)
      spread(dBands + first, columns: end - first, into: powers)
      kernels.pullPowers(
        powers, of: group, stride: stride, size: fftSize, bins: bins, roots: isAmplitude,
        into: dSpectra.start)
      for frame in Swift.stride(from: first, to: end, by: 2) {
        transform.inverse(dSpectra.start + (frame - first) / 2 * stride, into: signal)
        let (start, isPair) = (frame * hop, frame + 1 < frames)
        clear(to: start + (isPair ? hop : 0) + fftSize)
        kernels.unweave(
          signal, window: window, addingTo: dPadded + start,
          isPair ? dPadded + start + hop : nothing, count: fftSize)
      }
    }
    clear(to: self.dPadded.count)
    if frames % 2 == 1 { nothing.clear(count: fftSize) }
    for copy in copies { dPadded[copy.source] += dPadded[copy.place] }
  }

  /// The slopes of a group's bins, `[bins, 8]`, of those of its bands.
  private func spread(
    _ dBands: UnsafePointer<Float>, columns: Int, into powers: UnsafeMutablePointer<Float>
  ) {
    guard columns < KernelSet.group else {
      kernels.multiply(
        transposed, dBands, step: frames, into: powers, step: KernelSet.group, columns: columns)
      return
    }
    // What lies behind the last frame is another band's.
    let slopes = slopes.start
    for band in 0..<bands {
      (slopes + band * KernelSet.group).update(from: dBands + band * frames, count: columns)
    }
    kernels.multiply(
      transposed, slopes, step: KernelSet.group, into: powers, step: KernelSet.group,
      columns: KernelSet.group)
  }
}

extension FilterBank {
  /// The rows of the transpose, `[bins, bands]`, up to the highest bin that a band reads.
  ///
  /// - Parameter isEven: whether the Fourier transform has a bin at half the sample rate: it and the one at
  ///   0 Hz are doubled, since an inverse transform counts every other bin twice.
  /// - Returns: each bin's first band, and the weights from there on.
  fileprivate func transposed(isEven: Bool) -> [(first: Int, weights: [Float])] {
    let end = filters.map { $0.firstBin + $0.weights.count }.max() ?? 0
    var columns = [(first: Int, weights: [Float])](repeating: (0, []), count: max(1, end))
    for (band, filter) in filters.enumerated() {
      for (offset, weight) in filter.weights.enumerated() {
        let bin = filter.firstBin + offset
        let count = bin == 0 || (isEven && bin == bins - 1) ? 2 * weight : weight
        if columns[bin].weights.isEmpty { columns[bin].first = band }
        let gap = band - columns[bin].first - columns[bin].weights.count
        columns[bin].weights += Array(repeating: 0, count: gap) + [count]
      }
    }
    return columns
  }
}
