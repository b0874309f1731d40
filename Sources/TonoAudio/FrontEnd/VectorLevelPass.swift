import TonoCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// From what bands hold to levels in network units, and from their gradient back, by vector kernels.
///
/// As `LevelPass`, in single precision. It keeps what the adjoint needs, allocates nothing after it is made,
/// and serves one thread at a time.
final class VectorLevelPass {
  private let kernels = KernelSet.current
  /// How many numbers a spectrogram has.
  private let count: Int
  private let columns: Int
  /// k of k · ln; nil where levels are the numbers themselves.
  private let factor: Float?
  private let gain: Float
  private let offset: Float
  private let minimum: Float
  private let reference: FrontEnd.Reference
  private let range: Float?
  private let normalization: Normalization

  /// `FrontEnd.Normalization`, with a mean and an inverse deviation for each band.
  private enum Normalization {
    case none
    case fixed(mean: AlignedFloats, factor: AlignedFloats)
    case perExample
  }

  /// gain·s + offset of the last pass.
  private let numbers: AlignedFloats
  /// dlevel/ds, −1 where the level is the floor.
  private let slopes: AlignedFloats
  /// The features of the last pass.
  private let features: AlignedFloats
  private var highest = 0
  /// What levels are multiplied by where examples are normalized.
  private var unit: Float = 1

  init(_ frontEnd: FrontEnd) {
    let (bands, columns) = (frontEnd.bands, frontEnd.frames)
    self.columns = columns
    count = bands * columns
    factor = frontEnd.logarithm.factor.map { Float($0) }
    (gain, offset, minimum) = (frontEnd.gain, frontEnd.offset, frontEnd.minimumPower)
    reference = frontEnd.reference
    range = frontEnd.dynamicRange
    switch frontEnd.normalization {
    case .none: normalization = .none
    case .perExample: normalization = .perExample
    case .fixed(let mean, let deviation):
      normalization = .fixed(
        mean: AlignedFloats(count: bands) { for i in 0..<bands { $0[i] = mean.at(i) } },
        factor: AlignedFloats(count: bands) { for i in 0..<bands { $0[i] = 1 / deviation.at(i) } })
    }
    numbers = AlignedFloats(count: count)
    slopes = AlignedFloats(count: count)
    features = AlignedFloats(count: count)
  }

  // MARK: - Forward

  /// Writes the features of what bands hold, both `[bands, frames]`.
  func features(of bands: UnsafePointer<Float>, into result: UnsafeMutablePointer<Float>) {
    let (numbers, features) = (numbers.start, features.start)
    highest = kernels.amplify(bands, gain: gain, offset: offset, into: numbers, count: count)
    if let factor {
      levels(factor, into: features)
    } else {
      let scale = 1 / divisor
      for i in 0..<count { features[i] = numbers[i] * scale }
    }
    normalize(features)
    result.update(from: features, count: count)
  }

  private func levels(_ factor: Float, into levels: UnsafeMutablePointer<Float>) {
    let loudest = level(numbers.start[highest], factor)
    let zero =
      switch reference {
      case .maximum: loudest
      case .value(let number): level(number, factor)
      }
    let rule = LevelRule(
      factor: factor, minimum: minimum, zero: zero,
      floor: range.map { loudest - zero - $0 } ?? -.infinity, gain: gain)
    kernels.levels(of: numbers.start, rule, into: levels, slopes: slopes.start, count: count)
  }

  /// The level of one number, by the same operations as all others.
  private func level(_ number: Float, _ factor: Float) -> Float {
    let rule = LevelRule(factor: factor, minimum: minimum, zero: 0, floor: -.infinity, gain: gain)
    var (number, level, slope) = (number, Float(0), Float(0))
    kernels.levels(of: &number, rule, into: &level, slopes: &slope, count: 1)
    return level
  }

  /// What numbers without a logarithm are divided by.
  private var divisor: Float {
    switch reference {
    case .maximum: numbers.start[highest] > minimum ? numbers.start[highest] : 1
    case .value(let number): number
    }
  }

  private func normalize(_ levels: UnsafeMutablePointer<Float>) {
    switch normalization {
    case .none: break
    case .fixed(let mean, let factor):
      for (band, start) in stride(from: 0, to: count, by: columns).enumerated() {
        let (mean, factor) = (mean.start[band], factor.start[band])
        for i in start..<start + columns { levels[i] = (levels[i] - mean) * factor }
      }
    case .perExample:
      let mean = kernels.sum(levels, count: count) / Double(count)
      let squares = kernels.sumOfSquares(levels, around: mean, count: count)
      let factor = squares > 0 ? 1 / (squares / Double(count)).squareRoot() : 1
      unit = Float(factor)
      _ = kernels.paint(levels, factor: factor, level: -mean * factor, into: levels, count: count)
    }
  }

  // MARK: - Adjoint

  /// Writes the gradient with respect to what the bands of the last pass held, of the one with respect to
  /// its features.
  ///
  /// An element at the floor follows the largest one, and all follow it where it is the reference.
  func pullBack(_ gradient: UnsafePointer<Float>, into dBands: UnsafeMutablePointer<Float>) {
    guard factor != nil else {
      pullBackDivision(gradient, into: dBands)
      return
    }
    let sums = pullBackLevels(gradient, slopes.start, into: dBands)
    let followed = reference == .maximum ? sums.floored - sums.all : sums.floored
    // The largest is at the floor only where all are.
    dBands[highest] += max(0, slopes.start[highest]) * Float(followed)
  }

  /// Writes the gradient with respect to levels, times slopes.
  ///
  /// - Returns: the sum of the gradient with respect to all levels, and of that at the floor.
  private func pullBackLevels(
    _ gradient: UnsafePointer<Float>, _ slopes: UnsafePointer<Float>,
    into dBands: UnsafeMutablePointer<Float>
  ) -> (all: Double, floored: Double) {
    let features = features.start
    switch normalization {
    case .none:
      return kernels.pullLevels(
        gradient, normalized: features, slopes: slopes, factor: 1, into: dBands, count: count)
    case .fixed(_, let factor):
      var (all, floored) = (0.0, 0.0)
      for (band, start) in stride(from: 0, to: count, by: columns).enumerated() {
        let sums = kernels.pullLevels(
          gradient + start, normalized: features + start, slopes: slopes + start,
          factor: factor.start[band], into: dBands + start, count: columns)
        all += sums.all
        floored += sums.floored
      }
      return (all, floored)
    case .perExample:
      let mean = kernels.sum(gradient, count: count) / Double(count)
      let tilt = kernels.sumOfProducts(gradient, features, count: count) / Double(count)
      return kernels.pullLevels(
        gradient, normalized: features, slopes: slopes, factor: unit, mean: Float(mean),
        tilt: Float(tilt), into: dBands, count: count)
    }
  }

  private func pullBackDivision(
    _ gradient: UnsafePointer<Float>, into dBands: UnsafeMutablePointer<Float>
  ) {
    // The numbers themselves: their slopes are alike.
    for i in 0..<count { slopes.start[i] = 1 }
    _ = pullBackLevels(gradient, slopes.start, into: dBands)
    let (divisor, numbers) = (divisor, numbers.start)
    let product = kernels.sumOfProducts(dBands, numbers, count: count)
    let scale = gain / divisor
    for i in 0..<count { dBands[i] *= scale }
    if reference == .maximum, numbers[highest] > minimum {
      dBands[highest] -= Float(product) * gain / (divisor * divisor)
    }
  }
}
