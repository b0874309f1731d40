import TonoAudio
import TonoCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A penalty on what real sounds do not have: a long-term spectrum and changes far from theirs.
///
/// share · |activation| · (mean z² of the bands' mean levels + mean z² of the changes along time + the same along
/// frequency), z being the distance from the mean of real sounds in their deviations (`NaturalSound`). It is
/// taken relative to the activation, so that a share means the same for every neuron.
final class Naturalness {
  private let share: Float
  private let sound: NaturalSound
  private let maps: Maps
  private let count: Int
  private let slope: AlignedFloats

  /// The least deviations that are taken, in network units and in natural logarithms.
  private static let leastDeviation: Float = 0.1

  /// The penalty of inputs with one map.
  init(share: Float, of sound: NaturalSound, _ maps: Maps) {
    self.share = share
    self.sound = sound
    self.maps = maps
    count = maps.rows * maps.columns
    slope = AlignedFloats(count: count)
  }

  /// The penalty of an input; takes its gradient off `gradient`.
  func penalize(
    _ input: UnsafePointer<Float>, activation: Float, gradient: UnsafeMutablePointer<Float>
  ) -> Float {
    let weight = share * abs(activation)
    guard weight > 0, maps.count == 1 else { return 0 }
    slope.clear(0..<count)
    // Bands lie side by side where frames are rows.
    let (bandStep, frameStep) = maps.isTransposed ? (1, maps.columns) : (maps.columns, 1)
    let (bands, frames) =
      maps.isTransposed ? (maps.columns, maps.rows) : (maps.rows, maps.columns)
    var total = levels(input, bands, bandStep, frames, frameStep)
    total += changes(input, sound.timeChanges, frames, frameStep, across: bands, bandStep)
    total += changes(input, sound.bandChanges, bands, bandStep, across: frames, frameStep)
    for i in 0..<count { gradient[i] -= weight * slope.start[i] }
    return weight * total
  }

  private func levels(
    _ input: UnsafePointer<Float>, _ bands: Int, _ bandStep: Int, _ frames: Int, _ frameStep: Int
  ) -> Float {
    var total: Float = 0
    for band in 0..<bands {
      var mean: Float = 0
      for frame in 0..<frames { mean += input[band * bandStep + frame * frameStep] }
      mean /= Float(frames)
      let deviation = max(sound.spectrum.deviations[band], Self.leastDeviation)
      let z = (mean - sound.spectrum.means[band]) / deviation
      total += z * z / Float(bands)
      let step = 2 * z / (deviation * Float(bands * frames))
      for frame in 0..<frames { slope.start[band * bandStep + frame * frameStep] += step }
    }
    return total
  }

  private func changes(
    _ input: UnsafePointer<Float>, _ typical: NaturalSound.Statistics, _ cells: Int, _ step: Int,
    across lines: Int, _ lineStep: Int
  ) -> Float {
    let lags = NaturalSound.lags(cells)
    var total: Float = 0
    for (place, lag) in lags.enumerated() {
      let pairs = (cells - lag) * lines
      guard pairs > 0 else { continue }
      let distance = lag * step
      var sum: Float = 0
      for line in 0..<lines {
        for cell in 0..<cells - lag {
          let at = line * lineStep + cell * step
          let difference = input[at + distance] - input[at]
          sum += difference * difference
        }
      }
      let change = max(sum / Float(2 * pairs), NaturalSound.leastChange)
      let deviation = max(typical.deviations[place], Self.leastDeviation)
      let z = (logf(change) - typical.means[place]) / deviation
      total += z * z / Float(lags.count)
      let factor = 2 * z / (deviation * change * Float(pairs * lags.count))
      for line in 0..<lines {
        for cell in 0..<cells - lag {
          let at = line * lineStep + cell * step
          let difference = factor * (input[at + distance] - input[at])
          slope.start[at + distance] += difference
          slope.start[at] -= difference
        }
      }
    }
    return total
  }
}
