import Foundation
import TonoAudio
import TonoCore

/// How a made-up sound goes: contours with `rate` values a second.
///
/// A recording and its imitations are the same gesture, played by different instruments.
struct SoundGesture: Sendable {
  /// What one moment of it is.
  struct Moment: Sendable {
    /// In Hz.
    var pitch: Float
    /// 0…1.
    var level: Float
    /// 0 is a tone, 1 is noise.
    var noise: Float
    /// Where its spectrum has its weight, in Hz.
    var brightness: Float
  }

  /// Kinds of gestures that are told apart by ear.
  enum Kind: String, CaseIterable, Sendable {
    /// Up and down, again and again.
    case siren
    /// One steady tone.
    case drone
    /// Short rises.
    case chirps
    /// Tones that die away.
    case bells
    /// Short bursts of noise.
    case clicks
    /// Noise that swells.
    case hiss

    /// The group of kinds that it belongs to.
    var category: String {
      switch self {
      case .siren, .drone, .chirps: "synthetic_tones"
      case .bells, .clicks, .hiss: "synthetic_noises"
      }
    }
  }

  /// The number of moments in a second.
  static let rate = 100

  /// The moments, in order.
  var moments: [Moment]

  /// A gesture of a kind; each has a pitch, a speed and a colour of its own.
  static func make(_ kind: Kind, using random: inout RandomSource) -> SoundGesture {
    let seconds = Float.random(in: 1.2...1.8, using: &random)
    let pitch = exp(Float.random(in: log(180)...log(900), using: &random))
    let speed = Float.random(in: 1.5...6, using: &random)
    let brightness = exp(Float.random(in: log(900)...log(5000), using: &random))
    let depth = Float.random(in: 0.2...0.9, using: &random)
    let count = Int(seconds * Float(rate))
    let moments = (0..<count).map { index -> Moment in
      let time = Float(index) / Float(rate)
      let beat = (time * speed).truncatingRemainder(dividingBy: 1)
      let fade = min(1, 20 * min(time, seconds - time))
      switch kind {
      case .siren:
        let turn = sin(2 * .pi * time * speed / 2)
        return Moment(
          pitch: pitch * exp2(depth * turn), level: fade, noise: 0.05, brightness: brightness)
      case .drone:
        return Moment(
          pitch: pitch / 2 * (1 + 0.01 * sin(2 * .pi * 5 * time)), level: fade, noise: 0.1,
          brightness: brightness)
      case .chirps:
        return Moment(
          pitch: pitch * exp2(2 * depth * beat), level: fade * (beat < 0.6 ? 1 : 0), noise: 0.05,
          brightness: brightness)
      case .bells:
        return Moment(
          pitch: pitch * 1.5, level: fade * exp(-5 * beat), noise: 0.15 * exp(-20 * beat),
          brightness: brightness)
      case .clicks:
        return Moment(
          pitch: pitch, level: fade * exp(-25 * beat), noise: 0.95, brightness: brightness)
      case .hiss:
        return Moment(
          pitch: pitch, level: fade * (1 - depth * (0.5 + 0.5 * cos(2 * .pi * beat))), noise: 1,
          brightness: brightness)
      }
    }
    return SoundGesture(moments: moments)
  }

  /// The moment at a sample of a sound.
  func moment(ofSample sample: Int, at sampleRate: Int) -> Moment {
    moments[min(moments.count - 1, sample * Self.rate / sampleRate)]
  }

  /// The same gesture by an instrument of many partials and a band of noise.
  ///
  /// - Complexity: O(samples · partials).
  func played(at sampleRate: Int, using random: inout RandomSource) -> Waveform {
    let partials = (1...12).map { _ in Float.random(in: 0.4...1, using: &random) }
    let stretch = Float.random(in: 1...1.06, using: &random)
    var resonator = Resonator()
    var phase: Float = 0
    let samples = (0..<moments.count * sampleRate / Self.rate).map { index -> Float in
      let moment = moment(ofSample: index, at: sampleRate)
      phase += moment.pitch / Float(sampleRate)
      if phase > 1024 { phase -= 1024 }
      var tone: Float = 0
      for (number, partial) in partials.enumerated() {
        let ratio = Float(number + 1) * (number == 0 ? 1 : stretch)
        let frequency = ratio * moment.pitch
        guard frequency < 0.45 * Float(sampleRate) else { break }
        let weight =
          partial / (1 + (frequency / moment.brightness) * (frequency / moment.brightness))
        tone += weight * sin(2 * .pi * (phase * ratio).truncatingRemainder(dividingBy: 1))
      }
      let hiss = resonator.next(
        .random(in: -1...1, using: &random), frequency: moment.brightness, bandwidth: 0.5,
        sampleRate: sampleRate)
      return moment.level * ((1 - moment.noise) * tone + moment.noise * hiss)
    }
    return Waveform(samples: samples, sampleRate: sampleRate).leveled(to: 0.5)
  }
}

/// A resonance of two poles, whose peak has about the level of what goes in.
struct Resonator {
  private var (last, secondLast): (Float, Float) = (0, 0)

  /// The next sample; `bandwidth` is a share of the frequency.
  mutating func next(
    _ input: Float, frequency: Float, bandwidth: Float, sampleRate: Int
  ) -> Float {
    let angle = 2 * Float.pi * min(frequency, 0.45 * Float(sampleRate)) / Float(sampleRate)
    let radius = exp(-angle * bandwidth / 2)
    let gain = (1 - radius) * 2
    let output = gain * input + 2 * radius * cos(angle) * last - radius * radius * secondLast
    (last, secondLast) = (output, last)
    return output
  }
}

extension Waveform {
  /// The same sound with this peak; silence stays silent.
  func leveled(to peak: Float) -> Waveform {
    let scale = self.peak > 0 ? peak / self.peak : 0
    return Waveform(samples: samples.map { $0 * scale }, sampleRate: sampleRate)
  }
}
