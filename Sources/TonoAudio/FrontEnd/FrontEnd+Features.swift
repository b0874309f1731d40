import Foundation
import TonoCore

extension FrontEnd {
  // MARK: - Forward

  /// A sound as the network's input, of `inputShape`, in network units.
  ///
  /// The sound is resampled first and then cropped or zero-padded at its end to `seconds`. An open-ended
  /// front end takes it as long as it is.
  ///
  /// - Throws: `InputError` when the front end is not valid or the sound holds NaN or infinity.
  public func features(of sound: Waveform) throws -> Tensor {
    try analyzed(sound) { frontEnd, pass, samples in
      tensor(frontEnd.inputShape) { pass.features(of: samples, into: $0) }
    }
  }

  /// A sound file as the network's input: `features(of:)` of what the front end hears of it.
  ///
  /// Of a long recording no more is read than that, with a second behind it for the resampler.
  ///
  /// - Throws: As `features(of:)` and `SoundReader`.
  public func features(ofFile path: String) throws -> Tensor {
    try validate()
    return try features(of: SoundReader(path))
  }

  /// What is left to read of a sound as the network's input: as `features(ofFile:)`.
  ///
  /// - Throws: As `features(of:)` and `SoundReader.read(_:)`.
  public func features(of reader: SoundReader) throws -> Tensor {
    try validate()
    guard !isOpenEnded else { return try features(of: reader.read()) }
    return try features(of: reader.read(Int((seconds + 1) * Double(reader.sampleRate))))
  }

  /// The levels of a sound before normalization, `[bands, frames]`.
  ///
  /// - Throws: As `features(of:)`.
  public func levels(of sound: Waveform) throws -> Tensor {
    try analyzed(sound) { frontEnd, pass, samples in
      var bands = [Double](repeating: 0, count: frontEnd.bands * frontEnd.frames)
      pass.bands(of: samples, into: &bands)
      return frontEnd.levels(ofBandValues: bands)
    }
  }

  /// The levels of what bands hold, both `[bands, frames]`.
  func levels(ofBandValues values: [Double]) -> Tensor {
    let pass = LevelPass(self)
    return tensor([bands, frames]) { pass.levels(of: values, into: $0) }
  }

  /// What the bands hold of a sound of samples in −1…1, `[bands, frames]`.
  ///
  /// - Throws: As `features(of:)`.
  public func bandValues(of sound: Waveform) throws -> Tensor {
    try analyzed(sound) { frontEnd, pass, samples in
      tensor([frontEnd.bands, frontEnd.frames]) { pass.bands(of: samples, into: $0) }
    }
  }

  /// Levels, `[bands, frames]`, as an input of `inputShape` in network units.
  func input(ofLevels levels: Tensor) -> Tensor {
    let pass = LevelPass(self)
    return input(
      of: tensor([bands, frames]) { features in
        for i in levels.values.indices { features[i] = Double(levels.values[i]) }
        pass.normalize(features)
      })
  }

  /// What bands hold, `[bands, frames]`, as an input of `inputShape` in network units.
  func input(ofBandValues values: Tensor) -> Tensor {
    let pass = LevelPass(self)
    return input(
      of: tensor([bands, frames]) { pass.features(of: values.values.map(Double.init), into: $0) })
  }

  /// Runs a sound's samples through a pass in double precision.
  private func analyzed(
    _ sound: Waveform,
    _ body: (FrontEnd, FrontEndPass, UnsafePointer<Double>) throws -> Tensor
  ) throws -> Tensor {
    guard sound.samples.allSatisfy(\.isFinite) else {
      throw InputError(
        "the sound holds samples that are not finite numbers; '\(name)' has no features of it")
    }
    try validate()
    let heard = try sound.resampled(to: sampleRate)
    let frontEnd = fitted(to: heard)
    if isOpenEnded { try frontEnd.validate() }
    let samples = heard.fitted(toCount: frontEnd.sampleCount).samples.map(Double.init)
    return try body(
      frontEnd, FrontEndPass(frontEnd, sampleCount: frontEnd.sampleCount), samples)
  }

  /// A tensor of numbers that are computed in double precision.
  private func tensor(_ shape: Shape, _ body: (UnsafeMutablePointer<Double>) -> Void) -> Tensor {
    var values = [Double](repeating: 0, count: shape.count)
    values.withUnsafeMutableBufferPointer { buffer in
      if let start = buffer.baseAddress { body(start) }
    }
    return Tensor(shape: shape, values: values.map { Float($0) })
  }

  // MARK: - Back

  /// The levels of a pattern in network units, `[bands, frames]`.
  ///
  /// Normalization per example forgets how large its unit was. It is taken to be `typicalDeviation`, that of
  /// real examples, or less where the pattern would then not fit into the dynamic range: no sound has such
  /// levels, and clamping them would change the pattern, while a smaller unit is the same to the network.
  /// Levels from the maximum have it at 0, or at 1 where they are no logarithms; others are clamped only from
  /// below.
  ///
  /// - Parameter pattern: of `inputShape`.
  /// - Returns: levels as `levels(of:)` has them of a sound.
  public func levels(ofPattern pattern: Tensor) -> Tensor {
    var levels = spectrogram(of: pattern)
    let highest = levels.values.max() ?? 0
    let extent = highest - (levels.values.min() ?? 0)
    switch normalization {
    case .none: break
    case .fixed(let mean, let deviation):
      for i in levels.values.indices {
        let band = i / frames
        levels.values[i] = levels.values[i] * deviation.at(band) + mean.at(band)
      }
    case .perExample:
      let range = dynamicRange ?? Self.assumedRange
      let fitting = logarithm == .none || extent <= 0 ? typicalDeviation : range / extent
      let unit = min(typicalDeviation, fitting)
      let top: Float = logarithm == .none ? 1 : 0
      let shift = reference == .maximum ? top - unit * highest : typicalMean
      for i in levels.values.indices { levels.values[i] = unit * levels.values[i] + shift }
    }
    guard logarithm != .none else { return levels }
    let loudest = levels.values.max() ?? 0
    let zero = reference == .maximum ? loudest : 0
    let floor = dynamicRange.map { loudest - zero - $0 } ?? -.infinity
    for i in levels.values.indices { levels.values[i] = max(levels.values[i] - zero, floor) }
    return levels
  }

  /// What the bands hold where levels are these, `[bands, frames]`; all positive.
  ///
  /// Levels from the maximum give numbers of 1 and less.
  func bandValues(ofLevels levels: Tensor) -> Tensor {
    let zero =
      switch reference {
      case .maximum: Float(1)
      case .value(let number): logarithm == .none ? number : max(minimumPower, number)
      }
    let shift = reference == .maximum ? 0 : offset
    let scale = reference == .maximum ? 1 : gain
    var values = levels.values.map { level in
      let number = logarithm.factor.map { zero * exp(level / Float($0)) } ?? zero * level
      return (number - shift) / scale
    }
    let floor = max((values.max() ?? 1) * Self.deepestValue, .leastNormalMagnitude)
    for i in values.indices { values[i] = max(values[i], floor) }
    return Tensor(shape: levels.shape, values: values)
  }

  /// The least that a band is taken to hold, as a share of the most that one does.
  private static let deepestValue: Float = 1e-8

  /// The roots of what bands hold where a pattern is this, `[bands, frames]`.
  public func amplitudes(of pattern: Tensor) -> [Float] {
    bandValues(ofLevels: levels(ofPattern: pattern)).values.map { $0.squareRoot() }
  }
}
