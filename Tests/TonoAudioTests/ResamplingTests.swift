import Foundation
import TestSupport
import Testing
import TonoCore

@testable import TonoAudio

struct ResamplingTests {
  @Test(arguments: [(22_050, 44_100), (44_100, 16_000), (48_000, 44_100), (16_000, 44_100)])
  func lengthIsRoundedUp(from: Int, to: Int) throws {
    for count in [1, 2, 1001, 4567] {
      let sound = Waveform(samples: [Float](repeating: 0.1, count: count), sampleRate: from)
      let expected = Int((Double(count) * Double(to) / Double(from)).rounded(.up))
      let resampled = try sound.resampled(to: to)
      #expect(resampled.samples.count == expected)
      #expect(resampled.sampleRate == to)
    }
  }

  @Test(arguments: [(22_050, 44_100), (44_100, 16_000)])
  func toneStaysItself(from: Int, to: Int) throws {
    let resampled = try SyntheticSounds.tone(1000, rate: from, seconds: 1).resampled(to: to)
    let direct = SyntheticSounds.tone(1000, rate: to, seconds: 1)
    let middle = to / 10..<to * 9 / 10
    let error = middle.map { abs(resampled.samples[$0] - direct.samples[$0]) }.max() ?? 1
    #expect(error < 1e-4)
  }

  @Test func toneAboveTheNewRangeIsRemoved() throws {
    let high = SyntheticSounds.tone(12_000, rate: 44_100, seconds: 1)
    let middle = try high.resampled(to: 16_000).samples[1600..<14_400]
    #expect(middle.allSatisfy { abs($0) < 1e-4 })
  }

  @Test func sameRateAndEmptySoundsAreUntouched() throws {
    let sound = SyntheticSounds.noise(rate: 8000, seconds: 0.1)
    #expect(try sound.resampled(to: 8000) == sound)
    #expect(try Waveform(samples: [], sampleRate: 8000).resampled(to: 16_000).samples.isEmpty)
  }
}
