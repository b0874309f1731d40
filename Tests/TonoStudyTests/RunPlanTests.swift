import Testing
import TonoAscent
import TonoAudio
import TonoCore
import TonoModels

@testable import TonoStudy

@Suite struct RunPlanTests {
  private func plan(_ kind: CanvasKind, _ frontEnd: FrontEnd?, bounds: Bool = false) -> RunPlan {
    RunPlan(
      model: ModelIdentity(sha256: "", format: ""), frontEnds: frontEnd.map { ["x": $0] } ?? [:],
      canvases: ["x": kind], boundsLevels: bounds,
      normalizedInputs: frontEnd?.normalization == .perExample ? ["x"] : [],
      ascent: AscentSettings(), sound: nil, colormap: nil)
  }

  @Test("cells lie where the front end has its levels")
  func cells() throws {
    var frontEnd = try FrontEnd.named("tl-iminet/recording")
    #expect(
      plan(.spectrogram, frontEnd).canvas(of: "x")
        == .spectrogram(SpectrogramCanvas(normalizes: true)))
    frontEnd.normalization = FrontEnd.Normalization.none
    let decibels = SpectrogramCanvas(
      normalizes: false, level: frontEnd.typicalMean, spread: frontEnd.typicalDeviation)
    #expect(plan(.spectrogram, frontEnd).canvas(of: "x") == .spectrogram(decibels))
    #expect(plan(.fourier, frontEnd).canvas(of: "x") == .fourier(FourierCanvas(decibels)))
    #expect(
      plan(.spectrogram, nil).canvas(of: "x") == .spectrogram(SpectrogramCanvas(normalizes: false)))
  }

  @Test("canvases that are heard have the front end, and bounds are its levels")
  func heard() throws {
    let frontEnd = try FrontEnd.named("tl-iminet/imitation")
    #expect(plan(.waveform, frontEnd).canvas(of: "x") == .waveform(frontEnd))
    #expect(plan(.melPower, frontEnd).canvas(of: "x") == .melPower(frontEnd))
    guard
      case .spectrogram(let cells) = plan(.spectrogram, frontEnd, bounds: true).canvas(of: "x"),
      let bounds = cells.bounds
    else {
      Issue.record("there are no bounds")
      return
    }
    let range = try #require(frontEnd.dynamicRange)
    #expect(abs(bounds.range - range / frontEnd.typicalDeviation) < 1e-4)
    #expect(abs(bounds.highest + frontEnd.typicalMean / frontEnd.typicalDeviation) < 1e-6)
  }
}
