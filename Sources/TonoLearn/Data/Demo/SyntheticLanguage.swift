import Foundation
import TonoAudio
import TonoCore

/// A made-up language: which vowels it has, how fast its syllables are, how it hisses and how its melody goes.
struct SyntheticLanguage: Sendable {
  /// What it is called.
  let name: String
  private let vowels: [Int]
  private let syllableSeconds: Float
  private let hiss: Float
  private let hissSeconds: Float
  /// In octaves over a syllable.
  private let glide: Float

  /// Three that differ in everything.
  static let all = [
    SyntheticLanguage(
      name: "synthetic_alpha", vowels: [0, 1, 2], syllableSeconds: 0.28, hiss: 2200,
      hissSeconds: 0.04, glide: -0.2),
    SyntheticLanguage(
      name: "synthetic_beta", vowels: [2, 3, 4], syllableSeconds: 0.2, hiss: 3400,
      hissSeconds: 0.08, glide: 0.25),
    SyntheticLanguage(
      name: "synthetic_gamma", vowels: [0, 4, 5], syllableSeconds: 0.14, hiss: 4600,
      hissSeconds: 0.02, glide: 0),
  ]

  /// Some sentence as a voice speaks it, and how it is written.
  func sentence(
    by voice: SyntheticVoice, using random: inout RandomSource
  ) -> (text: String, moments: [SyntheticVoice.Moment]) {
    let rate = Float(SoundGesture.rate)
    let seconds = Float.random(in: 1.4...1.9, using: &random)
    var (text, moments) = ([String](), [SyntheticVoice.Moment]())
    while Float(moments.count) < seconds * rate {
      let vowel = vowels.randomElement(using: &random) ?? 0
      text.append("s" + ["u", "o", "a", "æ", "e", "i"][vowel])
      let stress = Float.random(in: 0.6...1, using: &random)
      let fall = 1 - 0.2 * Float(moments.count) / (seconds * rate)
      let count = Int(syllableSeconds / voice.tempo * rate)
      let noisy = Int(hissSeconds / voice.tempo * rate)
      for index in 0..<count {
        let part = Float(index) / Float(count)
        let isNoisy = index < noisy
        moments.append(
          SyntheticVoice.Moment(
            pitch: voice.pitch * fall * exp2(glide * (part - 0.5)),
            level: isNoisy ? 0.4 : stress * sin(.pi * part), noise: isNoisy ? 1 : 0,
            hiss: hiss, formants: SyntheticVoice.vowels[vowel]))
      }
    }
    return (text.joined(separator: " "), moments)
  }
}
