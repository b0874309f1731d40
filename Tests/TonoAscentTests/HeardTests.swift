import Foundation
import Synchronization
import TestSupport
import Testing
import TonoAudio
import TonoCore
import TonoNetwork

@testable import TonoAscent

/// Sounds that are climbed over how they reach the network.
@Suite struct HeardTests {
  private static let frontEnd = PainterTests.frontEnd

  private func network() throws -> Network {
    var random = TestRandom(71)
    return try Network(
      inputs: [.init(name: "x", shape: Self.frontEnd.inputShape)],
      nodes: [
        .init(
          name: "conv", layer: Conv2D(kernel: .random([4, 1, 3, 3], using: &random), bias: nil),
          inputs: ["x"]),
        .init(name: "relu", layer: ReLU(), inputs: ["conv"]),
      ], outputs: ["relu"])
  }

  private func ascent(
    _ hearing: Hearing?, steps: Int = 150, _ optimizer: Optimizer = Optimizer()
  ) throws -> Ascent {
    try Ascent(
      network: try network(), canvases: ["x": .waveform],
      frontEnds: ["x": Self.frontEnd],
      settings: AscentSettings(
        steps: steps, optimizer: optimizer, hearing: hearing, plateau: nil))
  }

  private func objectives() throws -> [Objective] {
    try (0..<4).map { Objective(try NeuronReference("relu:\($0)")) }
  }

  private func elsewhere(_ pattern: Pattern, exactly: Float) throws -> Float {
    let sound = try #require(pattern.sounds["x"])
    let played = try #require(
      try PlayedElsewhere(
        of: ["x": sound], activation: exactly, objective: pattern.objective,
        network: try network(), frontEnds: ["x": Self.frontEnd]))
    let shifts = [Playback.quarterHop, .halfHop, .threeQuarterHop]
    return shifts.compactMap { played.retentions[$0.rawValue] }.min() ?? 0
  }

  @Test("heard robustly a sound has more of the activation where it is played later")
  func keepsMore() throws {
    var gains = 0
    for objective in try objectives() {
      let exact = try ascent(nil).climb(objective)
      let robust = try ascent(Hearing(rooms: 0, codecs: 0)).climb(objective)
      let first = try #require(robust.activations.first)
      #expect(robust.activation > first)
      let (before, after) = (
        try elsewhere(exact, exactly: exact.activation),
        try elsewhere(robust, exactly: exact.activation)
      )
      if after > before { gains += 1 }
    }
    #expect(gains >= 3)
  }

  @Test("a climb that explodes keeps the last sound of finite numbers")
  func explodes() throws {
    let pattern = try ascent(
      Hearing(), steps: 30,
      Optimizer(rule: .gradient, rate: 3e37, normalizesGradient: false)
    ).climb(objectives()[0])
    guard case .notFinite = pattern.ending else {
      Issue.record("\(pattern.ending)")
      return
    }
    #expect(pattern.inputs["x"]?.values.allSatisfy(\.isFinite) == true)
    #expect(pattern.activation.isFinite)
  }

  @Test("results depend neither on threads nor on companions")
  func determined() throws {
    let ascent = try ascent(Hearing(), steps: 12)
    let objectives = try objectives()
    let alone = try objectives.map { try ascent.climb($0).inputs["x"] }
    for threads in [1, 2] {
      let together = Mutex<[Int: Tensor]>([:])
      try ascent.climb(objectives, threads: threads) { index, pattern, _ in
        together.withLock { $0[index] = pattern.inputs["x"] }
      }
      let found = together.withLock { $0 }
      for (index, pattern) in alone.enumerated() { #expect(found[index] == pattern) }
    }
  }

  @Test("what is played elsewhere is told for every way, the least among them")
  func ways() throws {
    let pattern = try ascent(nil, steps: 20).climb(objectives()[0])
    let sound = try #require(pattern.sounds["x"])
    let played = try #require(
      try PlayedElsewhere(
        of: ["x": sound], activation: pattern.activation, objective: pattern.objective,
        network: try network(), frontEnds: ["x": Self.frontEnd]))
    #expect(Set(played.retentions.keys) == Set(Playback.allCases.map(\.rawValue)))
    #expect(played.least == played.retentions.values.min())
    #expect(!played.leastWay.isEmpty)
    // Levels from the maximum: loudness is nothing to this front end.
    #expect(abs((played.retentions["quieter"] ?? 0) - 1) < 1e-3)
    let silent = try PlayedElsewhere(
      of: ["x": sound], activation: 0, objective: pattern.objective, network: try network(),
      frontEnds: ["x": Self.frontEnd])
    #expect(silent == nil)
  }
}
