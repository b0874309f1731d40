import Foundation
import TestSupport
import Testing
import TonoCore
import TonoStudy

/// `convert`, and `inspect --print-architecture`.
@Suite struct ConvertTests {
  private func inspection(_ arguments: [String]) throws -> Inspection {
    let result = try Tool.run(["inspect"] + arguments + ["--json"])
    #expect(result.status == 0, "\(result.error)")
    return try JSONDecoder().decode(Inspection.self, from: Data(result.output.utf8))
  }

  @Test("a converted model needs neither architecture nor front end")
  func convert() throws {
    let folder = try TemporaryFolder()
    let out = folder["sub/tower.safetensors"]
    let frontEnd = folder["mine.json"]
    try #"""
    { "name": "mine", "sampleRate": 22050, "seconds": 4, "fftSize": 1024, "windowLength": 1024,
      "hop": 512, "bands": 128, "frames": 128, "lowestFrequency": 0, "highestFrequency": 11025,
      "melScale": "htk", "melNorm": "none", "minimumPower": 1e-10, "dynamicRange": 80,
      "normalization": "none", "typicalMean": -47.44, "typicalDeviation": 19.88 }
    """#.write(to: frontEnd, atomically: true, encoding: .utf8)
    let result = try Tool.run(
      ["convert"] + Models.tower + [out.path, "--front-end", frontEnd.path])
    #expect(result.status == 0, "\(result.error)")
    #expect(result.output.contains("ref_input: mine"))
    let (before, after) = (try inspection(Models.tower), try inspection([out.path]))
    #expect(after.format == "Tonoscope safetensors")
    #expect(after.inputs.map(\.frontEnd) == ["mine"])
    #expect(before.layers.map(\.name) == after.layers.map(\.name))
    #expect(before.parameters == after.parameters)
    #expect(try inspection([out.path, "--front-end", "none"]).inputs.map(\.frontEnd) == [nil])
    let run = try Tool.run([
      "maximize", out.path, "nyu_conv_1_AC:3", "--out", folder["run"].path, "--steps", "2",
      "--no-sound", "--no-pictures",
    ])
    #expect(run.status == 0 && run.error.contains("ref_input: mine"), "\(run.error)")
  }

  @Test("the printed architecture is one that --architecture takes")
  func architecture() throws {
    let folder = try TemporaryFolder()
    let weights = Fixture.url("formats/double.pt").path
    let given = Fixture.url("formats/small.architecture.json").path
    let printed = try Tool.run([
      "inspect", weights, "--architecture", given, "--print-architecture",
    ])
    #expect(printed.status == 0, "\(printed.error)")
    #expect(printed.output.contains(#""kernel": "0.weight""#))
    let shortly = try Tool.run(["inspect", Models.siamese, "--architecture"])
    let atLength = try Tool.run(["inspect", Models.siamese, "--print-architecture"])
    #expect(shortly.status == 0 && shortly.output == atLength.output)
    let copy = folder["copy.json"]
    try printed.output.write(to: copy, atomically: true, encoding: .utf8)
    let (one, other) = (
      try inspection([weights, "--architecture", given]),
      try inspection([weights, "--architecture", copy.path])
    )
    #expect(one.layers.map(\.name) == other.layers.map(\.name) && one.layers.count == 9)
  }

  @Test("what cannot be written says so")
  func errors() throws {
    let folder = try TemporaryFolder()
    let wrong = try Tool.run(["convert", Models.siamese, folder["x.h5"].path])
    #expect(wrong.status != 0 && wrong.error.contains("does not end in .safetensors"))
    let out = folder["x.safetensors"].path
    let missing = try Tool.run(["convert", folder["none.h5"].path, out])
    #expect(missing.status != 0 && missing.error.contains("there is no such file"))
    let unwritable = try Tool.run(["convert", Models.siamese, "/proc/none/x.safetensors"])
    #expect(unwritable.status != 0 && unwritable.error.contains("cannot be written"))
    #expect(!FileManager.default.fileExists(atPath: out))
  }
}
