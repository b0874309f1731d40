import Foundation
import TestSupport
import Testing
import TonoCore

@testable import TonoAudio

@Suite struct LoudnessTests {
  @Test("a full-scale sine at 997 Hz in one channel is at −3.01 LUFS (ITU-R BS.1770-4)")
  func sine() throws {
    let samples = (0..<144_000).map { Float(sin(2 * Double.pi * 997 * Double($0) / 48_000)) }
    let loudness = try Loudness(of: Waveform(samples: samples, sampleRate: 48_000))
    #expect(abs(try #require(loudness.integrated) + 3.01) < 0.05)
    #expect(abs(try #require(loudness.truePeak)) < 0.05)
  }

  @Test("the true peak lies between samples", arguments: [44_100, 16_000])
  func truePeak(_ rate: Int) throws {
    // A quarter of the rate, sampled at ±45°: samples reach 0.707, the sound reaches 1.
    let samples = (0..<rate).map { Float(sin(Double.pi * (Double($0) / 2 + 0.25))) }
    let loudness = try Loudness(of: Waveform(samples: samples, sampleRate: rate))
    #expect(abs(try #require(loudness.truePeak)) < 0.5)
  }

  @Test("normalizing reaches the loudness, or the peak that comes first")
  func normalizing() throws {
    let noise = SyntheticSounds.noise(rate: 44_100, seconds: 2)
    let quiet = try noise.normalized(toLoudness: -30, truePeak: -1)
    #expect(abs(try #require(Loudness(of: quiet).integrated) + 30) < 0.05)
    let loud = try noise.normalized(toLoudness: 0, truePeak: -1)
    #expect(abs(try #require(Loudness(of: loud).truePeak) + 1) < 0.05)
    let click = Waveform(samples: [0, 0.1, 0], sampleRate: 16_000)
    #expect(
      try #require(Loudness(of: click.normalized(toLoudness: -23, truePeak: -1)).truePeak) < -0.9)
    let silence = Waveform(samples: [0, 0, 0], sampleRate: 16_000)
    #expect(try silence.normalized(toLoudness: -23, truePeak: -1) == silence)
  }
}
