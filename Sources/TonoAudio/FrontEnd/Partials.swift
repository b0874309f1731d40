import Foundation
import TonoCore

/// A constant-Q pattern as a sum of sinusoids: one at each band's frequency, as loud as the band says.
///
/// Frames of a constant-Q transform have no inverse that is exact at a wide hop, and its filters overlap;
/// this sound has the pattern's energy where it belongs, and is what `Refinement` starts from.
struct Partials {
  /// What the phases are drawn from.
  let seed: UInt64

  /// The samples of a pattern, `patternSampleCount` of them.
  ///
  /// - Parameters:
  ///   - pattern: in network units.
  ///   - frontEnd: a valid one with constant-Q filters.
  /// - Returns: samples at the front end's rate.
  func sound(of pattern: Tensor, _ frontEnd: FrontEnd) -> [Float] {
    let values = frontEnd.bandValues(ofLevels: frontEnd.levels(ofPattern: pattern)).values
    let (frames, count) = (frontEnd.frames, frontEnd.patternSampleCount)
    var random = SplitMix64(seed: seed)
    var sound = [Float](repeating: 0, count: count)
    let longest = Double(frontEnd.frameLength)
    for (band, hertz) in frontEnd.bandCentres.enumerated() {
      // A tone of amplitude 1 gives half the root of the filter's length.
      let length = longest * frontEnd.lowestFrequency / hertz
      let scale = 2 / Float(length.squareRoot())
      let envelope = (0..<frames).map { frame in
        log(values[band * frames + frame]) / frontEnd.spectrum.exponent
      }
      let step = 2 * Double.pi * hertz / Double(frontEnd.sampleRate)
      let start = 2 * Double.pi * Double.random(in: 0..<1, using: &random)
      for i in 0..<count {
        let position = Float(i) / Float(frontEnd.hop)
        let before = min(Int(position), frames - 1)
        let share = position - Float(before)
        let level = (1 - share) * envelope[before] + share * envelope[min(before + 1, frames - 1)]
        sound[i] += scale * exp(level) * Float(cos(start + step * Double(i)))
      }
    }
    return sound
  }
}
