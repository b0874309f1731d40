import Foundation
import TonoAudio
import TonoCore

/// Sounds from formulas, the same as in `Scripts/reference/front_end_values.py`.
enum SyntheticSounds {
  static let names = ["tone", "chirp", "noise"]

  static func named(_ name: String, rate: Int, seconds: Double) -> Waveform {
    switch name {
    case "tone": tone(1000, rate: rate, seconds: seconds)
    case "chirp": chirp(rate: rate, seconds: seconds)
    default: noise(rate: rate, seconds: seconds)
    }
  }

  /// A sine of amplitude 0.5.
  static func tone(_ hertz: Double, rate: Int, seconds: Double) -> Waveform {
    fill(rate, seconds) { 0.5 * sin(2 * Double.pi * hertz * $0) }
  }

  /// A linear sweep from 100 Hz to 4 kHz within the length of the sound.
  static func chirp(rate: Int, seconds: Double) -> Waveform {
    fill(rate, seconds) {
      0.5 * sin(2 * Double.pi * (100 * $0 + (4000 - 100) / (2 * seconds) * $0 * $0))
    }
  }

  /// The linear congruential generator of Numerical Recipes, seed 1, in −0.5..<0.5.
  static func noise(rate: Int, seconds: Double) -> Waveform {
    var state: UInt32 = 1
    return fill(rate, seconds) { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return Double(state) / 4_294_967_296 - 0.5
    }
  }

  private static func fill(
    _ rate: Int, _ seconds: Double, _ value: (_ time: Double) -> Double
  ) -> Waveform {
    let count = Int(seconds * Double(rate))
    return Waveform(
      samples: (0..<count).map { Float(value(Double($0) / Double(rate))) }, sampleRate: rate)
  }
}
