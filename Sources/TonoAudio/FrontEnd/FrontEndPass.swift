import TonoCore


/// A sound through a front end, and the gradient back to its samples.
///
/// What bands hold, their levels, their normalization, and the order of the input's axes. It keeps what
/// the adjoint needs, and serves one thread at a time.
final class FrontEndPass<Scalar: FourierScalar> {
  /// The number of samples of the sounds.
  let sampleCount: Int

  private let frontEnd: FrontEnd
  /// Made when a sound first needs it: what bands hold may be all that is given.
  private lazy var bandPass: BandPass =
    frontEnd.filters == .constantQ
    ? .constantQ(ConstantQPass(frontEnd, sampleCount: sampleCount))
    : .filterBank(FilterBankPass(frontEnd, sampleCount: sampleCount))
  private let levels: LevelPass<Scalar>
  private let held: AlignedBuffer<Scalar>
  /// `[bands, frames]` where the input has the other order.
  private let spectrogram: AlignedBuffer<Scalar>

  /// From samples to what bands hold.
  ///
  /// No protocol, through which their loops would not be specialized.
  private enum BandPass {
    case filterBank(FilterBankPass<Scalar>)
    case constantQ(ConstantQPass<Scalar>)
  }

  /// A pass of sounds of so many samples through a valid front end.
  init(_ frontEnd: FrontEnd, sampleCount: Int) {
    self.sampleCount = sampleCount
    self.frontEnd = frontEnd
    levels = LevelPass(frontEnd)
    held = AlignedBuffer(count: levels.count)
    spectrogram = AlignedBuffer(count: levels.count)
  }

  /// Writes what the bands hold of so many samples, `[bands, frames]`.
  func bands(of samples: UnsafePointer<Scalar>, into bands: UnsafeMutablePointer<Scalar>) {
    switch bandPass {
    case .filterBank(let pass): pass.bands(of: samples, into: bands)
    case .constantQ(let pass): pass.bands(of: samples, into: bands)
    }
  }

  /// Writes the features of so many samples, in the input's order.
  func features(of samples: UnsafePointer<Scalar>, into features: UnsafeMutablePointer<Scalar>) {
    bands(of: samples, into: held.start)
    self.features(ofBands: held.start, into: features)
  }

  /// Writes the features of what bands hold, `[bands, frames]`, in the input's order.
  func features(ofBands bands: UnsafePointer<Scalar>, into features: UnsafeMutablePointer<Scalar>) {
    guard frontEnd.axes == .framesBands else {
      levels.features(of: bands, into: features)
      return
    }
    levels.features(of: bands, into: spectrogram.start)
    transpose(spectrogram.start, into: features, rows: frontEnd.bands, columns: frontEnd.frames)
  }

  /// Writes the gradient with respect to the samples of the last sound, of the one with respect to its
  /// features.
  func pullBack(_ gradient: UnsafePointer<Scalar>, into dSamples: UnsafeMutablePointer<Scalar>) {
    pullBack(gradient, intoBands: held.start)
    switch bandPass {
    case .filterBank(let pass): pass.pullBack(held.start, into: dSamples)
    case .constantQ(let pass): pass.pullBack(held.start, into: dSamples)
    }
  }

  /// Writes the gradient with respect to what the bands held last.
  func pullBack(_ gradient: UnsafePointer<Scalar>, intoBands dBands: UnsafeMutablePointer<Scalar>) {
    guard frontEnd.axes == .framesBands else {
      levels.pullBack(gradient, into: dBands)
      return
    }
    transpose(gradient, into: spectrogram.start, rows: frontEnd.frames, columns: frontEnd.bands)
    levels.pullBack(spectrogram.start, into: dBands)
  }

  private func transpose(
    _ source: UnsafePointer<Scalar>, into target: UnsafeMutablePointer<Scalar>, rows: Int,
    columns: Int
  ) {
    for row in 0..<rows {
      for column in 0..<columns { target[column * rows + row] = source[row * columns + column] }
    }
  }
}

/// A front end that is differentiable: a sound's features, and their gradient back to its samples.
///
/// As `FrontEnd.features`, in single precision. It has buffers of its own and serves one thread at a
/// time; after the first sound, nothing is allocated.
public final class DifferentiableFrontEnd {
  /// The number of samples of a sound: that of the front end's patterns.
  public let sampleCount: Int
  private let pass: FrontEndPass<Float>

  /// The adjoint of a valid front end.
  public init(_ frontEnd: FrontEnd) {
    sampleCount = frontEnd.patternSampleCount
    pass = FrontEndPass(frontEnd, sampleCount: sampleCount)
  }

  /// Writes the features, in the shape of the input, of `sampleCount` samples.
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
  ///   - gradient: that of a scalar with respect to the features, in the shape of the input.
  ///   - dSamples: room for `sampleCount` samples.
  public func pullBack(
    _ gradient: UnsafePointer<Float>, into dSamples: UnsafeMutablePointer<Float>
  ) {
    pass.pullBack(gradient, into: dSamples)
  }

  /// Writes the features of what bands hold, `[bands, frames]`.
  public func features(
    ofBands bands: UnsafePointer<Float>, into features: UnsafeMutablePointer<Float>
  ) {
    pass.features(ofBands: bands, into: features)
  }

  /// Writes the gradient with respect to what the bands held last, `[bands, frames]`.
  public func pullBack(
    _ gradient: UnsafePointer<Float>, intoBands dBands: UnsafeMutablePointer<Float>
  ) {
    pass.pullBack(gradient, intoBands: dBands)
  }
}
