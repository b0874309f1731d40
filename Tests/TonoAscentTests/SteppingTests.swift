import TestSupport
import Testing
import TonoAscent
import TonoCore
import TonoNetwork

/// Climbs by hand, step by step.
@Suite struct SteppingTests {
  private func ascent(_ settings: AscentSettings) throws -> Ascent {
    let network = try SmallNetworks.siamese()
    return try Ascent(
      network: network,
      canvases: Dictionary(
        uniqueKeysWithValues: network.inputs.map {
          ($0.name, .spectrogram(SpectrogramCanvas(normalizes: true)))
        }), settings: settings)
  }

  @Test(
    "stepping by hand, with snapshots on the way, ends where climbing does",
    arguments: [
      "relu_a:1", "fc_pre:1 - 0.5*fc_pre:3",
    ])
  func steps(_ text: String) throws {
    let settings = AscentSettings(
      steps: 12, jitter: Jitter(frames: 2, bands: 1), acoustics: Acoustics(gain: 2, tilt: 3))
    let (ascent, objective) = (try ascent(settings), try Objective(text))
    let whole = try ascent.climb(objective)
    let climb = try ascent.begin(objective)
    var taken: [Step] = []
    while let step = try climb.step() {
      taken.append(step)
      if step.index % 5 == 0 { #expect(climb.snapshot().ending == .underway) }
    }
    let pattern = climb.snapshot()
    #expect(climb.isOver && taken.count == 12)
    #expect(taken.map(\.index) == Array(0..<12) && taken.allSatisfy { $0.phase == .climbing })
    #expect(pattern.inputs == whole.inputs && pattern.activations == whole.activations)
    #expect(taken.map(\.value) == Array(whole.activations.prefix(12)))
    #expect(try climb.step() == nil)
  }

  @Test("a snapshot is what the network says of it")
  func snapshot() throws {
    let ascent = try ascent(AscentSettings(steps: 30))
    let objective = try Objective("fc_pre:2")
    let climb = try ascent.begin(objective)
    for _ in 0..<7 { _ = try climb.step() }
    let pattern = climb.snapshot()
    let bound = try BoundObjective(objective, in: ascent.network)
    let activations = try ascent.network.forward(
      pattern.inputs.mapValues { Tensor(batch: [$0]) }, to: bound.nodes)
    #expect(abs(bound.values(of: activations)[0] - pattern.activation) < Tolerance.reordered)
  }
}
