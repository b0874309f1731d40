import TonoNetwork

/// A sound through a front end, and the gradient back to its samples.
///
/// The chain is that of `FrontEnd.features`: windowed frames, |FFT|², mel bands, levels, normalization.
/// It keeps what the adjoint needs, and serves one thread at a time.
final class FrontEndPass<Scalar: FourierScalar> {
  /// The number of samples of the sounds.
  let sampleCount: Int

  private let frames: Int
  private let bins: Int
  private let transform: ShortTimeFourierTransform<Scalar>
  private let workspace: ShortTimeFourierTransform<Scalar>.Workspace
  private let filters: [Filter]
  private let levels: LevelPass<Scalar>

  /// The sound with zeros around it, and the gradient with respect to it.
  private let padded: AlignedBuffer<Scalar>
  private let dPadded: AlignedBuffer<Scalar>
  /// `[frames, bins, 2]`, of the last sound.
  private let spectra: AlignedBuffer<Scalar>
  private let power: AlignedBuffer<Scalar>
  private let bandPower: AlignedBuffer<Scalar>

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
    transform = ShortTimeFourierTransform(
      fftSize: frontEnd.fftSize, windowLength: frontEnd.windowLength, hop: frontEnd.hop,
      window: frontEnd.window, padding: frontEnd.padding)
    bins = transform.bins
    workspace = ShortTimeFourierTransform<Scalar>.Workspace(size: frontEnd.fftSize)
    filters = frontEnd.filterBank.filters.map { filter in
      Filter(firstBin: filter.firstBin, weights: filter.weights.map { Scalar($0) })
    }
    levels = LevelPass(frontEnd)
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
    power = AlignedBuffer(count: bins)
    bandPower = AlignedBuffer(count: filters.count * frames)
  }

  /// Writes the features `[bands, frames]` of so many samples.
  func features(of samples: UnsafePointer<Scalar>, into features: UnsafeMutablePointer<Scalar>) {
    (padded.start + transform.margin).update(from: samples, count: sampleCount)
    for copy in copies { padded.start[copy.place] = padded.start[copy.source] }
    let sound = UnsafeBufferPointer(start: padded.start, count: padded.count)
    for frame in 0..<frames {
      transform.analyze(sound, frame: frame, workspace)
      let spectrum = spectra.start + 2 * frame * bins
      for bin in 0..<bins {
        let value = workspace.spectrum[bin]
        (spectrum[2 * bin], spectrum[2 * bin + 1]) = (value.x, value.y)
        power.start[bin] = value.x * value.x + value.y * value.y
      }
      for (band, filter) in filters.enumerated() {
        let power = power.start + filter.firstBin
        var sum: Scalar = 0
        for (offset, weight) in filter.weights.enumerated() { sum += weight * power[offset] }
        bandPower.start[band * frames + frame] = sum
      }
    }
    levels.features(of: bandPower.start, into: features)
  }

  /// Writes the gradient with respect to the samples of the last sound, of the one with respect to its
  /// features.
  func pullBack(_ gradient: UnsafePointer<Scalar>, into dSamples: UnsafeMutablePointer<Scalar>) {
    levels.pullBack(gradient, into: bandPower.start)
    dPadded.clear(0..<dPadded.count)
    let target = UnsafeMutableBufferPointer(start: dPadded.start, count: dPadded.count)
    let hasNyquist = transform.fftSize % 2 == 0
    for frame in 0..<frames {
      power.clear(0..<bins)
      for (band, filter) in filters.enumerated() {
        let slope = bandPower.start[band * frames + frame]
        guard slope != 0 else { continue }
        let power = power.start + filter.firstBin
        for (offset, weight) in filter.weights.enumerated() { power[offset] += weight * slope }
      }
      // d|X|² = 2·(x dx + y dy). FFTW's inverse counts every bin but the first and the last twice.
      let spectrum = spectra.start + 2 * frame * bins
      for bin in 0..<bins {
        let isSingle = bin == 0 || (hasNyquist && bin == bins - 1)
        let slope = isSingle ? 2 * power.start[bin] : power.start[bin]
        workspace.spectrum[bin] = [slope * spectrum[2 * bin], slope * spectrum[2 * bin + 1]]
      }
      transform.overlap(workspace, frame: frame, into: target)
    }
    for copy in copies { dPadded.start[copy.source] += dPadded.start[copy.place] }
    dSamples.update(from: dPadded.start + transform.margin, count: sampleCount)
  }
}

/// A front end that is differentiable: a sound's features, and their gradient back to its samples.
///
/// As `FrontEnd.features`, in single precision. It has buffers of its own and serves one thread at a
/// time; after it is made, nothing is allocated.
public final class DifferentiableFrontEnd {
  /// The number of samples of a sound: that of the front end's patterns.
  public let sampleCount: Int
  private let pass: FrontEndPass<Float>

  /// The adjoint of a valid front end.
  public init(_ frontEnd: FrontEnd) {
    sampleCount = frontEnd.patternSampleCount
    pass = FrontEndPass(frontEnd, sampleCount: sampleCount)
  }

  /// Writes the features `[bands, frames]`, in network units, of `sampleCount` samples.
  ///
  /// - Complexity: O(frames · fftSize · log fftSize).
  public func features(
    of samples: UnsafePointer<Float>, into features: UnsafeMutablePointer<Float>
  ) {
    pass.features(of: samples, into: features)
  }

  /// Writes the gradient with respect to the samples of the last sound.
  ///
  /// - Parameters:
  ///   - gradient: that of a scalar with respect to the features, `[bands, frames]`.
  ///   - dSamples: room for `sampleCount` samples.
  public func pullBack(
    _ gradient: UnsafePointer<Float>, into dSamples: UnsafeMutablePointer<Float>
  ) {
    pass.pullBack(gradient, into: dSamples)
  }
}

/// The part of a front end behind its bands, differentiable: band powers' levels in network units.
public final class DifferentiableLevels {
  private let pass: LevelPass<Float>

  /// The levels of a valid front end.
  public init(_ frontEnd: FrontEnd) { pass = LevelPass(frontEnd) }

  /// Writes the features of band powers, both `[bands, frames]`.
  public func features(
    of power: UnsafePointer<Float>, into features: UnsafeMutablePointer<Float>
  ) {
    pass.features(of: power, into: features)
  }

  /// Writes the gradient with respect to the powers of the last pass.
  public func pullBack(
    _ gradient: UnsafePointer<Float>, into dPower: UnsafeMutablePointer<Float>
  ) {
    pass.pullBack(gradient, into: dPower)
  }
}
