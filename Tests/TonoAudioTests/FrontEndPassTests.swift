import Foundation
import TestSupport
import Testing
import TonoCore
import TonoNetwork

@testable import TonoAudio

/// The front end with its adjoint: the same features, and the true gradient back to the samples.
@Suite struct FrontEndPassTests {
  /// Small front ends of odd sizes: overlapping frames, none, an odd transform, a short window, frames
  /// beyond the sound's end, decibels as they are.
  static let frontEnds: [FrontEnd] = {
    func frontEnd(
      _ name: String, fft: Int, hop: Int, frames: Int, _ change: (inout FrontEnd) -> Void = { _ in }
    ) -> FrontEnd {
      var frontEnd = FrontEnd(
        name: name, sampleRate: 8000, seconds: 0.1, fftSize: fft, hop: hop, bands: 12,
        frames: frames, highestFrequency: 4000, typicalMean: -40, typicalDeviation: 20)
      change(&frontEnd)
      return frontEnd
    }
    return [
      frontEnd("overlap", fft: 128, hop: 32, frames: 20),
      frontEnd("no overlap", fft: 64, hop: 64, frames: 12),
      frontEnd("odd", fft: 63, hop: 50, frames: 10),
      frontEnd("short window", fft: 100, hop: 40, frames: 15) { $0.windowLength = 60 },
      frontEnd("decibels", fft: 64, hop: 32, frames: 18) { $0.normalization = .none },
      frontEnd("mirrored", fft: 64, hop: 24, frames: 30) {
        $0.padding = .reflect
        $0.window = .hamming
      },
      frontEnd("continued", fft: 65, hop: 30, frames: 27) {
        $0.padding = .edge
        $0.window = .blackman
      },
      frontEnd("not centred", fft: 64, hop: 32, frames: 20) {
        $0.padding = .none
        $0.window = .rectangular
      },
      frontEnd("narrow range", fft: 64, hop: 32, frames: 18) { $0.dynamicRange = 12 },
      frontEnd("frames first", fft: 64, hop: 32, frames: 18) { $0.axes = .framesBands },
      frontEnd("windows", fft: 64, hop: 32, frames: 20) {
        $0.windowLength = 50
        $0.padding = .windows
        $0.melSlopes = .mel
      },
      frontEnd("amplitudes", fft: 64, hop: 32, frames: 18) {
        $0.spectrum = .amplitude
        $0.logarithm = .amplitudeDecibels
      },
      frontEnd("floor of a fixed reference", fft: 64, hop: 32, frames: 18) {
        $0.reference = .value(0.5)
        $0.dynamicRange = 15
        $0.normalization = .none
      },
      frontEnd("offset", fft: 64, hop: 32, frames: 18) {
        $0.spectrum = .amplitude
        $0.logarithm = .natural
        (($0.gain, $0.offset), $0.reference) = ((3, 0.1), .value(1))
        $0.dynamicRange = nil
        $0.normalization = .fixed(
          mean: (0..<12).map { Float($0) / 10 }, deviation: (0..<12).map { 1 + Float($0) / 10 })
      },
      frontEnd("no logarithm", fft: 64, hop: 32, frames: 18) {
        $0.logarithm = .none
        $0.dynamicRange = nil
      },
      frontEnd("linear", fft: 64, hop: 32, frames: 18) {
        $0.filters = .linear
        $0.lowestFrequency = 500
        $0.logarithm = .log10
        $0.normalization = .fixed(mean: [1], deviation: [2])
      },
      frontEnd("constant Q", fft: 0, hop: 32, frames: 20) {
        $0.filters = .constantQ
        ($0.lowestFrequency, $0.bands, $0.binsPerOctave) = (500, 26, 10)
      },
      frontEnd("constant Q, odd hop", fft: 0, hop: 45, frames: 16) {
        $0.filters = .constantQ
        ($0.lowestFrequency, $0.bands, $0.binsPerOctave) = (700, 14, 12)
        $0.spectrum = .amplitude
        $0.axes = .framesBands
      },
    ]
  }()

  private func noise(_ count: Int, _ seed: UInt64 = 5) -> [Double] {
    var random = TestRandom(seed)
    return Tensor.random([count], using: &random).values.map(Double.init)
  }

  @Test("the features are those of FrontEnd.features", arguments: frontEnds + FrontEnd.all)
  func features(_ frontEnd: FrontEnd) throws {
    let count = frontEnd.patternSampleCount
    let samples = noise(count).map(Float.init)
    let expected = try frontEnd.features(
      of: Waveform(samples: samples, sampleRate: frontEnd.sampleRate))
    var features = [Float](repeating: 0, count: expected.count)
    let pass = DifferentiableFrontEnd(frontEnd)
    pass.samples.update(from: samples, count: count)
    pass.features(into: &features)
    let difference = zip(features, expected.values).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
    #expect(difference < Tolerance.singlePrecisionLevels, "\(difference)")
  }

  @Test("the adjoint in single precision is that in double", arguments: frontEnds + FrontEnd.all)
  func singlePrecisionAdjoint(_ frontEnd: FrontEnd) {
    let count = frontEnd.patternSampleCount
    let (samples, weights) = (noise(count), noise(frontEnd.inputShape.count, 6))
    let exact = FrontEndPass(frontEnd, sampleCount: count)
    var features = weights
    exact.features(of: samples, into: &features)
    var expected = samples
    exact.pullBack(weights, into: &expected)

    let pass = DifferentiableFrontEnd(frontEnd)
    pass.samples.update(from: samples.map(Float.init), count: count)
    var singleFeatures = weights.map(Float.init)
    pass.features(into: &singleFeatures)
    // Twice, to see that nothing is left of the first time.
    for _ in 0..<2 { pass.pullBack(weights.map(Float.init)) }
    let difference = (0..<count).reduce(0.0) {
      let difference = Double(pass.dSamples[$1]) - expected[$1]
      return $0 + difference * difference
    }
    let length = expected.reduce(0) { $0 + $1 * $1 }
    #expect(
      (difference / length).squareRoot() < Tolerance.singlePrecisionAdjoint,
      "\((difference / length).squareRoot())")
  }

  @Test("the adjoint agrees with finite differences in double precision", arguments: frontEnds)
  func adjoint(_ frontEnd: FrontEnd) {
    let count = frontEnd.patternSampleCount
    let pass = FrontEndPass(frontEnd, sampleCount: count)
    let samples = noise(count)
    let weights = noise(frontEnd.inputShape.count, 6)
    func value(_ samples: [Double]) -> Double {
      var features = weights
      pass.features(of: samples, into: &features)
      return zip(features, weights).reduce(0) { $0 + $1.0 * $1.1 }
    }
    _ = value(samples)
    var gradient = samples
    pass.pullBack(weights, into: &gradient)
    for seed in 0..<4 {
      let direction = noise(count, 10 + UInt64(seed))
      let step = 1e-7
      let slope =
        (value(zip(samples, direction).map { $0 + step * $1 })
          - value(zip(samples, direction).map { $0 - step * $1 })) / (2 * step)
      let expected = zip(gradient, direction).reduce(0) { $0 + $1.0 * $1.1 }
      #expect(
        abs(slope - expected) < Tolerance.doubleDifference * max(1, abs(slope)),
        "\(slope), \(expected)")
    }
  }

  @Test(
    "loudness has no gradient where features do not know it",
    arguments: frontEnds.filter { !$0.hearsLoudness })
  func loudness(_ frontEnd: FrontEnd) {
    let count = frontEnd.patternSampleCount
    let pass = FrontEndPass(frontEnd, sampleCount: count)
    let samples = noise(count)
    var features = [Double](repeating: 0, count: frontEnd.inputShape.count)
    pass.features(of: samples, into: &features)
    var gradient = samples
    pass.pullBack(noise(features.count, 8), into: &gradient)
    let along = zip(gradient, samples).reduce(0) { $0 + $1.0 * $1.1 }
    let length = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
    #expect(abs(along) < 1e-9 * max(1, length))
  }

  @Test("silence is no trouble", arguments: frontEnds)
  func silence(_ frontEnd: FrontEnd) {
    let pass = DifferentiableFrontEnd(frontEnd)
    let samples = [Float](repeating: 0, count: pass.sampleCount)
    var features = [Float](repeating: 7, count: frontEnd.inputShape.count)
    pass.samples.update(from: samples, count: samples.count)
    pass.features(into: &features)
    #expect(features.allSatisfy { $0.isFinite && $0 != 7 })
    pass.pullBack(features.map { _ in 1 })
    #expect((0..<samples.count).allSatisfy { pass.dSamples[$0] == 0 })
  }
}
