import Foundation
import TestSupport
import Testing
import TonoAscent
import TonoAudio
import TonoCore
import TonoModels
import TonoNetwork

@testable import TonoStudy

@Suite struct RecipeTests {
  private static let tower = Fixture.repository.appending(path: "seeds/siamese_pretrained.h5")

  private func canvas(
    _ kind: Canvas.Kind, _ frontEnd: FrontEnd?, normalizes: Bool? = nil, bounds: Bool = false
  ) -> Canvas {
    Canvas(
      kind, behind: frontEnd,
      normalizes: normalizes ?? (frontEnd?.normalization == .perExample), boundsLevels: bounds)
  }

  @Test("cells lie where the front end has its levels")
  func cells() throws {
    var frontEnd = try FrontEnd.named("tl-iminet/recording")
    #expect(
      canvas(.spectrogram, frontEnd) == .spectrogram(SpectrogramCanvas(normalizes: true)))
    frontEnd.normalization = FrontEnd.Normalization.none
    let decibels = SpectrogramCanvas(
      normalizes: false, level: frontEnd.typicalMean, spread: frontEnd.typicalDeviation)
    #expect(canvas(.spectrogram, frontEnd) == .spectrogram(decibels))
    #expect(canvas(.fourier, frontEnd) == .fourier(FourierCanvas(decibels)))
    #expect(canvas(.spectrogram, nil) == .spectrogram(SpectrogramCanvas(normalizes: false)))
  }

  @Test("bounds are the front end's levels")
  func bounds() throws {
    let frontEnd = try FrontEnd.named("tl-iminet/imitation")
    let bounds = try #require(canvas(.spectrogram, frontEnd, bounds: true).cells?.bounds)
    let range = try #require(frontEnd.dynamicRange)
    #expect(abs(bounds.range - range / frontEnd.typicalDeviation) < 1e-4)
    #expect(abs(bounds.highest + frontEnd.typicalMean / frontEnd.typicalDeviation) < 1e-6)
  }

  @Test("a recipe comes back from its JSON, and defaults need none")
  func json() throws {
    #expect(Recipe().json == "{}")
    var recipe = Recipe()
    recipe.canvas = .melPower
    recipe.normalizes = false
    recipe.ascent.steps = 77
    recipe.ascent.plateau = nil
    recipe.ascent.optimizer = Optimizer(rule: .momentum, rate: 0.3, normalizesGradient: false)
    recipe.ascent.acoustics.noiseFloor = -30
    recipe.playsSounds = false
    recipe.sharesScale = true
    #expect(try Recipe(json: Data(recipe.json.utf8)) == recipe)
    #expect(recipe.json.contains("\"noise-floor\": 30"))
  }

  @Test("every setting refuses a value of another kind, and says what it takes")
  func wrongKinds() throws {
    for setting in Recipe.settings {
      let error = #expect(throws: RecipeError.self) {
        try Recipe(json: Data("{\"\(setting.key)\": {}}".utf8))
      }
      #expect(error?.key == setting.key)
      #expect(error?.remedy == .give(setting.expected), "\(setting.key)")
    }
  }

  @Test(
    "wrong keys and values are named",
    arguments: [
      (#"{"stepps": 3}"#, "steps"), (#"{"steps": 0}"#, "a whole number from 1"),
      (#"{"time-jitter": -1}"#, "a whole number from 0"), (#"{"rate": 0}"#, "a number above 0"),
      (#"{"blur": 101}"#, "a number from 0 to 100"), (#"{"canvas": "water"}"#, "waveform"),
    ])
  func wrongValues(_ json: String, _ words: String) throws {
    let error = #expect(throws: RecipeError.self) { try Recipe(json: Data(json.utf8)) }
    #expect(error?.description.contains(words) == true, "\(String(describing: error))")
  }

  @Test("from Swift, too, a value out of range is refused before anything runs")
  func fromSwift() throws {
    var recipe = Recipe()
    recipe.ascent.jitter.frames = -1
    #expect(throws: RecipeError("time-jitter", "is -1", .give("a whole number from 0"))) {
      try recipe.validate()
    }
  }

  @Test("settings that do not go together are refused by key")
  func rules() throws {
    let model = try ModelFile.load(Self.tower)
    let frontEnds = try FrontEndAssignment([], for: model).frontEnds
    func key(_ frontEnds: [String: FrontEnd], _ change: (inout Recipe) -> Void) -> String? {
      var recipe = Recipe()
      change(&recipe)
      let error = #expect(throws: RecipeError.self) {
        try recipe.plan(for: model, frontEnds: frontEnds)
      }
      return error?.key
    }
    #expect(key([:]) { $0.canvas = .waveform } == "canvas")
    #expect(key([:]) { $0.ascent.acoustics.tilt = 2 } == "tilt-jitter")
    #expect(
      key(frontEnds) { ($0.canvas, $0.ascent.regularizer.blur) = (.waveform, 1) } == "blur")
    #expect(key(frontEnds) { $0.ascent.regularizer.l2 = 1 } == "l2")
    let plan = try Recipe().plan(for: model, frontEnds: frontEnds)
    #expect(plan.canvases.values.allSatisfy { $0 == .waveform })
    #expect(plan.normalizedInputs == ["imi_input_a", "ref_input_b"])
  }
}
