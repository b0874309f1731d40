import Foundation
import TestSupport
import Testing
import TonoCore

@testable import TonoAudio

/// The battery of ways in which a sound is played elsewhere.
@Suite struct PlaybackTests {
  private func sound(seconds: Double = 1, sampleRate: Int = 16_000) -> Waveform {
    var random = TestRandom(5)
    let count = Int(seconds * Double(sampleRate))
    let noise = Tensor.random([count], using: &random).values
    return Waveform(
      samples: (0..<count).map { i in
        0.3 * sin(2 * .pi * 440 * Float(i) / Float(sampleRate)) + 0.02 * noise[i]
      }, sampleRate: sampleRate)
  }

  private func frontEnd() throws -> FrontEnd { try FrontEnd.named("tl-iminet/imitation") }

  private func distance(_ a: Waveform, _ b: Waveform) -> Float {
    let squares = zip(a.samples, b.samples).reduce(Float(0)) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    return (squares / Float(a.samples.count)).squareRoot()
  }

  @Test("a sound stays as long as it is, and the same", arguments: Playback.allCases)
  func length(_ way: Playback) throws {
    let (sound, frontEnd) = (sound(), try frontEnd())
    let played = try #require(try way.played(sound, before: frontEnd))
    #expect(played.samples.count == sound.samples.count && played.sampleRate == sound.sampleRate)
    #expect(played.samples.allSatisfy { $0.isFinite })
    #expect(played != sound)
    #expect(try way.played(sound, before: frontEnd) == played)
  }

  @Test("gains, delays and noise are those that are told")
  func numbers() throws {
    let (sound, frontEnd) = (sound(), try frontEnd())
    let quieter = try #require(try Playback.quieter.played(sound, before: frontEnd))
    #expect(quieter.samples == sound.samples.map { $0 / 2 })
    let later = try #require(try Playback.halfHop.played(sound, before: frontEnd))
    #expect(Array(later.samples.dropFirst(66)) == Array(sound.samples.dropLast(66)))
    #expect(later.samples.prefix(66).allSatisfy { $0 == 0 })
    let noisy = try #require(try Playback.noise.played(sound, before: frontEnd))
    let noise = 20 * log10(distance(noisy, sound) / sound.rootMeanSquare)
    #expect(abs(noise + 20) < 0.2, "\(noise) dB")
  }

  @Test("codecs lose little of a tone", arguments: LossyCodec.allCases, [16_000, 44_100])
  func codecs(_ codec: LossyCodec, _ sampleRate: Int) throws {
    let sound = sound(sampleRate: sampleRate)
    let played = try #require(try codec.played(sound))
    #expect(distance(played, sound) < Tolerance.lossy * sound.rootMeanSquare)
  }

  @Test("a rate that MP3 does not have is left out")
  func missingRate() throws {
    #expect(try LossyCodec.mp3.played(sound(sampleRate: 12_345)) == nil)
  }

  @Test("a room is convolution with its response, whose energy is 1")
  func room() {
    let response = Playback.room(sampleRate: 800)
    #expect(abs(response.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
    var random = TestRandom(6)
    let sound = Waveform(samples: Tensor.random([500], using: &random).values, sampleRate: 800)
    let played = sound.convolved(with: response)
    for i in stride(from: 0, to: 500, by: 37) {
      let sum = (0...i).reduce(0.0) {
        $1 < response.count ? $0 + Double(response[$1]) * Double(sound.samples[i - $1]) : $0
      }
      #expect(abs(Double(played.samples[i]) - sum) < 1e-5)
    }
  }

  /// Computed by `Random` of Benchmarks/peers/played_elsewhere.py.
  @Test("the random numbers are those of the script for everyone")
  func randomNumbers() {
    var random = RandomSource(seed: 1, text: "noise")
    let numbers = (0..<4).map { _ in random.normal() }
    for (number, expected) in zip(
      numbers, [1.1048732, 0.9527350, -0.1823791, 0.4638605] as [Float])
    {
      #expect(abs(number - expected) < 1e-6)
    }
  }
}
