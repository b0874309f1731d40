import TestSupport
import Testing
import TonoAudio
import TonoCore
import TonoNetwork

@testable import TonoAscent

/// Inputs whose rows are frames: everything that knows time from frequency does the same to them.
@Suite struct TransposedMapsTests {
  private let bands = 5
  private let frames = 7
  private var plain: Maps { Maps([1, bands, frames]) }
  private var transposed: Maps { Maps([1, frames, bands], axes: .framesBands) }
  private let values: [Float]

  init() {
    var random = TestRandom(81)
    values = Tensor.random([5 * 7], using: &random).values
  }

  /// `[bands, frames]` as `[frames, bands]`.
  private func turned(_ values: [Float]) -> [Float] {
    (0..<frames).flatMap { frame in (0..<bands).map { values[$0 * frames + frame] } }
  }

  @Test("shifts go along time and frequency")
  func shifts() {
    let shift = Jitter.Shift(frames: 2, bands: -1)
    var (expected, actual) = (values, values)
    shift.apply(from: values, to: &expected, plain)
    shift.apply(from: turned(values), to: &actual, transposed)
    #expect(actual == turned(expected))
  }

  @Test("penalties are along time and frequency")
  func penalties() {
    let regularizer = Regularizer(timeVariation: 0.3, bandVariation: 0.7)
    var (expected, actual) = ([Float](repeating: 0, count: 35), [Float](repeating: 0, count: 35))
    let penalty = regularizer.penalize(values, plain, gradient: &expected)
    let other = regularizer.penalize(turned(values), transposed, gradient: &actual)
    #expect(abs(penalty - other) < Tolerance.reordered)
    #expect(
      zip(actual, turned(expected)).allSatisfy { abs($0 - $1) < Tolerance.reordered })
    // The two directions are told apart.
    var wrong = expected
    #expect(abs(regularizer.penalize(turned(values), plain, gradient: &wrong) - penalty) > 1e-3)
  }

  @Test("a tilt rises with frequency, and a floor lies below everything")
  func acoustics() {
    var frontEnd = FrontEnd(
      name: "small", sampleRate: 8000, seconds: 1, fftSize: 64, hop: 48, bands: bands,
      frames: frames, highestFrequency: 4000, typicalMean: -40, typicalDeviation: 15)
    frontEnd.normalization = .none
    let setting = Acoustics.Setting(gain: 1, tilt: 6, noiseFloor: -3)
    var (expected, actual) = (values, turned(values))
    AcousticsPass(plain, frontEnd).apply(setting, to: &expected)
    AcousticsPass(transposed, frontEnd).apply(setting, to: &actual)
    #expect(
      zip(actual, turned(expected)).allSatisfy { abs($0 - $1) < Tolerance.reordered })
  }

  @Test("what a front end's levels or bands cannot have is refused")
  func refusals() throws {
    var frontEnd = FrontEnd(
      name: "small", sampleRate: 8000, seconds: 1, fftSize: 64, hop: 48, bands: bands,
      frames: frames, highestFrequency: 4000, typicalMean: -40, typicalDeviation: 15)
    let network = try Network(
      inputs: [.init(name: "x", shape: frontEnd.inputShape)],
      nodes: [.init(name: "relu", layer: ReLU(), inputs: ["x"])], outputs: ["relu"])
    frontEnd.logarithm = .none
    frontEnd.dynamicRange = nil
    var settings = AscentSettings()
    settings.acoustics = Acoustics(gain: 3)
    #expect(throws: AscentError.noDecibels(input: "x", frontEnd: "small")) {
      try Ascent(network: network, frontEnds: ["x": frontEnd], settings: settings)
    }
    frontEnd.filters = .constantQ
    settings = AscentSettings()
    settings.regularizer.playability = 1
    #expect(throws: AscentError.noFourierBins(input: "x", frontEnd: "small")) {
      try Ascent(network: network, frontEnds: ["x": frontEnd], settings: settings)
    }
  }
}
