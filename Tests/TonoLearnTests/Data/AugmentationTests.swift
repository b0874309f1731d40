import Foundation
import TestSupport
import Testing
import TonoAudio
import TonoCore

@testable import TonoLearn

struct AugmentationTests {
  /// Normalized features of noise.
  private static func example(_ frontEnd: FrontEnd = .tiny) throws -> Tensor {
    var random = RandomSource(seed: 3, text: "noise")
    let samples = (0..<4000).map { _ in Float.random(in: -0.5...0.5, using: &random) }
    return try frontEnd.features(of: Waveform(samples: samples, sampleRate: 8000))
  }

  private static func varied(
    _ text: String, _ frontEnd: FrontEnd = .tiny, seed: UInt64 = 1, epoch: Int = 0,
    example: Int = 0
  ) throws -> Tensor {
    try Augmentation.parse(text).prepared(for: frontEnd)
      .apply(to: Self.example(frontEnd), seed: seed, epoch: epoch, example: example)
  }

  @Test(arguments: ["none", "roll 1.0", "shift 0.25, gain 6.0", "time-mask 2 4, band-mask 1 3"])
  func isReadAsItIsWritten(text: String) throws {
    let augmentation = try Augmentation.parse(text)
    #expect(augmentation.description == text)
    let data = try JSONEncoder().encode(augmentation)
    #expect(String(decoding: data, as: UTF8.self) == "\"\(text)\"")
    #expect(try JSONDecoder().decode(Augmentation.self, from: data) == augmentation)
  }

  @Test(arguments: [
    "roll", "roll 0", "shift 2", "time-mask 2", "band-mask 1 8", "spin 1", "gain 3",
  ])
  func refusesWhatMakesNoSense(text: String) {
    #expect(throws: InputError.self) { try Augmentation.parse(text).prepared(for: .tiny) }
  }

  @Test func chanceDependsOnSeedEpochAndExampleAlone() throws {
    let text = "roll 1, time-mask 1 4, band-mask 1 4"
    let first = try Self.varied(text, seed: 1, epoch: 2, example: 3)
    #expect(try Self.varied(text, seed: 1, epoch: 2, example: 3) == first)
    let others = try [(2, 2, 3), (1, 3, 3), (1, 2, 4), (1, 3, 2)].map {
      try Self.varied(text, seed: UInt64($0.0), epoch: $0.1, example: $0.2)
    }
    #expect(!others.contains(first))
  }

  @Test func rollingTurnsRoundEveryBandAlike() throws {
    let original = try Self.example()
    var places: Set<Int> = []
    for example in 0..<60 {
      let rolled = try Self.varied("roll 1", example: example)
      let shift = try #require(
        (0..<8).first { shift in
          (0..<64).allSatisfy { cell in
            let (band, frame) = (cell / 8, cell % 8)
            return abs(
              rolled.values[cell] - original.values[band * 8 + (frame - shift + 8) % 8]) < 1e-5
          }
        })
      places.insert(shift)
    }
    #expect(places == Set(0..<8), "every place is reached")
  }

  @Test func shiftingBringsInSilence() throws {
    let original = try Self.example()
    let shifted = try (0..<20).map { try Self.varied("shift 0.5", example: $0) }
    #expect(shifted.contains { $0 != original })
    for features in shifted where features != original {
      let floor = features.values.min()
      let silent = (0..<8).filter { frame in
        (0..<8).allSatisfy { features.values[$0 * 8 + frame] == floor }
      }
      #expect(!silent.isEmpty && silent.count <= 4)
      #expect(silent.contains(0) || silent.contains(7))
    }
  }

  @Test func masksHideStretchesAndBands() throws {
    let original = try Self.example()
    var widths: Set<Int> = []
    for example in 0..<60 {
      let masked = try Self.varied("time-mask 1 4", example: example)
      widths.insert(
        (0..<8).count { frame in
          Set((0..<8).map { masked.values[$0 * 8 + frame] }).count == 1
        })
    }
    #expect(widths == [0, 1, 2, 3, 4])
    let masked = try Self.varied("band-mask 3 4", example: 1)
    #expect(masked != original)
  }

  @Test(arguments: ["shift 1", "time-mask 2 4", "band-mask 2 4", "roll 1"])
  func examplesStayNormalized(text: String) throws {
    for example in 0..<10 {
      let values = try Self.varied(text, example: example).values.map(Double.init)
      let mean = values.reduce(0, +) / 64
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 64
      #expect(abs(mean) < 1e-5 && abs(variance - 1) < 1e-4)
    }
  }

  @Test func otherAxesAreVariedAlike() throws {
    var turned = FrontEnd.tiny
    turned.axes = .framesBands
    let text = "roll 1, time-mask 1 4"
    let (plain, other) = (try Self.varied(text), try Self.varied(text, turned))
    for cell in 0..<64 {
      #expect(abs(plain.values[cell] - other.values[cell % 8 * 8 + cell / 8]) < 1e-5)
    }
  }

  @Test func gainIsWhatALouderSoundHas() throws {
    var frontEnd = FrontEnd.tiny
    frontEnd.reference = .value(1)
    frontEnd.dynamicRange = nil
    frontEnd.normalization = .none
    let louder = try Self.varied("gain 6", frontEnd)
    let original = try Self.example(frontEnd)
    let differences = zip(louder.values, original.values).map { $0 - $1 }
    let gain = try #require(differences.first)
    #expect(abs(gain) <= 6 && gain != 0)
    #expect(differences.allSatisfy { abs($0 - gain) < 1e-3 })
  }
}
