import TonoCore

/// A front end that is differentiable: a sound's features, and their gradient back to its samples.
///
/// As `FrontEnd.features`, in single precision. It has buffers of its own and serves one thread at a
/// time; after it is made, nothing is allocated.
public final class DifferentiableFrontEnd {
  /// The number of samples of a sound: that of the front end's patterns.
  public let sampleCount: Int
  /// Where the next sound is written: `sampleCount` samples.
  public let samples: UnsafeMutablePointer<Float>
  /// Where the gradient with respect to the last sound is found.
  public let dSamples: UnsafeMutablePointer<Float>

  private let bandPass: BandPass
  private let levels: DifferentiableLevels
  private let bands: AlignedFloats
  /// Made when a sound is first heard in some way.
  private lazy var heard = HeardBands(frontEnd)
  private var isHeard = false
  private let frontEnd: FrontEnd

  /// From samples to what bands hold.
  private enum BandPass {
    case filterBank(PairedFilterBankPass)
    case constantQ(ConstantQPass<Float>, samples: AlignedFloats, dSamples: AlignedFloats)
  }

  /// The adjoint of a valid front end.
  public init(_ frontEnd: FrontEnd) {
    self.frontEnd = frontEnd
    sampleCount = frontEnd.patternSampleCount
    levels = DifferentiableLevels(frontEnd)
    bands = AlignedFloats(count: frontEnd.bands * frontEnd.frames)
    if frontEnd.filters == .constantQ {
      let (sound, gradient) = (
        AlignedFloats(count: sampleCount + frontEnd.hop),
        AlignedFloats(count: sampleCount + frontEnd.hop)
      )
      bandPass = .constantQ(
        ConstantQPass(frontEnd, sampleCount: sampleCount), samples: sound, dSamples: gradient)
      (samples, dSamples) = (sound.start, gradient.start)
    } else {
      let pass = PairedFilterBankPass(frontEnd, sampleCount: sampleCount)
      bandPass = .filterBank(pass)
      (samples, dSamples) = (pass.samples, pass.dSamples)
    }
  }

  /// Writes the features, in the shape of the input, of the sound in `samples`.
  ///
  /// Where it is heard in some way, all of that is applied but its delay: for that there is room of a hop
  /// behind the last sample.
  ///
  /// - Complexity: O(frames · fftSize · log fftSize).
  public func features(into features: UnsafeMutablePointer<Float>, heard way: Hearing.Way? = nil) {
    switch bandPass {
    case .filterBank(let pass): pass.bands(into: bands.start)
    case .constantQ(let pass, let samples, _): pass.bands(of: samples.start, into: bands.start)
    }
    if let way { heard.apply(way, to: bands.start) }
    isHeard = way != nil
    levels.features(ofBands: bands.start, into: features)
  }

  /// Leaves the gradient with respect to the last sound in `dSamples`.
  ///
  /// - Parameter gradient: that of a scalar with respect to the features, in the shape of the input.
  public func pullBack(_ gradient: UnsafePointer<Float>) {
    levels.pullBack(gradient, intoBands: bands.start)
    if isHeard { heard.adjoint(bands.start) }
    switch bandPass {
    case .filterBank(let pass): pass.pullBack(bands.start)
    case .constantQ(let pass, _, let dSamples):
      pass.pullBack(bands.start, into: dSamples.start)
    }
  }
}

/// The part of a front end behind its bands, differentiable: features of what they hold, and their gradient
/// back.
///
/// As `DifferentiableFrontEnd`.
public final class DifferentiableLevels {
  private let bands: Int
  private let frames: Int
  private let pass: VectorLevelPass
  /// `[bands, frames]` where the input has the other order.
  private let spectrogram: AlignedFloats?

  /// Levels of a valid front end.
  public init(_ frontEnd: FrontEnd) {
    (bands, frames) = (frontEnd.bands, frontEnd.frames)
    pass = VectorLevelPass(frontEnd)
    spectrogram =
      frontEnd.axes == .framesBands ? AlignedFloats(count: frontEnd.inputShape.count) : nil
  }

  /// Writes the features of what bands hold, `[bands, frames]`, in the shape of the input.
  public func features(
    ofBands held: UnsafePointer<Float>, into features: UnsafeMutablePointer<Float>
  ) {
    guard let spectrogram else { return pass.features(of: held, into: features) }
    pass.features(of: held, into: spectrogram.start)
    transpose(spectrogram.start, into: features, rows: bands, columns: frames)
  }

  /// Writes the gradient with respect to what the bands held last, `[bands, frames]`.
  public func pullBack(
    _ gradient: UnsafePointer<Float>, intoBands dBands: UnsafeMutablePointer<Float>
  ) {
    guard let spectrogram else { return pass.pullBack(gradient, into: dBands) }
    transpose(gradient, into: spectrogram.start, rows: frames, columns: bands)
    pass.pullBack(spectrogram.start, into: dBands)
  }

  private func transpose(
    _ source: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>, rows: Int,
    columns: Int
  ) {
    for row in 0..<rows {
      for column in 0..<columns { target[column * rows + row] = source[row * columns + column] }
    }
  }
}
