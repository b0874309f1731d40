import TonoNetwork

/// From band powers to a network's input, and from the input's gradient back to the powers.
///
/// The levels are `FrontEnd.logMel`'s and `FrontEnd.normalized`'s, with what their adjoint needs kept
/// from one to the other. It serves one thread at a time.
final class LevelPass<Scalar: FourierScalar> {
  private let frontEnd: FrontEnd
  private let count: Int
  private let power: AlignedBuffer<Scalar>
  /// The features of the last pass.
  private let features: AlignedBuffer<Scalar>
  /// What an element loses against the first largest one before it counts as the floor.
  private let floor: Scalar
  private var isFloor: [Bool]
  private var highest = 0
  private var deviation: Scalar = 1

  /// d(10 log₁₀ x) = `slope`·dx/x.
  private static var slope: Scalar { Scalar(4.342_944_819_032_518) }

  init(_ frontEnd: FrontEnd) {
    self.frontEnd = frontEnd
    count = frontEnd.bands * frontEnd.frames
    power = AlignedBuffer(count: count)
    features = AlignedBuffer(count: count)
    floor = -Scalar(frontEnd.dynamicRange)
    isFloor = Array(repeating: false, count: count)
  }

  /// Writes the features of band powers, both `[bands, frames]`.
  func features(of power: UnsafePointer<Scalar>, into features: UnsafeMutablePointer<Scalar>) {
    self.power.start.update(from: power, count: count)
    let minimum = Scalar(frontEnd.minimumPower)
    highest = 0
    for i in 1..<count where power[i] > power[highest] { highest = i }
    let reference = 10 * Scalar.logarithm(max(minimum, power[highest]))
    var sum = 0.0
    for i in 0..<count {
      // Comparisons that leave NaN as it is.
      let level = 10 * Scalar.logarithm(power[i] < minimum ? minimum : power[i]) - reference
      isFloor[i] = level <= floor
      features[i] = isFloor[i] ? floor : level
      sum += Double(features[i])
    }
    if frontEnd.normalization == .perExample {
      let mean = sum / Double(count)
      let squares = (0..<count).reduce(0.0) {
        $0 + (Double(features[$1]) - mean) * (Double(features[$1]) - mean)
      }
      deviation = squares > 0 ? Scalar((squares / Double(count)).squareRoot()) : 1
      for i in 0..<count { features[i] = (features[i] - Scalar(mean)) / deviation }
    }
    self.features.start.update(from: features, count: count)
  }

  /// Writes the gradient with respect to the powers of the last pass, of the one with respect to its
  /// features.
  ///
  /// An element at the floor has none; all others share the maximum that they are measured from.
  func pullBack(_ gradient: UnsafePointer<Scalar>, into dPower: UnsafeMutablePointer<Scalar>) {
    let normalizes = frontEnd.normalization == .perExample
    var (mean, product) = (0.0, 0.0)
    for i in 0..<count where normalizes {
      mean += Double(gradient[i])
      product += Double(gradient[i]) * Double(features.start[i])
    }
    let (shift, tilt) = (Scalar(mean / Double(count)), Scalar(product / Double(count)))
    let minimum = Scalar(frontEnd.minimumPower)
    var total: Scalar = 0
    for i in 0..<count {
      guard !isFloor[i] else {
        dPower[i] = 0
        continue
      }
      let dLevel =
        normalizes ? (gradient[i] - shift - features.start[i] * tilt) / deviation : gradient[i]
      total += dLevel
      dPower[i] = power.start[i] > minimum ? Self.slope * dLevel / power.start[i] : 0
    }
    if power.start[highest] > minimum {
      dPower[highest] -= Self.slope * total / power.start[highest]
    }
  }
}
