import Foundation
import TestSupport
import Testing
import TonoNetwork

@testable import TonoAudio

struct FrontEndTests {
  @Test(arguments: FrontEnd.presets)
  func presetsAreValidAndCodable(frontEnd: FrontEnd) throws {
    try frontEnd.validate()
    #expect(try FrontEnd.named(frontEnd.name) == frontEnd)
    let data = try JSONEncoder().encode(frontEnd)
    #expect(try JSONDecoder().decode(FrontEnd.self, from: data) == frontEnd)
  }

  @Test func shapesAreThoseOfTheTowers() throws {
    #expect(try FrontEnd.named("tl-iminet/recording").inputShape == [1, 128, 128])
    #expect(try FrontEnd.named("tl-iminet/imitation").inputShape == [1, 39, 482])
    #expect(try FrontEnd.named("tl-iminet/imitation").frameSeconds == 0.0083125)
  }

  @Test func unknownNameListsTheKnown() {
    let error = #expect(throws: AudioError.self) { try FrontEnd.load("tl-iminet/recordings") }
    let text = error?.description ?? ""
    #expect(text.contains("tl-iminet/recording,") && text.contains("tl-iminet/imitation"))
  }

  @Test func jsonFilesAreReadAndCheckedByName() throws {
    let preset = try FrontEnd.named("tl-iminet/imitation")
    var changed = preset
    changed.name = "mine"
    changed.hop = 66
    changed.melScale = .htk
    let loaded = try load(JSONEncoder().encode(changed))
    #expect(loaded == changed)

    let json = String(decoding: try JSONEncoder().encode(preset), as: UTF8.self)
    let faults: [(String, String, String)] = [
      ("\"hop\":133", "\"hop\":0", "hop is 0"),
      ("\"hop\":133", "\"hopp\":133", "'hop' is missing"),
      ("\"bands\":39", "\"bands\":\"many\"", "'bands' is not"),
      ("\"frames\":482", "\"frames\":483", "at most the 482"),
      ("\"windowLength\":133", "\"windowLength\":134", "at most the fftSize"),
      ("\"highestFrequency\":5000", "\"highestFrequency\":8001", "half the sample rate"),
      ("\"melScale\":\"slaney\"", "\"melScale\":\"bark\"", "'melScale' is not valid"),
      ("\"seconds\":4", "\"seconds\":1e300", "at most 3600"),
      ("{", "[", "not valid"),
    ]
    for (part, replacement, words) in faults {
      let faulty = json.replacingOccurrences(of: part, with: replacement)
      #expect(faulty != json)
      let error = #expect(throws: AudioError.self) { try load(Data(faulty.utf8)) }
      #expect(error?.description.contains(words) == true, "\(String(describing: error))")
      #expect(error?.description.contains(".json: ") == true)
    }
  }

  private func load(_ data: Data) throws -> FrontEnd {
    let url = FileManager.default.temporaryDirectory
      .appending(path: "tono-\(UUID().uuidString).json")
    try data.write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    return try FrontEnd.load(url.path)
  }

  @Test(arguments: FrontEnd.presets)
  func shortAndSilentSoundsHaveFiniteFeatures(frontEnd: FrontEnd) throws {
    let rate = frontEnd.sampleRate
    let silence = Waveform(samples: [Float](repeating: 0, count: rate), sampleRate: rate)
    #expect(try frontEnd.features(of: silence).values.allSatisfy { $0 == 0 })
    #expect(
      try frontEnd.features(of: Waveform(samples: [], sampleRate: rate)).values
        .allSatisfy { $0 == 0 })
    let click = try frontEnd.features(of: Waveform(samples: [1], sampleRate: rate))
    #expect(click.shape == frontEnd.inputShape)
    #expect(click.values.allSatisfy { $0.isFinite })
    #expect(click.values.max() != click.values.min())
    #expect(throws: AudioError.self) {
      try frontEnd.features(of: Waveform(samples: [0, .nan], sampleRate: rate))
    }
  }

  @Test(arguments: FrontEnd.presets)
  func featuresHaveZeroMeanAndUnitVarianceWhateverTheLoudness(frontEnd: FrontEnd) throws {
    let sound = SyntheticSounds.chirp(rate: frontEnd.sampleRate, seconds: 4)
    let features = try frontEnd.features(of: sound)
    let count = Double(features.count)
    let mean = features.values.reduce(0.0) { $0 + Double($1) } / count
    let square = features.values.reduce(0.0) { $0 + Double($1) * Double($1) } / count
    #expect(abs(mean) < 1e-6)
    #expect(abs(square - 1) < 1e-5)
    let quiet = Waveform(samples: sound.samples.map { $0 / 8 }, sampleRate: sound.sampleRate)
    #expect(try frontEnd.features(of: quiet).largestDifference(from: features) < 1e-3)
  }

  @Test func withoutNormalizationFeaturesAreDecibels() throws {
    var frontEnd = try FrontEnd.named("tl-iminet/imitation")
    frontEnd.normalization = .none
    let sound = SyntheticSounds.chirp(rate: 16_000, seconds: 4)
    let features = try frontEnd.features(of: sound)
    let level = try frontEnd.logMel(of: sound)
    #expect(features.values == level.values)
    #expect(frontEnd.decibels(of: features) == features)
    #expect(frontEnd.networkUnits(ofDecibels: -12) == -12)
  }

  @Test(arguments: FrontEnd.presets)
  func decibelsKeepThePatternsProportions(frontEnd: FrontEnd) throws {
    let features = try frontEnd.features(
      of: SyntheticSounds.chirp(rate: frontEnd.sampleRate, seconds: 4))
    let level = frontEnd.decibels(of: features)
    #expect(level.shape == features.shape)
    #expect(level.values.max() == 0)
    #expect((level.values.min() ?? -100) >= -frontEnd.dynamicRange)
    #expect(frontEnd.normalized(level).largestDifference(from: features) < 1e-3)

    let narrow = Tensor(shape: [1, 1, 2], values: [0, 1])
    let range = frontEnd.decibels(of: narrow)
    #expect(range.values == [-frontEnd.typicalDeviation, 0])
    let step = frontEnd.networkUnits(ofDecibels: 0) - frontEnd.networkUnits(ofDecibels: -10)
    #expect(abs(step * frontEnd.typicalDeviation - 10) < 1e-4)
    #expect(abs(frontEnd.networkUnits(ofDecibels: frontEnd.typicalMean)) < 1e-6)
  }

  @Test(arguments: FrontEnd.presets)
  func rowsAndFrequenciesAgree(frontEnd: FrontEnd) {
    #expect(frontEnd.bandCentres.count == frontEnd.bands)
    for (row, centre) in frontEnd.bandCentres.enumerated() {
      #expect(abs(frontEnd.bandPosition(of: centre) - Double(row)) < 1e-9)
    }
    #expect(abs(frontEnd.bandPosition(of: frontEnd.lowestFrequency) + 1) < 1e-9)
    let top = frontEnd.bandPosition(of: frontEnd.highestFrequency)
    #expect(abs(top - Double(frontEnd.bands)) < 1e-9)
  }

  @Test(arguments: FrontEnd.presets, [500.0, 1500, 4000])
  func toneIsLoudestInItsRow(frontEnd: FrontEnd, hertz: Double) throws {
    let tone = SyntheticSounds.tone(hertz, rate: frontEnd.sampleRate, seconds: 4)
    let power = try frontEnd.melPower(of: tone)
    let middle = frontEnd.frames / 2
    let loudest = (0..<frontEnd.bands).max {
      power.values[$0 * frontEnd.frames + middle] < power.values[$1 * frontEnd.frames + middle]
    }
    let row = try #require(loudest)
    #expect(abs(Double(row) - frontEnd.bandPosition(of: hertz)) <= 1)
  }
}
