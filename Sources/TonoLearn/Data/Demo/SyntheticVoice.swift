import Foundation
import TonoAudio
import TonoCore

/// A made-up voice: pulses of the glottis and noise through the resonances of a vocal tract.
///
/// It is a simulation, of which nothing follows for people.
struct SyntheticVoice: Sendable {
  /// What a voice does for a moment of `1 / SoundGesture.rate` seconds.
  struct Moment: Sendable {
    /// In Hz.
    var pitch: Float
    /// 0…1.
    var level: Float
    /// 0 is voiced, 1 is whispered or hissed.
    var noise: Float
    /// Where noise has its weight, in Hz.
    var hiss: Float
    /// The vowel's resonances, in Hz, for a tract of ordinary length.
    var formants: SIMD4<Float>
  }

  /// Vowels by their resonances in Hz, from dark to bright (after Peterson & Barney, 1952).
  static let vowels: [SIMD4<Float>] = [
    [300, 870, 2240, 3400], [570, 840, 2410, 3400], [730, 1090, 2440, 3400],
    [660, 1720, 2410, 3500], [530, 1840, 2480, 3500], [270, 2290, 3010, 3600],
  ]

  /// The middle of its range, in Hz.
  let pitch: Float
  /// How much higher its resonances are than ordinary ones.
  let tract: Float
  /// How breathy it is, 0…1.
  let breath: Float
  /// How fast it goes, against others.
  let tempo: Float

  /// Some voice.
  init(using random: inout RandomSource) {
    pitch = exp(Float.random(in: log(95)...log(240), using: &random))
    tract = Float.random(in: 0.88...1.15, using: &random)
    breath = Float.random(in: 0.02...0.15, using: &random)
    tempo = Float.random(in: 0.85...1.15, using: &random)
  }

  /// The sound of these moments.
  func sound(
    of moments: [Moment], at sampleRate: Int, using random: inout RandomSource
  ) -> Waveform {
    var tract = [Resonator](repeating: Resonator(), count: 4)
    var hiss = Resonator()
    var phase: Float = 0
    let samples = (0..<moments.count * sampleRate / SoundGesture.rate).map { index -> Float in
      let moment = moments[min(moments.count - 1, index * SoundGesture.rate / sampleRate)]
      let jitter = 1 + 0.02 * Float.random(in: -1...1, using: &random)
      phase += moment.pitch * jitter / Float(sampleRate)
      if phase >= 1 { phase -= 1 }
      // Rosenberg's pulse, whose slope is what excites the tract.
      let pulse = phase < 0.6 ? sin(.pi * phase / 0.6) * cos(.pi * phase / 0.6) : 0
      let noise = Float.random(in: -1...1, using: &random)
      let source = (1 - moment.noise) * pulse + breath * noise
      var voiced: Float = 0
      for formant in 0..<4 {
        let level = 1 / Float(1 + formant)
        voiced +=
          level
          * tract[formant].next(
            source, frequency: moment.formants[formant] * self.tract, bandwidth: 0.12,
            sampleRate: sampleRate)
      }
      let hissed = hiss.next(
        noise, frequency: moment.hiss, bandwidth: 0.4, sampleRate: sampleRate)
      return moment.level * ((1 - moment.noise) * voiced + 0.5 * moment.noise * hissed)
    }
    let room = samples.map { $0 + 0.001 * Float.random(in: -1...1, using: &random) }
    return Waveform(samples: room, sampleRate: sampleRate).leveled(to: 0.3)
  }

  /// What this voice makes of a gesture: in its own range and tempo, with the vowel nearest in brightness.
  func imitation(of gesture: SoundGesture, using random: inout RandomSource) -> [Moment] {
    let heard = gesture.moments.filter { $0.level > 0.05 }.map { log2($0.pitch) }
    let middle = heard.reduce(0, +) / Float(max(1, heard.count))
    let error = Float.random(in: -0.15...0.15, using: &random)
    let warp = tempo * Float.random(in: 0.9...1.1, using: &random)
    return (0..<Int(Float(gesture.moments.count) / warp)).map { index in
      let moment = gesture.moments[min(gesture.moments.count - 1, Int(Float(index) * warp))]
      let color = log2(moment.brightness / 900) / log2(5000 / 900)
      let vowel = min(Self.vowels.count - 1, max(0, Int(color * Float(Self.vowels.count))))
      // Octaves of the voice's own that are nearest to what was heard.
      let height = log2(moment.pitch) - middle + error + folded(middle)
      return Moment(
        pitch: exp2(height), level: moment.level, noise: moment.noise, hiss: moment.brightness,
        formants: Self.vowels[vowel])
    }
  }

  /// A height in octaves, moved by whole ones to within half of the voice's middle.
  private func folded(_ height: Float) -> Float {
    let distance = height - log2(pitch)
    return log2(pitch) + distance - distance.rounded()
  }
}
