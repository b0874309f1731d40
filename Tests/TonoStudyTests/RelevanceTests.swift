import Foundation
import TestSupport
import Testing
import TonoAudio
import TonoCore

@testable import TonoStudy

/// What a score rests on, and what is heard of it.
@Suite struct RelevanceTests {
  private static let frontEnd = FrontEnd(
    name: "test", sampleRate: 8000, seconds: 1, fftSize: 256, hop: 256, bands: 16, frames: 31,
    highestFrequency: 4000, typicalMean: -50, typicalDeviation: 20)

  private static func cells(_ value: (_ band: Int, _ frame: Int) -> Float) -> Tensor {
    Tensor(
      shape: [1, 16, 31], values: (0..<16 * 31).map { value($0 / 31, $0 % 31) })
  }

  @Test("the part is where gradient and input agree")
  func part() throws {
    let input = Self.cells { band, frame in
      (4..<8).contains(band) && (10..<20).contains(frame) ? 2 : 0.05
    }
    let gradient = Self.cells { band, _ in band < 12 ? 1 : -5 }
    let relevance = Relevance(input: input, gradient: gradient, frontEnd: Self.frontEnd)
    let part = try #require(relevance.part)
    #expect(part.bands == 4..<8 && (9...10).contains(part.frames.count))
    #expect(part.frames.lowerBound >= 10 && part.frames.upperBound <= 20)
    #expect(part.share > 0.6 && part.share <= 1)
    #expect(part.hertz.lowerBound < part.hertz.upperBound)
    #expect(abs(part.seconds.lowerBound - Double(part.frames.lowerBound) * 0.032) < 0.02)
    let none = Relevance(
      input: input, gradient: Self.cells { _, _ in -1 }, frontEnd: Self.frontEnd)
    #expect(none.part == nil && none.gains.values.allSatisfy { $0 == 0 })
  }

  @Test("gains turn down what lies elsewhere, in time and in frequency")
  func gains() throws {
    let tones = [500.0, 2500].map { (hertz: Double) -> [Float] in
      (0..<8000).map { (index: Int) -> Float in
        let phase: Double = 2 * Double.pi * hertz * Double(index) / 8000
        return Float(0.3 * sin(phase))
      }
    }
    let sound = Waveform(samples: zip(tones[0], tones[1]).map(+), sampleRate: 8000)
    let middle = Int(Self.frontEnd.bandPosition(of: 1200).rounded())
    let gains = Tensor(
      shape: [16, 31],
      values: (0..<16 * 31).map { $0 / 31 < middle && $0 % 31 < 15 ? 1 : 0 })
    let masked = try Self.frontEnd.applying(gains: gains, to: sound)
    #expect(masked.sampleRate == 8000)
    func level(_ hertz: Double, _ range: Range<Int>) -> Float {
      var (a, b): (Float, Float) = (0, 0)
      for index in range {
        let phase = 2 * Double.pi * hertz * Double(index) / 8000
        a += masked.samples[index] * Float(cos(phase))
        b += masked.samples[index] * Float(sin(phase))
      }
      return 2 * (a * a + b * b).squareRoot() / Float(range.count)
    }
    #expect(abs(level(500, 800..<3200) - 0.3) < 0.01)
    #expect(level(2500, 800..<3200) < 0.003)
    #expect(level(500, 5000..<7000) < 0.003)
    let all = try Self.frontEnd.applying(
      gains: Tensor(shape: [16, 31], repeating: 1), to: sound)
    for index in stride(from: 300, to: 7500, by: 171) {
      #expect(abs(all.samples[index] - sound.samples[index]) < 0.01)
    }
  }
}
