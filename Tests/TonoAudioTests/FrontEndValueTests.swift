import Foundation
import TestSupport
import Testing
import TonoCore
import TonoNetwork

@testable import TonoAudio

/// The front ends against librosa's numbers (`Scripts/reference/front_end_values.py`).
struct FrontEndValueTests {
  static let names = ["imitation", "recording"]

  @Test(arguments: names, SyntheticSounds.names)
  func syntheticSounds(frontEndName: String, soundName: String) throws {
    let reference = try ReferenceArrays.committed()
    let frontEnd = try FrontEnd.named("tl-iminet/" + frontEndName)
    let sound = SyntheticSounds.named(soundName, rate: 22_050, seconds: 2)
    let prefix = "\(frontEndName)/\(soundName)/"

    let start = try #require(reference[prefix + "waveform"])
    let resampled = try sound.resampled(to: frontEnd.sampleRate).samples.prefix(start.count)
    let head = Tensor(shape: start.shape, values: Array(resampled))
    #expect(head.largestDifference(from: start) < Tolerance.resampling)

    let level = try frontEnd.levels(of: sound)
    let expected = try #require(reference[prefix + "log_mel"])
    let stride = 8
    expectLevels(level.columns(every: stride), expected)

    let features = try frontEnd.features(of: sound)
    #expect(features.shape == frontEnd.inputShape)
    let normalized = try #require(reference[prefix + "normalized"])
    let kept = features.reshaped([frontEnd.bands, frontEnd.frames]).columns(every: 4 * stride)
    #expect(kept.largestDifference(from: normalized) < Tolerance.decibels)
  }

  @Test(
    .enabled(if: Fixture.shared("reference/values/mel.json") != nil, "needs the shared values"),
    arguments: names, 0..<3)
  func realSounds(frontEndName: String, index: Int) throws {
    let reference = try #require(try ReferenceArrays.shared())
    let frontEnd = try FrontEnd.named("tl-iminet/" + frontEndName)
    let prefix = "\(frontEndName)/file\(index)/"
    let json = try #require(Fixture.shared("reference/values/mel.json"))
    struct Index: Decodable {
      struct File: Decodable { let config: String, index: Int, file: String }
      let files: [File]
    }
    let file = try #require(
      JSONDecoder().decode(Index.self, from: Data(contentsOf: json)).files
        .first { $0.config == frontEndName && $0.index == index })
    let path = try #require(Fixture.shared("data/" + file.file)).path

    var sounds = [try AudioFile.read(path)]
    if let waveform = reference[prefix + "waveform"] {
      sounds.append(Waveform(samples: waveform.values, sampleRate: frontEnd.sampleRate))
    }
    for sound in sounds {
      let power = try frontEnd.bandValues(of: sound)
      let expectedPower = try #require(reference[prefix + "mel_power"])
      let loudest = expectedPower.values.max() ?? 0
      #expect(power.largestDifference(from: expectedPower) < loudest * Tolerance.spectrum)

      let level = frontEnd.levels(ofBandValues: power.values.map(Double.init))
      let expected = frontEnd.levels(ofBandValues: expectedPower.values.map(Double.init))
      expectLevels(level, expected)
      if let written = reference[prefix + "log_mel"] {
        expectLevels(level, written)
      }
      let normalized = try #require(reference[prefix + "normalized"])
      let features = try frontEnd.features(of: sound)
      #expect(features.largestDifference(from: normalized) < Tolerance.decibels)
    }
  }

  @Test(
    .enabled(if: Fixture.shared("reference/values/mel.json") != nil, "needs the shared values"),
    arguments: names)
  func filterBanksAndWindows(frontEndName: String) throws {
    let reference = try #require(try ReferenceArrays.shared())
    let frontEnd = try FrontEnd.named("tl-iminet/" + frontEndName)
    let weights = frontEnd.filterBank.weights
    let expected = try #require(reference[frontEndName + "/filter_bank"])
    let largest = expected.values.max() ?? 0
    #expect(weights.largestDifference(from: expected) <= largest * Tolerance.filterWeight)
    let window = try #require(reference[frontEndName + "/window"])
    let transform: ShortTimeFourierTransform<Double> = frontEnd.shortTimeFourierTransform()
    let own = Tensor(shape: window.shape, values: transform.window.map { Float($0) })
    #expect(own.largestDifference(from: window) < Tolerance.filterWeight)
    let edges = try #require(reference[frontEndName + "/mel_frequencies"])
    for (centre, edge) in zip(frontEnd.bandCentres, edges.values.dropFirst()) {
      #expect(abs(centre - Double(edge)) < 1e-3 * max(1, centre / 1000))
    }
  }

  /// Expects equal levels everywhere, and so the floor at the same places.
  private func expectLevels(_ level: Tensor, _ expected: Tensor) {
    #expect(level.shape == expected.shape)
    #expect(level.largestDifference(from: expected) < Tolerance.decibels)
  }
}
