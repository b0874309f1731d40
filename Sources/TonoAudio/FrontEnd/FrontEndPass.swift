import TonoCore

/// A sound through a front end, and the gradient back to its samples, in double precision.
///
/// What bands hold, their levels, their normalization, and the order of the input's axes: plain loops, one
/// number after another, whose values are the truth. `DifferentiableFrontEnd` does the same by vector kernels.
/// It keeps what the adjoint needs, and serves one thread at a time.
final class FrontEndPass {
  /// The number of samples of the sounds.
  let sampleCount: Int

  private let frontEnd: FrontEnd
  /// Made when a sound first needs it: what bands hold may be all that is given.
  private lazy var bandPass: BandPass =
    frontEnd.filters == .constantQ
    ? .constantQ(ConstantQPass(frontEnd, sampleCount: sampleCount))
    : .filterBank(FilterBankPass(frontEnd, sampleCount: sampleCount))
  private let levels: LevelPass
  private let held: AlignedBuffer<Double>
  /// `[bands, frames]` where the input has the other order.
  private let spectrogram: AlignedBuffer<Double>

  /// From samples to what bands hold.
  private enum BandPass {
    case filterBank(FilterBankPass)
    case constantQ(ConstantQPass<Double>)
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
  func bands(of samples: UnsafePointer<Double>, into bands: UnsafeMutablePointer<Double>) {
    switch bandPass {
    case .filterBank(let pass): pass.bands(of: samples, into: bands)
    case .constantQ(let pass): pass.bands(of: samples, into: bands)
    }
  }

  /// Writes the features of so many samples, in the input's order.
  func features(of samples: UnsafePointer<Double>, into features: UnsafeMutablePointer<Double>) {
    bands(of: samples, into: held.start)
    self.features(ofBands: held.start, into: features)
  }

  /// Writes the features of what bands hold, `[bands, frames]`, in the input's order.
  func features(ofBands bands: UnsafePointer<Double>, into features: UnsafeMutablePointer<Double>) {
    guard frontEnd.axes == .framesBands else {
      levels.features(of: bands, into: features)
      return
    }
    levels.features(of: bands, into: spectrogram.start)
    transpose(spectrogram.start, into: features, rows: frontEnd.bands, columns: frontEnd.frames)
  }

  /// Writes the gradient with respect to the samples of the last sound, of the one with respect to its
  /// features.
  func pullBack(_ gradient: UnsafePointer<Double>, into dSamples: UnsafeMutablePointer<Double>) {
    pullBack(gradient, intoBands: held.start)
    switch bandPass {
    case .filterBank(let pass): pass.pullBack(held.start, into: dSamples)
    case .constantQ(let pass): pass.pullBack(held.start, into: dSamples)
    }
  }

  /// Writes the gradient with respect to what the bands held last.
  func pullBack(_ gradient: UnsafePointer<Double>, intoBands dBands: UnsafeMutablePointer<Double>) {
    guard frontEnd.axes == .framesBands else {
      levels.pullBack(gradient, into: dBands)
      return
    }
    transpose(gradient, into: spectrogram.start, rows: frontEnd.frames, columns: frontEnd.bands)
    levels.pullBack(spectrogram.start, into: dBands)
  }

  private func transpose(
    _ source: UnsafePointer<Double>, into target: UnsafeMutablePointer<Double>, rows: Int,
    columns: Int
  ) {
    for row in 0..<rows {
      for column in 0..<columns { target[column * rows + row] = source[row * columns + column] }
    }
  }
}
