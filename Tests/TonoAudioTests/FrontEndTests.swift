import Foundation
import TestSupport
import Testing
import TonoCore
import TonoNetwork

@testable import TonoAudio

struct FrontEndTests {
  @Test(arguments: FrontEnd.presets)
  func presetsAreValidAndCodable(frontEnd: FrontEnd) throws {
    try frontEnd.validate()
    #expect(try FrontEnd.named(frontEnd.name) == frontEnd)
    #expect(try FrontEnd.named(frontEnd.name.uppercased()) == frontEnd)
    let data = try JSONEncoder().encode(frontEnd)
    #expect(try JSONDecoder().decode(FrontEnd.self, from: data) == frontEnd)
  }

  @Test func shapesAreThoseOfTheTowers() throws {
    #expect(try FrontEnd.named("tl-iminet/recording").inputShape == [1, 128, 128])
    #expect(try FrontEnd.named("tl-iminet/imitation").inputShape == [1, 39, 482])
    #expect(try FrontEnd.named("tl-iminet/imitation").frameSeconds == 0.0083125)
  }

  @Test func unknownNameListsTheKnown() {
    let error = #expect(throws: InputError.self) { try FrontEnd.named("tl-iminet/recordings") }
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

    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let json = String(decoding: try encoder.encode(preset), as: UTF8.self)
    let faults: [(String, String, String)] = [
      ("\"hop\":133", "\"hop\":0", "hop is 0"),
      ("\"hop\":133,", "", "'hop' is missing"),
      ("\"bands\":39", "\"bands\":\"many\"", "'bands' is not"),
      ("\"frames\":482", "\"frames\":483", "at most the 482"),
      ("\"windowLength\":133", "\"windowLength\":134", "at most the fftSize"),
      ("\"highestFrequency\":5000", "\"highestFrequency\":8001", "half the sample rate"),
      ("\"melScale\":\"slaney\"", "\"melScale\":\"bark\"", "'melScale' is not valid"),
      ("\"melScale\"", "\"melSkale\"", "'melSkale' is not valid"),
      ("\"reference\":\"maximum\"", "\"reference\":\"minimum\"", "'reference' is not valid"),
      ("\"reference\":\"maximum\"", "\"reference\":-1", "reference is"),
      ("\"perExample\"", "\"perexample\"", "'normalization' is not valid"),
      ("\"perExample\"", "{\"mean\":[0,1],\"deviation\":1}", "2 numbers in mean"),
      ("\"perExample\"", "{\"mean\":0,\"deviation\":0}", "deviation of 0"),
      ("\"perExample\"", "{\"mean\":\"mean.npy\",\"deviation\":1}", "a JSON file of its own"),
      ("\"seconds\":4", "\"seconds\":1e300", "at most 3600"),
      ("{", "[", "not valid"),
    ]
    for (part, replacement, words) in faults {
      let faulty = json.replacingOccurrences(of: part, with: replacement)
      #expect(faulty != json)
      let error = #expect(throws: InputError.self) { try load(Data(faulty.utf8)) }
      #expect(error?.description.contains(words) == true, "\(String(describing: error))")
      #expect(error?.description.contains(".json: ") == true)
    }
  }

  private func load(_ data: Data) throws -> FrontEnd {
    try FrontEnd.parse(data, from: "mine.json")
  }

  @Test(arguments: FrontEnd.all)
  func shortAndSilentSoundsHaveFiniteFeatures(frontEnd: FrontEnd) throws {
    let rate = frontEnd.sampleRate
    let silence = Waveform(samples: [Float](repeating: 0, count: rate), sampleRate: rate)
    let nothing = try frontEnd.features(of: Waveform(samples: [], sampleRate: rate))
    #expect(try frontEnd.features(of: silence) == nothing)
    #expect(nothing.values.allSatisfy { $0 == nothing.values[0] && $0.isFinite })
    let click = try frontEnd.features(of: Waveform(samples: [1], sampleRate: rate))
    #expect(click.shape == frontEnd.inputShape)
    #expect(click.values.allSatisfy { $0.isFinite })
    #expect(throws: InputError.self) {
      try frontEnd.features(of: Waveform(samples: [0, .nan], sampleRate: rate))
    }
  }

  @Test(arguments: FrontEnd.all)
  func loudnessCountsWhereItIsHeard(frontEnd: FrontEnd) throws {
    let sound = SyntheticSounds.chirp(rate: frontEnd.sampleRate, seconds: frontEnd.seconds)
    let features = try frontEnd.features(of: sound)
    let quiet = Waveform(samples: sound.samples.map { $0 / 8 }, sampleRate: sound.sampleRate)
    let difference = try frontEnd.features(of: quiet).largestDifference(from: features)
    #expect(frontEnd.hearsLoudness ? difference > 0.5 : difference < 1e-3)
  }

  @Test(arguments: FrontEnd.all.filter { $0.normalization == .perExample })
  func featuresHaveZeroMeanAndUnitVariance(frontEnd: FrontEnd) throws {
    let sound = SyntheticSounds.chirp(rate: frontEnd.sampleRate, seconds: frontEnd.seconds)
    let features = try frontEnd.features(of: sound)
    let count = Double(features.count)
    let mean = features.values.reduce(0.0) { $0 + Double($1) } / count
    let square = features.values.reduce(0.0) { $0 + Double($1) * Double($1) } / count
    #expect(abs(mean) < 1e-6)
    #expect(abs(square - 1) < 1e-5)
  }

  @Test func withoutNormalizationFeaturesAreLevels() throws {
    var frontEnd = try FrontEnd.named("tl-iminet/imitation")
    frontEnd.normalization = .none
    let sound = SyntheticSounds.chirp(rate: 16_000, seconds: 4)
    let features = try frontEnd.features(of: sound)
    #expect(features.values == (try frontEnd.levels(of: sound)).values)
    #expect(frontEnd.levels(ofPattern: features).values == features.values)
  }

  /// A pattern that a sound has gives that sound's levels back, and those what the bands held.
  @Test(arguments: FrontEnd.all.filter { $0.normalization != .perExample })
  func levelsComeBack(frontEnd: FrontEnd) throws {
    let sound = SyntheticSounds.noise(rate: frontEnd.sampleRate, seconds: frontEnd.seconds)
    let levels = try frontEnd.levels(of: sound)
    let again = frontEnd.levels(ofPattern: try frontEnd.features(of: sound))
    #expect(again.largestDifference(from: levels) < Tolerance.decibels)
    let values = frontEnd.bandValues(ofLevels: levels)
    let held = try frontEnd.bandValues(of: sound)
    let unit = frontEnd.hearsLoudness ? 1 : held.values.max() ?? 1
    for (value, expected) in zip(values.values, held.values) {
      #expect(
        abs(value * unit - expected) < 1e-3 * expected + 1e-4 * unit * (values.values.max() ?? 1))
    }
  }

  @Test(arguments: FrontEnd.towers)
  func levelsKeepThePatternsProportions(frontEnd: FrontEnd) throws {
    let features = try frontEnd.features(
      of: SyntheticSounds.chirp(rate: frontEnd.sampleRate, seconds: 4))
    let level = frontEnd.levels(ofPattern: features)
    #expect(level.values.max() == 0)
    #expect((level.values.min() ?? -100) >= -(try #require(frontEnd.dynamicRange)))
    #expect(frontEnd.input(ofLevels: level).largestDifference(from: features) < 1e-3)

    var narrow = frontEnd
    (narrow.bands, narrow.frames) = (1, 2)
    let range = narrow.levels(ofPattern: Tensor(shape: [1, 1, 2], values: [0, 1]))
    #expect(range.values == [-frontEnd.typicalDeviation, 0])
  }

  @Test(arguments: FrontEnd.all)
  func bandsAndFrequenciesAgree(frontEnd: FrontEnd) throws {
    #expect(frontEnd.bandCentres.count == frontEnd.bands)
    for (band, centre) in frontEnd.bandCentres.enumerated() {
      #expect(abs(frontEnd.bandPosition(of: centre) - Double(band)) < 1e-9)
    }
    let all = frontEnd.hertz(ofBands: 0..<frontEnd.bands)
    if frontEnd.filters == .mel {
      #expect(abs(all.lowerBound - frontEnd.lowestFrequency) < 1e-6)
      #expect(abs(all.upperBound - frontEnd.highestFrequency) < 1e-6)
    } else {
      #expect(abs(frontEnd.bandCentres[0] - frontEnd.lowestFrequency) < 1e-9)
    }
  }

  @Test(arguments: FrontEnd.all, [500.0, 1500, 3000])
  func toneIsLoudestInItsBand(frontEnd: FrontEnd, hertz: Double) throws {
    let tone = SyntheticSounds.tone(hertz, rate: frontEnd.sampleRate, seconds: frontEnd.seconds)
    let power = try frontEnd.bandValues(of: tone)
    let middle = frontEnd.frames / 2
    let loudest = (0..<frontEnd.bands).max {
      power.values[$0 * frontEnd.frames + middle] < power.values[$1 * frontEnd.frames + middle]
    }
    let band = try #require(loudest)
    #expect(abs(Double(band) - frontEnd.bandPosition(of: hertz)) <= 1)
  }

  @Test func openEndedFrontEndsTakeAnyLength() throws {
    let open = try FrontEnd.named("panns")
    #expect(open.isOpenEnded && !open.fits([1, 100, 64]))
    let fitted = open.fitted(to: [1, 100, 64])
    try fitted.validate()
    #expect(fitted.fits([1, 100, 64]) && fitted.fits([100, 64, 1]) && fitted.fits([100, 64]))
    #expect(!fitted.fits([1, 64, 100]))
    let sound = SyntheticSounds.noise(rate: 32_000, seconds: 1)
    #expect(try open.features(of: sound).shape == [1, 101, 64])
    let data = try JSONEncoder().encode(open)
    #expect(try FrontEnd.parse(data, from: "") == open)
  }

  @Test("of a long file no more is heard than of its beginning")
  func longFile() throws {
    let folder = try TemporaryFolder()
    let frontEnd = try FrontEnd.named("tl-iminet/imitation")
    let sound = SyntheticSounds.noise(rate: 8000, seconds: 9)
    let file = folder["long.wav"]
    try Data(AudioFile.encode(sound, as: .float32)).write(to: file)
    let features = try frontEnd.features(ofFile: file.path)
    let whole = try frontEnd.features(of: sound)
    #expect(features.largestDifference(from: whole) < Tolerance.decibels)
    #expect(features.shape == frontEnd.inputShape)
  }

  @Test func lengthsComplementEachOther() throws {
    func parse(_ keys: String) throws -> FrontEnd {
      try FrontEnd.parse(
        Data(
          "{\"name\":\"x\",\"sampleRate\":16000,\"fftSize\":512,\"hop\":160,\"bands\":64\(keys)}"
            .utf8),
        from: "x")
    }
    #expect(try parse(",\"seconds\":1").frames == 101)
    #expect(
      try parse(",\"seconds\":0.975,\"padding\":\"windows\",\"windowLength\":400").frames == 96)
    let frames = try parse(",\"frames\":96,\"padding\":\"windows\",\"windowLength\":400")
    #expect(abs(frames.seconds - 0.975) < 1e-9 && frames.frameLimit == 96)
    #expect(try parse("").isOpenEnded)
  }

  @Test("sizes beyond all bounds are refused, not computed with")
  func hugeSizes() throws {
    let sound: [String: Any] = [
      "name": "x", "sampleRate": 8000, "fftSize": 512, "hop": 160, "bands": 64, "frames": 9,
    ]
    let faults: [(String, Any)] = [
      ("fftSize", Int.max), ("hop", Int.max), ("frames", Int.max), ("windowLength", Int.min),
      ("sampleRate", Int.max), ("seconds", -1), ("seconds", 1e300),
    ]
    for (key, value) in faults {
      for padding in FramePadding.allCases.map(\.rawValue) {
        var faulty = sound
        faulty[key] = value
        faulty["padding"] = padding
        let json = try JSONSerialization.data(withJSONObject: faulty)
        #expect(throws: InputError.self, "\(key) \(value)") {
          try FrontEnd.parse(json, from: "x")
        }
      }
    }
  }

  @Test("one mean or deviation may stand beside one for each band")
  func mixedNormalization() throws {
    var frontEnd = try FrontEnd.named("tl-iminet/imitation")
    let means = (0..<39).map { -40 - Float($0) }
    frontEnd.normalization = .fixed(mean: means, deviation: [2])
    try frontEnd.validate()
    let sound = SyntheticSounds.chirp(rate: 16_000, seconds: 4)
    let levels = try frontEnd.levels(of: sound)
    let again = frontEnd.levels(ofPattern: try frontEnd.features(of: sound))
    #expect(again.largestDifference(from: levels) < Tolerance.decibels)
    // From −80 dB in the band around −40 to 0 dB in the one around −78.
    #expect(frontEnd.inputRange == ClosedRange<Float>(uncheckedBounds: (-20, 39)))
    frontEnd.normalization = .fixed(mean: [-40], deviation: (0..<39).map { 1 + Float($0) })
    #expect(frontEnd.inputRange == ClosedRange<Float>(uncheckedBounds: (-40, 40)))
  }

  @Test("patterns of numbers without a logarithm have their largest at 1")
  func linearLevels() throws {
    var frontEnd = try FrontEnd.named("tl-iminet/imitation")
    frontEnd.logarithm = .none
    frontEnd.dynamicRange = nil
    (frontEnd.typicalMean, frontEnd.typicalDeviation) = (0.05, 0.1)
    let sound = SyntheticSounds.chirp(rate: 16_000, seconds: 4)
    let features = try frontEnd.features(of: sound)
    let levels = frontEnd.levels(ofPattern: features)
    #expect(levels.values.max() == 1)
    #expect(frontEnd.bandValues(ofLevels: levels).values.allSatisfy { $0 > 0 && $0 <= 1 })
  }

  @Test func frameOrderIsTransposition() throws {
    var frontEnd = try FrontEnd.named("tl-iminet/imitation")
    let sound = SyntheticSounds.chirp(rate: 16_000, seconds: 4)
    let bandsFirst = try frontEnd.features(of: sound)
    frontEnd.axes = .framesBands
    let framesFirst = try frontEnd.features(of: sound)
    #expect(framesFirst.shape == [1, 482, 39])
    #expect(frontEnd.spectrogram(of: framesFirst).values == bandsFirst.values)
    #expect(frontEnd.input(of: frontEnd.spectrogram(of: framesFirst)) == framesFirst)
  }
}
