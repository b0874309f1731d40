import Foundation
import TestSupport
import Testing
import TonoAudio
import TonoCheck
import TonoCore
import TonoStudy

/// `check`, through files and text only.
@Suite struct CheckCommandTests {
  private func tone(_ hertz: Double) throws -> Data {
    let samples = (0..<16_000).map { Float(0.4 * sin(2 * .pi * hertz * Double($0) / 16_000)) }
    return Data(try AudioFile.encode(Waveform(samples: samples, sampleRate: 16_000)))
  }

  @Test("a trained siamese network has nothing wrong, with sounds and without")
  func siamese() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      at: folder["sounds/low"], withIntermediateDirectories: true)
    try tone(200).write(to: folder["sounds/low/a.wav"])
    try tone(3000).write(to: folder["sounds/b.wav"])
    try Data("no sound".utf8).write(to: folder["sounds/c.wav"])
    let arguments = ["check", Models.siamese, "--starts", "3"]
    let result = try Tool.run(
      arguments + ["--sounds", folder["sounds"].path, "--json", folder["report.json"].path])
    #expect(result.status == 0, "\(result.error)")
    #expect(result.error.contains("skipped: ") && result.error.contains("c.wav"))
    let report = try ModelReport(json: Data(contentsOf: folder["report.json"]))
    #expect(result.output.hasPrefix(report.text.prefix(200)))
    #expect(report.sounds?.files == 2 && report.sounds?.skipped.map(\.path) == ["c.wav"])
    #expect(report.layers.contains { $0.name == "nyu_conv_3_AC" && $0.noise.dead?.count ?? 0 > 0 })
    #expect(report.layers.allSatisfy { $0.gradient?.deviation ?? 0 < 0.01 })

    let plain = try Tool.run(arguments + ["--json", "-", "--threads", "1"])
    let again = try Tool.run(arguments + ["--json", "-", "--threads", "2"])
    #expect(plain.status == 0 && plain.output == again.output)
    let read = try ModelReport(json: Data(plain.output.utf8))
    #expect(read.sounds == nil && read.starts == 3 && !read.isWrong)
  }

  @Test("weights that are no numbers fail, and are named")
  func notFinite() throws {
    let result = try Tool.run(["check", Fixture.url("models/not_finite.h5").path])
    #expect(result.status == 1)
    #expect(result.output.contains("wrong: fc_pre, kernel (2 of 128)"), "\(result.output)")
    #expect(!result.output.contains("everything fits"))
  }

  @Test("an operator that is not read is named, what comes before it checked")
  func unsupported() throws {
    let result = try Tool.run(["check", Fixture.url("models/onnx/unsupported.onnx").path])
    #expect(result.status == 0, "\(result.error)")
    #expect(result.output.contains("doubtful: ") && result.output.contains("'Blur'"))
    #expect(result.output.contains("conv"))
  }

  @Test("sounds without a front end, and flags without sense")
  func refusals() throws {
    let folder = try TemporaryFolder()
    try tone(500).write(to: folder["a.wav"])
    let model = Fixture.url("models/small.h5").path
    for (arguments, word) in [
      (["check", model, "--sounds", folder["a.wav"].path], "--front-end"),
      (["check", Models.siamese, "--sounds", folder["none"].path], "none"),
      (["check", model, "--starts", "0"], "--starts is 0"),
      (["check", model, "--count", "0"], "--count is 0"),
      (["check", model, "--threads", "0"], "--threads is 0"),
      (["check", folder["a.wav"].path], "a.wav"),
    ] {
      let result = try Tool.run(arguments)
      #expect(result.status != 0 && result.error.contains(word), "\(arguments): \(result.error)")
      #expect(result.output.isEmpty)
    }
  }
}
