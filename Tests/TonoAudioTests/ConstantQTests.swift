import Foundation
import TestSupport
import Testing
import TonoCore
import TonoNetwork

@testable import TonoAudio

/// The constant-Q transform against librosa's numbers (`Scripts/reference/constant_q_values.py`),
/// and what must hold for any sound.
struct ConstantQTests {
  static let names = ["voice", "music", "low", "coarse"]

  private static func named(_ name: String) throws -> ConstantQ {
    switch name {
    case "voice": try ConstantQ(sampleRate: 16_000, hop: 512, lowestFrequency: 50, bins: 72)
    case "music": try ConstantQ(sampleRate: 44_100, hop: 512, lowestFrequency: 32.7, bins: 84)
    case "low": try ConstantQ(sampleRate: 16_000, hop: 512, lowestFrequency: 50, bins: 40)
    default:
      try ConstantQ(
        sampleRate: 16_000, hop: 420, lowestFrequency: 50, bins: 100, binsPerOctave: 18,
        filterScale: 0.8, sparsity: 0.03)
    }
  }

  @Test(arguments: names, SyntheticSounds.names)
  func agreesWithLibrosa(name: String, soundName: String) throws {
    let constantQ = try Self.named(name)
    let sound = SyntheticSounds.named(soundName, rate: constantQ.sampleRate, seconds: 2)
    let expected = try #require(
      ReferenceArrays.committed("constant_q")["\(name)/\(soundName)"])
    let frameStride = 16

    let spectrogram = try constantQ.spectrogram(of: sound)
    let frames = Array(stride(from: 0, to: spectrogram.frames, by: frameStride))
    let kept = Tensor(
      shape: [constantQ.bins, frames.count, 2],
      values: (0..<constantQ.bins).flatMap { bin in
        frames.flatMap { frame in
          let value = spectrogram.values[frame * constantQ.bins + bin]
          return [value.x, value.y]
        }
      })
    let deviation = Deviation(of: kept, from: expected)
    #expect(deviation.relative < Tolerance.constantQ, "\(deviation)")

    let magnitudes = try constantQ.magnitudes(of: sound).columns(every: frameStride)
    let expectedMagnitudes = Tensor(
      shape: magnitudes.shape,
      values: stride(from: 0, to: expected.count, by: 2).map {
        hypot(expected.values[$0], expected.values[$0 + 1])
      })
    let difference = Deviation(of: magnitudes, from: expectedMagnitudes)
    #expect(difference.relative < Tolerance.constantQ, "\(difference)")
  }

  @Test(arguments: names)
  func toneIsLoudestInItsBin(name: String) throws {
    let constantQ = try Self.named(name)
    for bin in stride(from: 0, to: constantQ.bins, by: 7) {
      let sound = SyntheticSounds.tone(
        constantQ.frequencies[bin], rate: constantQ.sampleRate, seconds: 1)
      let magnitudes = try constantQ.magnitudes(of: sound)
      let middle = magnitudes.shape[1] / 2
      let column = (0..<constantQ.bins).map { magnitudes.values[$0 * magnitudes.shape[1] + middle] }
      #expect(column.indices.max { column[$0] < column[$1] } == bin)
    }
  }

  @Test(arguments: names)
  func isLinear(name: String) throws {
    let constantQ = try Self.named(name)
    let noise = SyntheticSounds.noise(rate: constantQ.sampleRate, seconds: 1)
    let tone = SyntheticSounds.tone(440, rate: constantQ.sampleRate, seconds: 1)
    let mixed = Waveform(
      samples: zip(noise.samples, tone.samples).map { 2 * $0 - 3 * $1 },
      sampleRate: constantQ.sampleRate)
    let (a, b) = (try constantQ.spectrogram(of: noise), try constantQ.spectrogram(of: tone))
    let sum = try constantQ.spectrogram(of: mixed)
    let largest = sum.values.map { ($0 * $0).sum().squareRoot() }.max() ?? 0
    for i in sum.values.indices {
      let difference = sum.values[i] - (2 * a.values[i] - 3 * b.values[i])
      #expect(max(abs(difference.x), abs(difference.y)) < largest * Tolerance.spectrum)
    }
  }

  @Test(arguments: names)
  func silenceGivesZeros(name: String) throws {
    let constantQ = try Self.named(name)
    let silence = Waveform(
      samples: [Float](repeating: 0, count: 20_000), sampleRate: constantQ.sampleRate)
    #expect(try constantQ.magnitudes(of: silence).values.allSatisfy { $0 == 0 })
  }

  /// Numbers of frames by `librosa.cqt`: at the full rate, and lowered to an eighth at once.
  @Test(
    arguments: [
      ("voice", 16_383, 32), ("voice", 16_384, 33), ("low", 16_376, 32), ("low", 16_377, 33),
      ("low", 8, 1), ("voice", 1, 1), ("coarse", 2100, 6),
    ])
  func countsFramesAsLibrosa(name: String, count: Int, frames: Int) throws {
    let constantQ = try Self.named(name)
    let sound = Waveform(
      samples: [Float](repeating: 0.5, count: count), sampleRate: constantQ.sampleRate)
    let magnitudes = try constantQ.magnitudes(of: sound)
    #expect(constantQ.frameCount(forSamples: count) == frames)
    #expect(magnitudes.shape == [constantQ.bins, frames])
    #expect(magnitudes.values.allSatisfy { $0.isFinite })
  }

  @Test func resamplesOtherRates() throws {
    let constantQ = try Self.named("voice")
    let sound = SyntheticSounds.chirp(rate: 44_100, seconds: 1)
    #expect(
      try constantQ.spectrogram(of: sound)
        == constantQ.spectrogram(of: sound.resampled(to: constantQ.sampleRate)))
  }

  @Test func sameBitsOnManyThreads() throws {
    let constantQ = try Self.named("voice")
    let noise = SyntheticSounds.noise(rate: 16_000, seconds: 0.5)
    let expected = try constantQ.spectrogram(of: noise)
    let agreeing = Counter()
    DispatchQueue.concurrentPerform(iterations: 16) { _ in
      if (try? constantQ.spectrogram(of: noise)) == expected { agreeing.increment() }
    }
    #expect(agreeing.count == 16)
  }

  @Test func errorsSaySo() throws {
    func message(
      rate: Int = 16_000, hop: Int = 512, lowest: Double = 50, bins: Int = 72, perOctave: Int = 12,
      scale: Double = 1, sparsity: Double = 0.01
    ) -> String {
      let error = #expect(throws: InputError.self) {
        try ConstantQ(
          sampleRate: rate, hop: hop, lowestFrequency: lowest, bins: bins, binsPerOctave: perOctave,
          filterScale: scale, sparsity: sparsity)
      }
      return error?.description ?? ""
    }
    #expect(message(rate: 0).contains("sample rate of 0 Hz"))
    #expect(message(hop: 0).contains("hop 0"))
    #expect(message(lowest: .nan).contains("nan Hz"))
    #expect(message(bins: 0).contains("0 bins"))
    #expect(message(perOctave: -1).contains("-1 per octave"))
    #expect(message(scale: 0).contains("filter scale 0"))
    #expect(message(sparsity: 1).contains("sparsity 1"))
    #expect(message(bins: 89).contains("use fewer bins"))
    #expect(message(lowest: .infinity).contains("use fewer bins"))
    #expect(message(bins: .max).contains("use fewer bins"))
    #expect(message(bins: .max, perOctave: .max).contains("samples long"))
    #expect(message(lowest: 1490, bins: 1, scale: 0.01).contains("change the filter scale"))
    #expect(message(hop: 511, lowest: 1e-6).contains("a hop that can be halved more often"))

    let low = try Self.named("low")
    for samples in [[], [0.5], [0.5, .nan, 0, 0, 0], [.infinity, 0, 0, 0, 0]] as [[Float]] {
      #expect(throws: InputError.self) {
        try low.magnitudes(of: Waveform(samples: samples, sampleRate: 16_000))
      }
    }
  }
}
