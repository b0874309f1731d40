import Foundation
import TestSupport
import Testing
import TonoAudio
import TonoCore
import TonoFiles
import TonoModels
import TonoNetwork

@testable import TonoCheck

/// Models shown real sounds.
@Suite struct SoundCheckTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for (index, hertz) in [200.0, 500, 700, 1800, 3000].enumerated() {
      try AtomicFile.write(
        try CheckedModel.tone(hertz), to: folder["sounds/\(index).wav"])
    }
  }

  private func report(
    _ model: Model, _ frontEnd: FrontEnd = CheckedModel.frontEnd, count: Int = 100,
    threads: Int = 2, path: String = "sounds"
  ) throws -> ModelReport {
    try ModelCheck(
      model, frontEnds: ["x": frontEnd], sounds: try SoundFolder(fileOrFolder: folder[path]),
      soundCount: count, starts: 4
    ).run(threads: threads)
  }

  /// A convolution and a normalization with the statistics that it has on the sounds.
  private func fitted(mean: Float = 0, variance: Float = 0) throws -> Model {
    let convolution = CheckedModel.convolution(biases: [0, 1])
    let kind = try CheckedModel.model([.init(name: "conv", layer: convolution, inputs: ["x"])])
    var values: [Float] = []
    for file in try SoundFolder(folder["sounds"]).files {
      let sound = try AudioFile.read(folder["sounds"].appending(path: file.path).path)
      let features = try CheckedModel.frontEnd.features(of: sound)
      values += try kind.network.forward(["x": Tensor(batch: [features])], to: ["conv"])["conv"]
        .sample(0).values.prefix(14 * 29)
    }
    let (mean, variance) = (
      mean + values.reduce(0, +) / Float(values.count),
      variance + values.map { $0 * $0 }.reduce(0, +) / Float(values.count)
    )
    return try CheckedModel.model([
      .init(name: "conv", layer: convolution, inputs: ["x"]),
      .init(
        name: "norm",
        layer: BatchNormalization(
          gamma: [1, 1], beta: [0, 0], mean: [mean, mean + 1], variance: [variance, variance],
          epsilon: 1e-3), inputs: ["conv"]),
      .init(name: "flat", layer: Flatten(), inputs: ["norm"]),
    ])
  }

  @Test("sounds like those of training fit; through another front end they do not")
  func frontEnds() throws {
    let report = try report(fitted())
    let match = try #require(report.layers[1].normalization)
    #expect(match.likeness == .alike, "\(match)")
    #expect(match.shift < 0.1 && abs(match.varianceRatio - 1) < 0.2)
    #expect(!report.findings.contains { $0.topic == .frontEnd })
    #expect(report.sounds?.examples == 5 && report.sounds?.files == 5)
    let levels = try #require(report.inputs[0].sounds)
    #expect(abs(levels.mean) < 1e-3 && abs(levels.deviation - 1) < 1e-3)

    var decibels = CheckedModel.frontEnd
    decibels.normalization = .none
    let wrong = try self.report(fitted(), decibels)
    let found = wrong.findings.filter { $0.topic == .frontEnd }
    #expect(found.map(\.severity) == [.doubtful] && found[0].layers == ["norm", "x"])
    #expect(found[0].text.contains("'test'") && found[0].remedy == .giveRightFrontEnd)
    #expect(!wrong.isWrong && !wrong.text.contains("everything fits"))

    let near = try self.report(fitted(mean: 2))
    #expect(near.findings.filter { $0.topic == .frontEnd }.map(\.severity) == [.hint])
  }

  @Test("channels that only sounds wake, and those that nothing wakes")
  func dead() throws {
    let lowest = try #require(report(CheckedModel.sound()).inputs[0].sounds?.lowest)
    // The first unit fires where no level is as low as each noise has some, the second always, the third
    // never.
    let report = try report(
      CheckedModel.model([
        .init(name: "negative", layer: Affine(scale: -1), inputs: ["x"]),
        .init(name: "depth", layer: GlobalMaxPooling2D(), inputs: ["negative"]),
        .init(
          name: "dense",
          layer: Dense(
            weights: Tensor(shape: [1, 3], values: [-1, 1, 1]), bias: [0.1 - lowest, 0, -1e3]),
          inputs: ["depth"]),
        .init(name: "relu", layer: ReLU(), inputs: ["dense"]),
      ]))
    let relu = report.layers[3]
    #expect(relu.noise.dead == [0, 2] && relu.sounds?.dead == [2], "\(relu)")
    let found = report.findings.filter { $0.topic == .dead }
    #expect(found.count == 1 && found[0].text.contains("relu 1 of 3 (2 on noise)"))
  }

  @Test("a model that says the same to everything is told")
  func answers() throws {
    let constant = try CheckedModel.model([
      .init(name: "flat", layer: Flatten(), inputs: ["x"]),
      .init(
        name: "fc",
        layer: Dense(weights: Tensor(shape: [496, 2], repeating: 1e-6), bias: [1, 2]),
        inputs: ["flat"]),
    ])
    let report = try report(constant)
    #expect(report.findings.map(\.topic) == [.answers] && report.findings[0].layers == ["fc"])
    let lively = try self.report(CheckedModel.sound())
    #expect(lively.answers?.first?.spread ?? 0 > 0.1)
    #expect(!lively.findings.contains { $0.topic == .answers })
  }

  @Test("damaged files are named and counted, many are sampled evenly, one file will do")
  func files() throws {
    try AtomicFile.write([1, 2, 3], to: folder["sounds/broken.wav"])
    try AtomicFile.write(try CheckedModel.tone(900, seconds: 3), to: folder["sounds/long.wav"])
    let model = try CheckedModel.sound()
    let all = try report(model)
    #expect(all.sounds?.skipped.map(\.path) == ["broken.wav"])
    #expect(all.sounds?.skipped.first?.reason.contains("broken.wav") == true)
    #expect(all.sounds?.files == 6 && all.sounds?.examples == 8 && all.sounds?.of == 7)
    #expect(all.text.contains("8 examples of 6 sounds (of 7), 1 skipped"))
    #expect(try all.encoded() == report(model, threads: 1).encoded())
    let some = try report(model, count: 3)
    #expect(some.sounds?.examples == 3 && some.sounds?.files == 3)
    let one = try report(model, path: "sounds/long.wav")
    #expect(one.sounds?.examples == 3 && one.sounds?.files == 1)
    #expect(throws: InputError.self) { try self.report(model, path: "sounds/broken.wav") }
    #expect(throws: InputError.self) { try self.report(model, path: "sounds/none.wav") }
    let error = #expect(throws: InputError.self) {
      try ModelCheck(model, frontEnds: [:], sounds: try SoundFolder(folder["sounds"]))
    }
    #expect(error?.description.contains("'x'") == true)
  }
}
