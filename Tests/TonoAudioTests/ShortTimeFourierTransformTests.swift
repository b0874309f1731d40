import Foundation
import TestSupport
import Testing
import TonoCore
import TonoNetwork

@testable import TonoAudio

struct ShortTimeFourierTransformTests {
  /// fftSize, windowLength, hop: even and odd, dense enough to be inverted.
  static let lengths = [
    (133, 133, 33), (1024, 1024, 256), (256, 200, 64), (33, 33, 8), (7, 5, 2), (101, 101, 50),
    (512, 512, 127),
  ]

  private let noise = SyntheticSounds.noise(rate: 8000, seconds: 0.4).samples

  @Test(arguments: [(133, 133, 33), (256, 200, 64), (33, 33, 8)])
  func agreesWithLibrosa(fftSize: Int, windowLength: Int, hop: Int) throws {
    let reference = try ReferenceArrays.committed()
    let expected = try #require(reference["stft/\(fftSize)-\(windowLength)-\(hop)"])
    let samples = SyntheticSounds.noise(rate: 8000, seconds: 0.1).samples
    let transform = ShortTimeFourierTransform<Float>(
      fftSize: fftSize, windowLength: windowLength, hop: hop)
    let spectrogram = transform.spectrogram(of: samples)
    for bin in 0..<transform.bins {
      for frame in 0..<6 {
        let value = spectrogram.values[frame * transform.bins + bin]
        let index = (bin * 6 + frame) * 2
        #expect(abs(value.x - expected.values[index]) < Tolerance.spectrum)
        #expect(abs(value.y - expected.values[index + 1]) < Tolerance.spectrum)
      }
    }
  }

  @Test(arguments: lengths)
  func inverseUndoesForward(fftSize: Int, windowLength: Int, hop: Int) {
    let transform = ShortTimeFourierTransform<Float>(
      fftSize: fftSize, windowLength: windowLength, hop: hop)
    let back = transform.samples(of: transform.spectrogram(of: noise), count: noise.count)
    #expect(back.count == noise.count)
    // The last frame may end before the sound does.
    let reached = (transform.frameCount(forSamples: noise.count) - 1) * hop
    let error = zip(noise, back).prefix(reached).map { abs($0 - $1) }.max() ?? 1
    #expect(error < Tolerance.roundTrip)
  }

  @Test func isLinear() {
    let transform = ShortTimeFourierTransform<Float>(fftSize: 133, windowLength: 133, hop: 33)
    let tone = SyntheticSounds.tone(700, rate: 8000, seconds: 0.4).samples
    let mixed = zip(noise, tone).map { 2 * $0 - 3 * $1 }
    let (a, b) = (transform.spectrogram(of: noise), transform.spectrogram(of: tone))
    let sum = transform.spectrogram(of: mixed)
    for i in sum.values.indices {
      let difference = sum.values[i] - (2 * a.values[i] - 3 * b.values[i])
      #expect(max(abs(difference.x), abs(difference.y)) < 5 * Tolerance.spectrum)
    }
  }

  /// Parseval: Σ |X|² over all fftSize bins = fftSize · Σ (window · x)².
  @Test(arguments: [133, 128])
  func keepsEnergy(fftSize: Int) {
    let transform = ShortTimeFourierTransform<Double>(
      fftSize: fftSize, windowLength: fftSize, hop: fftSize)
    let frames = 10
    let spectrogram = transform.spectrogram(of: noise)
    for frame in 1..<frames {
      var energy = 0.0
      for bin in 0..<transform.bins {
        let isUnpaired = bin == 0 || 2 * bin == fftSize
        let value = spectrogram.values[frame * transform.bins + bin]
        energy += Double((value * value).sum()) * (isUnpaired ? 1 : 2)
      }
      let start = frame * fftSize - fftSize / 2
      let expected = (0..<fftSize).reduce(0.0) {
        let sample = transform.window[$1] * Double(noise[start + $1])
        return $0 + Double(fftSize) * sample * sample
      }
      #expect(abs(energy - expected) < expected * Tolerance.sum)
    }
  }

  @Test func countsFramesAsLibrosa() {
    let odd = ShortTimeFourierTransform<Float>(fftSize: 133, windowLength: 133, hop: 133)
    let even = ShortTimeFourierTransform<Float>(fftSize: 1024, windowLength: 1024, hop: 1024)
    #expect(odd.frameCount(forSamples: 64_000) == 482)
    #expect(even.frameCount(forSamples: 176_400) == 173)
    #expect(odd.frameCount(forSamples: 0) == 0)
    #expect(even.frameCount(forSamples: 0) == 1)
  }

  @Test func sameBitsOnManyThreads() {
    let expected = ShortTimeFourierTransform<Float>(fftSize: 133, windowLength: 133, hop: 33)
      .spectrogram(of: noise)
    let agreeing = Counter()
    DispatchQueue.concurrentPerform(iterations: 16) { _ in
      let transform = ShortTimeFourierTransform<Float>(fftSize: 133, windowLength: 133, hop: 33)
      if transform.spectrogram(of: noise) == expected { agreeing.increment() }
    }
    #expect(agreeing.count == 16)
  }
}
