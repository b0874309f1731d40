import Foundation
import TestSupport
import Testing
import TonoAscent
import TonoCore

@testable import TonoStudy

@Suite struct RunManifestTests {
  @Test("a run of version 1 is read, its canvases made of names and flags")
  func version1() throws {
    let manifest = try RunDirectory.read(Fixture.url("runs/version-1.json"))
    #expect(
      manifest.patterns.map(\.objective.description) == ["nyu_conv_1_AC:0", "nyu_conv_1_AC:1"])
    #expect(
      manifest.plan.canvases == [
        "imi_input_a": .waveform,
        "ref_input_b": .spectrogram(SpectrogramCanvas(normalizes: true)),
      ])
    #expect(manifest.plan.normalizedInputs == ["imi_input_a", "ref_input_b"])
  }

  @Test("version 2 comes back as it is, and its differences from itself are none")
  func version2() throws {
    let manifest = try RunDirectory.read(Fixture.url("runs/version-1.json"))
    let again = try JSONDecoder().decode(
      RunManifest.self, from: JSONEncoder().encode(manifest))
    #expect(again.plan == manifest.plan)
    #expect(try again.plan.differences(from: manifest.plan).isEmpty)
  }

  @Test("a later version is refused")
  func later() throws {
    let folder = try TemporaryFolder()
    var object = try #require(
      try JSONSerialization.jsonObject(
        with: Data(contentsOf: Fixture.url("runs/version-1.json"))) as? [String: Any])
    object["version"] = 3
    try JSONSerialization.data(withJSONObject: object).write(to: folder["run.json"])
    #expect(throws: InputError.self) { try RunDirectory.read(folder["run.json"]) }
  }
}
