import Foundation
import TestSupport
import Testing
import TonoAudio
import TonoCore
import TonoModels
import TonoNetwork

@testable import TonoCheck

@Suite struct ModelCheckTests {
  private func report(
    _ nodes: [Network.Node], outputs: [String]? = nil, missing: [String: String] = [:]
  ) throws -> ModelReport {
    let model = try CheckedModel.model(nodes, outputs: outputs, missing: missing)
    return try ModelCheck(model, frontEnds: [:], starts: 6).run(threads: 2)
  }

  private func layer(_ name: String, of report: ModelReport) throws -> ModelReport.Layer {
    try #require(report.layers.first { $0.name == name })
  }

  /// The findings about a topic.
  private func findings(
    _ topic: ModelReport.Topic, in report: ModelReport
  ) -> [ModelReport.Finding] {
    report.findings.filter { $0.topic == topic }
  }

  // MARK: - Right and wrong

  @Test("nothing is wrong with a model that has no fault")
  func sound() throws {
    let report = try ModelCheck(CheckedModel.sound(), frontEnds: [:]).run(threads: 2)
    #expect(report.findings.isEmpty, "\(report.findings.map(\.text))")
    #expect(report.text.contains("everything fits") && !report.isWrong)
    for layer in report.layers {
      let deviation = try #require(layer.gradient?.deviation, "\(layer.name)")
      #expect(deviation < GradientCheck.tolerance, "\(layer.name)")
      #expect(layer.noise.notFinite == 0 && layer.weights.isEmpty)
    }
    let compiled = try #require(report.compiledDeviation)
    #expect(compiled < CompiledCheck.tolerance)
    #expect(report.inputs[0].noise.deviation > 0.9 && report.inputs[0].noise.deviation < 1.1)
  }

  @Test("a layer whose backward pass is wrong is named")
  func wrongGradient() throws {
    let wrong = GradientCheckTests.Changed(layer: Tanh()) { gradient in
      Tensor(shape: gradient.shape, values: gradient.values.map { 0.8 * $0 })
    }
    let report = try report([
      .init(name: "conv", layer: CheckedModel.convolution(biases: [0, 0]), inputs: ["x"]),
      .init(name: "bent", layer: wrong, inputs: ["conv"]),
      .init(name: "flat", layer: Flatten(), inputs: ["bent"]),
    ])
    #expect(report.isWrong)
    let found = findings(.gradient, in: report)
    #expect(found.map(\.layers) == [["bent"]] && found[0].severity == .wrong)
    #expect(found[0].text.contains("bent (Tanh)") && report.text.contains("WRONG"))
    #expect(try layer("conv", of: report).gradient?.deviation ?? 1 < GradientCheck.tolerance)
  }

  @Test("results do not depend on threads, but on the seed")
  func threads() throws {
    let model = try CheckedModel.sound()
    let one = try ModelCheck(model, frontEnds: [:], seed: 3).run(threads: 1).encoded()
    let five = try ModelCheck(model, frontEnds: [:], seed: 3).run(threads: 5).encoded()
    #expect(one == five)
    #expect(try one != ModelCheck(model, frontEnds: [:], seed: 4).run(threads: 1).encoded())
    let read = try ModelReport(json: Data(one))
    #expect(try read.encoded() == one && read.text.contains("everything fits"))
  }

  // MARK: - Channels

  @Test("dead channels are counted exactly, and where they die")
  func dead() throws {
    // 1 and 3 are below zero everywhere; 4 is the same everywhere, by its kernel.
    let report = try report([
      .init(
        name: "conv",
        layer: CheckedModel.convolution(biases: [0, -1e3, 0, -1e3, 2], zeroKernels: [4]),
        inputs: ["x"]),
      .init(name: "relu", layer: ReLU(), inputs: ["conv"]),
      .init(
        name: "pool",
        layer: MaxPooling2D(
          window: Pair(rows: 2, columns: 2), strides: Pair(rows: 2, columns: 2)),
        inputs: ["relu"]),
    ])
    #expect(try layer("conv", of: report).noise.dead == [4])
    #expect(try layer("relu", of: report).noise.dead == [1, 3, 4])
    #expect(try layer("pool", of: report).noise.dead == [1, 3, 4])
    #expect(try layer("relu", of: report).noise.channels == 5)
    let found = findings(.dead, in: report)
    #expect(found.map(\.layers) == [["relu"], ["conv"]], "\(found.map(\.text))")
    #expect(found.allSatisfy { $0.severity == .hint })
    #expect(found[0].text.contains("relu 2 of 5") && found[1].text.contains("conv 1 of 5"))
    #expect(report.text.contains("3 of 5") && report.text.contains("everything fits"))
  }

  @Test("flat parts are counted exactly")
  func flat() throws {
    // Elements 0 and 1 at the ends, 2 at the middle, 3 a little above it.
    let ends = Dense(weights: Tensor(shape: [496, 4]), bias: [100, -100, 0, 0.5])
    let nodes: [Network.Node] = [
      .init(name: "flat", layer: Flatten(), inputs: ["x"]),
      .init(name: "logits", layer: ends, inputs: ["flat"]),
    ]
    let activations: [(String, any Layer, Double?)] = [
      ("sigmoid", Sigmoid(), 0.5), ("tanh", Tanh(), 0.5), ("hard", HardSigmoid(), 0.5),
      ("clip", Clip(minimum: -1, maximum: 1), 0.5), ("relu", ReLU(), 0.5),
      ("relu6", ReLU(maximum: 6), 0.75), ("leaky", LeakyReLU(slope: 0.1), nil),
      ("softmax", Softmax(axis: 0), 1), ("elu", ELU(alpha: 1), nil),
    ]
    let report = try report(
      nodes + activations.map { .init(name: $0.0, layer: $0.1, inputs: ["logits"]) },
      outputs: activations.map(\.0))
    for (name, _, share) in activations {
      #expect(try layer(name, of: report).noise.flat == share, "\(name)")
    }
    let found = findings(.saturation, in: report)
    #expect(Set(found.flatMap(\.layers)) == ["sigmoid", "tanh", "hard", "clip", "softmax"])
    #expect(found.allSatisfy { $0.text.contains("logits") && $0.severity == .hint })
  }

  // MARK: - Weights and values

  @Test("weights that are no numbers, zero, huge or of no training are named")
  func weights() throws {
    func dense(_ weights: [Float]) -> Dense {
      Dense(weights: Tensor(shape: [2, 2], values: weights), bias: [0, 0])
    }
    func norm(_ mean: [Float], _ variance: [Float]) -> BatchNormalization {
      BatchNormalization(
        gamma: [1, 1], beta: [0, 0], mean: mean, variance: variance, epsilon: 1e-3)
    }
    let report = try report(
      [
        .init(
          name: "conv", layer: CheckedModel.convolution(biases: [0, 0]), inputs: ["x"]),
        .init(name: "fresh", layer: norm([0, 0], [1, 1]), inputs: ["conv"]),
        .init(name: "mean", layer: GlobalAveragePooling2D(), inputs: ["fresh"]),
        .init(name: "good", layer: dense([1, 2, 3, 4]), inputs: ["mean"]),
        .init(name: "holed", layer: dense([1, .nan, .infinity, 4]), inputs: ["good"]),
        .init(name: "behind", layer: ReLU(), inputs: ["holed"]),
        .init(name: "empty", layer: dense([0, 0, 0, 0]), inputs: ["good"]),
        .init(name: "vast", layer: dense([0, 1e9, 0, 0]), inputs: ["good"]),
        .init(name: "odd", layer: norm([0, 1], [1, -1]), inputs: ["good"]),
      ], outputs: ["behind"])
    let flaws = report.layers.flatMap { layer in layer.weights.map { (layer.name, $0) } }
    #expect(flaws.map(\.0) == ["fresh", "holed", "empty", "vast", "odd"])
    #expect(
      flaws.map(\.1.kind) == [.untrained, .notFinite, .allZero, .huge, .negativeVariance])
    #expect(flaws[1].1.array == "kernel" && flaws[1].1.count == 2 && flaws[1].1.of == 4)
    #expect(report.isWrong)
    let found = findings(.weights, in: report)
    #expect(found.prefix(2).allSatisfy { $0.severity == .wrong })
    #expect(found[0].text.contains("holed, kernel (2 of 4)"))
    #expect(found.dropFirst(2).allSatisfy { $0.severity == .doubtful })
    #expect(Set(found.flatMap(\.layers)) == ["fresh", "holed", "empty", "vast", "odd"])
    // What follows from the weights is not told again.
    #expect(findings(.notFinite, in: report).isEmpty)
    #expect(findings(.gradient, in: report).map(\.text) == [])
    #expect(report.text.contains("NaN"))
  }

  @Test("values that are no numbers are named where they arise")
  func values() throws {
    let report = try report([
      .init(name: "conv", layer: CheckedModel.convolution(biases: [0, 0]), inputs: ["x"]),
      .init(name: "log", layer: Logarithm(), inputs: ["conv"]),
      .init(name: "relu", layer: Tanh(), inputs: ["log"]),
    ])
    #expect(findings(.notFinite, in: report).map(\.layers) == [["log"]])
    #expect(report.isWrong && report.text.contains("NaN"))
    #expect(try layer("conv", of: report).noise.notFinite == 0)
    #expect(try layer("log", of: report).noise.notFinite > 0)
    #expect(try ModelReport(json: Data(report.encoded())).isWrong)
  }

  @Test("what a file has but cannot be computed is named")
  func missing() throws {
    let report = try report(
      [.init(name: "conv", layer: CheckedModel.convolution(biases: [0]), inputs: ["x"])],
      missing: ["blur": "operator 'Blur' is not read", "fc": "operator 'Blur' is not read"])
    let found = findings(.missing, in: report)
    #expect(found.count == 1 && found[0].severity == .doubtful && !report.isWrong)
    #expect(found[0].text.contains("operator 'Blur' is not read (blur, fc)"))
    #expect(!report.text.contains("everything fits"))
  }
}
