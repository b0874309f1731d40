import Foundation
import TonoCore

/// From what bands hold to levels in network units, and from their gradient back, in double precision.
///
/// l = k · ln(max(minimum, gain·s + offset)), raised to the largest less the dynamic range, measured from
/// the reference, normalized. It keeps what the adjoint needs, and serves one thread at a time.
final class LevelPass {
  /// How many numbers a spectrogram has.
  let count: Int

  private let columns: Int
  /// k; nil where levels are the numbers themselves.
  private let factor: Double?
  private let gain: Double
  private let offset: Double
  private let minimum: Double
  private let reference: FrontEnd.Reference
  private let range: Double?
  private let normalization: FrontEnd.Normalization

  /// gain·s + offset of the last pass.
  private let numbers: AlignedBuffer<Double>
  /// The features of the last pass.
  private let features: AlignedBuffer<Double>
  private var isFloor: [Bool]
  private var highest = 0
  private var deviation: Double = 1

  init(_ frontEnd: FrontEnd) {
    columns = frontEnd.frames
    count = frontEnd.bands * frontEnd.frames
    factor = frontEnd.logarithm.factor.map { Double($0) }
    gain = Double(frontEnd.gain)
    offset = Double(frontEnd.offset)
    minimum = Double(frontEnd.minimumPower)
    reference = frontEnd.reference
    range = frontEnd.dynamicRange.map { Double($0) }
    normalization = frontEnd.normalization
    numbers = AlignedBuffer(count: count)
    features = AlignedBuffer(count: count)
    isFloor = Array(repeating: false, count: count)
  }

  // MARK: - Forward

  /// Writes the features of what bands hold, both `[bands, frames]`.
  func features(of bands: UnsafePointer<Double>, into features: UnsafeMutablePointer<Double>) {
    levels(of: bands, into: features)
    normalize(features)
  }

  /// Writes the levels of what bands hold, both `[bands, frames]`.
  func levels(of bands: UnsafePointer<Double>, into levels: UnsafeMutablePointer<Double>) {
    for i in 0..<count { numbers.start[i] = gain * bands[i] + offset }
    highest = 0
    for i in 1..<count where numbers.start[i] > numbers.start[highest] { highest = i }
    guard factor != nil else {
      let divisor = divisor
      for i in 0..<count {
        levels[i] = numbers.start[i] / divisor
        isFloor[i] = false
      }
      return
    }
    let loudest = level(numbers.start[highest])
    let zero =
      switch reference {
      case .maximum: loudest
      case .value(let number): level(Double(number))
      }
    let floor = range.map { loudest - zero - $0 } ?? -.infinity
    for i in 0..<count {
      let level = level(numbers.start[i]) - zero
      isFloor[i] = level <= floor
      levels[i] = isFloor[i] ? floor : level
    }
  }

  /// k · ln of a number that is raised to the minimum; NaN stays NaN.
  private func level(_ number: Double) -> Double {
    (factor ?? 1) * log(number < minimum ? minimum : number)
  }

  /// What numbers without a logarithm are divided by.
  private var divisor: Double {
    switch reference {
    case .maximum: numbers.start[highest] > minimum ? numbers.start[highest] : 1
    case .value(let number): Double(number)
    }
  }

  /// Brings levels, `[bands, frames]`, to network units, in place.
  func normalize(_ levels: UnsafeMutablePointer<Double>) {
    switch normalization {
    case .none: break
    case .fixed(let mean, let deviation):
      for (band, start) in stride(from: 0, to: count, by: columns).enumerated() {
        let (mean, deviation) = (Double(mean.at(band)), Double(deviation.at(band)))
        for i in start..<start + columns { levels[i] = (levels[i] - mean) / deviation }
      }
    case .perExample:
      let mean = (0..<count).reduce(0.0) { $0 + Double(levels[$1]) } / Double(count)
      let squares = (0..<count).reduce(0.0) {
        $0 + (Double(levels[$1]) - mean) * (Double(levels[$1]) - mean)
      }
      deviation = squares > 0 ? Double((squares / Double(count)).squareRoot()) : 1
      for i in 0..<count { levels[i] = (levels[i] - Double(mean)) / deviation }
    }
    features.start.update(from: levels, count: count)
  }

  // MARK: - Adjoint

  /// Writes the gradient with respect to what the bands of the last pass held, of the one with respect to
  /// its features.
  ///
  /// An element at the floor follows the largest one, and all follow it where it is the reference.
  func pullBack(_ gradient: UnsafePointer<Double>, into dBands: UnsafeMutablePointer<Double>) {
    pullBackNormalization(gradient, into: dBands)
    guard let factor else {
      pullBackDivision(dBands)
      return
    }
    let isRelative = reference == .maximum
    var (followed, all): (Double, Double) = (0, 0)
    for i in 0..<count {
      all += dBands[i]
      if isFloor[i] {
        followed += dBands[i]
        dBands[i] = 0
      } else {
        dBands[i] = slope(at: i, factor) * dBands[i]
      }
    }
    dBands[highest] += slope(at: highest, factor) * (isRelative ? followed - all : followed)
  }

  /// dl/ds of an element above the minimum, else 0.
  private func slope(at index: Int, _ factor: Double) -> Double {
    numbers.start[index] > minimum ? factor * gain / numbers.start[index] : 0
  }

  private func pullBackDivision(_ dBands: UnsafeMutablePointer<Double>) {
    let divisor = divisor
    var product: Double = 0
    for i in 0..<count {
      product += dBands[i] * numbers.start[i]
      dBands[i] *= gain / divisor
    }
    if reference == .maximum, numbers.start[highest] > minimum {
      dBands[highest] -= product * gain / (divisor * divisor)
    }
  }

  private func pullBackNormalization(
    _ gradient: UnsafePointer<Double>, into dLevels: UnsafeMutablePointer<Double>
  ) {
    switch normalization {
    case .none: dLevels.update(from: gradient, count: count)
    case .fixed(_, let deviation):
      for (band, start) in stride(from: 0, to: count, by: columns).enumerated() {
        let deviation = Double(deviation.at(band))
        for i in start..<start + columns { dLevels[i] = gradient[i] / deviation }
      }
    case .perExample:
      var (mean, product) = (0.0, 0.0)
      for i in 0..<count {
        mean += Double(gradient[i])
        product += Double(gradient[i]) * Double(features.start[i])
      }
      let (shift, tilt) = (Double(mean / Double(count)), Double(product / Double(count)))
      for i in 0..<count {
        dLevels[i] = (gradient[i] - shift - features.start[i] * tilt) / deviation
      }
    }
  }
}

extension [Float] {
  /// The number of a band, where one may stand for all.
  func at(_ band: Int) -> Float { count == 1 ? self[0] : self[band] }
}
