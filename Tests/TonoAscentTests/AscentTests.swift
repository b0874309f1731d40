import Synchronization
import TestSupport
import Testing
import TonoCore
import TonoNetwork

@testable import TonoAscent

@Suite struct AscentTests {
  private func objective(_ text: String) throws -> Objective {
    try Objective(text)
  }

  private func ascent(
    _ network: Network, normalizes: Bool = true, _ settings: AscentSettings
  ) throws -> Ascent {
    try Ascent(
      network: network,
      canvases: Dictionary(
        uniqueKeysWithValues: network.inputs.map {
          ($0.name, .spectrogram(SpectrogramCanvas(normalizes: normalizes)))
        }), settings: settings)
  }

  @Test(
    "every objective rises, by every rule", arguments: ObjectiveTests.texts, Optimizer.Rule.allCases
  )
  func rises(_ text: String, _ rule: Optimizer.Rule) throws {
    let settings = AscentSettings(steps: 40, optimizer: Optimizer(rule: rule, rate: 0.05))
    let pattern = try ascent(SmallNetworks.siamese(), settings).climb(objective(text))
    let first = try #require(pattern.activations.first)
    #expect(pattern.activation > first + 0.01 * abs(first))
    #expect(pattern.ending == .steps || pattern.ending == .plateau)
  }

  @Test("what is reported is what the network says of the pattern")
  func honest() throws {
    let network = try SmallNetworks.siamese()
    let settings = AscentSettings(
      steps: 30, regularizer: Regularizer(l1: 0.1, timeVariation: 0.1, blur: 0.5),
      jitter: Jitter(frames: 2, bands: 1))
    for text in ObjectiveTests.texts {
      let pattern = try ascent(network, settings).climb(objective(text))
      let bound = try BoundObjective(objective(text), in: network)
      let activations = try network.forward(
        pattern.inputs.mapValues { Tensor(batch: [$0]) }, to: bound.nodes)
      #expect(
        abs(bound.values(of: activations)[0] - pattern.activation)
          <= 1e-4 * max(1, abs(pattern.activation)))
    }
  }

  @Test("a joint neuron's ascent moves both inputs, a tower's only its own")
  func inputs() throws {
    let network = try SmallNetworks.siamese()
    let settings = AscentSettings(steps: 5)
    #expect(
      try ascent(network, settings).climb(objective("fc_pre:1")).inputs.keys.sorted() == ["a", "b"])
    #expect(
      try ascent(network, settings).climb(objective("tanh_b:1")).inputs.keys.sorted() == ["b"])
  }

  @Test("same bytes alone, in company, in any order, on any number of threads")
  func independence() throws {
    let network = try SmallNetworks.siamese()
    let settings = AscentSettings(steps: 15, jitter: Jitter(frames: 1), seed: 7)
    let ascent = try ascent(network, settings)
    let objectives = try ["relu_a:0", "relu_a:1", "fc:0", "fc_pre:2", "tanh_b:2"].map(objective)
    let alone = try objectives.map { try ascent.climb($0) }
    let few = Array(objectives[1...2])
    for (order, threads) in [
      (objectives, 1), (objectives, 2), (objectives.reversed(), 3), (few, 5), ([objectives[3]], 3),
    ] {
      let found = Mutex<[Int: Pattern]>([:])
      try ascent.climb(order, threads: threads) { index, pattern, _ in
        found.withLock { $0[index] = pattern }
      }
      for (index, objective) in order.enumerated() {
        let pattern = try #require(found.withLock { $0[index] })
        let expected = try #require(alone.first { $0.objective == objective })
        #expect(pattern.inputs == expected.inputs)
        #expect(pattern.activations == expected.activations)
      }
    }
  }

  @Test("another seed starts elsewhere")
  func seeds() throws {
    let network = try SmallNetworks.siamese()
    let patterns = try [UInt64(1), 1, 2].map { seed in
      try ascent(network, AscentSettings(steps: 3, seed: seed)).climb(objective("tanh_b:0")).inputs
    }
    #expect(patterns[0] == patterns[1])
    #expect(patterns[0] != patterns[2])
  }

  @Test("plain steps follow x ← x + rate·g from the start given")
  func plain() throws {
    let network = try SmallNetworks.siamese()
    var random = TestRandom(61)
    let start = Tensor.random([1, 8, 7], using: &random)
    let settings = AscentSettings(
      steps: 4, optimizer: Optimizer(rule: .gradient, rate: 0.3, normalizesGradient: false),
      start: .spectrogram, plateau: nil)
    let pattern = try Ascent(network: network, settings: settings, spectrograms: ["b": start])
      .climb(objective("tanh_b:1"))
    let bound = try BoundObjective(objective("tanh_b:1"), in: network)
    var x = Tensor(batch: [start])
    for _ in 0..<4 {
      let activations = try network.forward(["b": x], to: bound.nodes)
      let gradient = network.backward(bound.seeds(for: activations), through: activations)["b"]
      for (index, slope) in (gradient?.values ?? []).enumerated() { x.values[index] += 0.3 * slope }
    }
    let input = try #require(pattern.inputs["b"])
    #expect(Deviation(of: input, from: x.sample(0)).relative < Double(Tolerance.reordered))
    #expect(pattern.activations.count == 5)
  }

  // MARK: - Neurons at zero

  @Test(
    "a neuron asleep under noise is woken through its pre-activation",
    arguments: ["relu:0", "pool:0", "flat:3", "relu:0@2,4"])
  func wakes(_ text: String) throws {
    // A bias of −8 keeps the map at zero for noise of unit variance.
    let network = try SmallNetworks.rectified(biases: [-8])
    let pattern = try ascent(
      network, normalizes: false, AscentSettings(steps: 60, wakingSteps: 300)
    )
    .climb(objective(text))
    #expect(pattern.wakingSteps > 0)
    #expect(!pattern.isDead)
    #expect(pattern.activation > 0)
  }

  @Test(
    "a neuron asleep behind any rectifier is woken",
    arguments: [
      (ReLU(maximum: 6), Float(-8)), (ReLU(threshold: 20), 4), (HardSigmoid(), -12),
    ] as [(any Activation, Float)])
  func wakesBehind(_ rectifier: any Activation, _ bias: Float) throws {
    let network = try SmallNetworks.rectified(biases: [bias], by: rectifier)
    let pattern = try ascent(
      network, normalizes: false, AscentSettings(steps: 60, wakingSteps: 300)
    )
    .climb(objective("relu:0"))
    #expect(pattern.wakingSteps > 0)
    #expect(pattern.activation > 0)
  }

  @Test("a neuron at its rectifier's maximum is not dead")
  func capped() throws {
    let network = try SmallNetworks.rectified(biases: [90], by: ReLU(maximum: 6))
    let pattern = try ascent(network, AscentSettings(steps: 20)).climb(objective("relu:0"))
    #expect(!pattern.isDead && pattern.wakingSteps == 0)
    #expect(pattern.activation == 6)
  }

  @Test("a neuron that nothing can wake is dead, and says what was tried")
  func dead() throws {
    let network = try SmallNetworks.rectified(biases: [-1000, 0])
    let ascent = try ascent(network, AscentSettings(steps: 20, starts: 3, wakingSteps: 20))
    let pattern = try ascent.climb(objective("relu:0"))
    guard case .dead(let tried) = pattern.ending else {
      Issue.record("\(pattern.ending)")
      return
    }
    #expect(tried.count == 3)
    #expect(tried.allSatisfy { $0.contains("pre-activation is -") })
    #expect(pattern.activation == 0)
    #expect(try !ascent.climb(objective("relu:1")).isDead)
  }

  @Test("a constant neuron is dead too, with or without a rectifier", arguments: [Float(-1), 1])
  func constant(_ bias: Float) throws {
    let network = try SmallNetworks.rectified(biases: [bias], scale: 0)
    let ascent = try ascent(network, AscentSettings(steps: 20, starts: 2))
    #expect(try ascent.climb(objective("relu:0")).isDead)
    #expect(try ascent.climb(objective("conv:0")).isDead)
  }

  @Test("a saturated neuron is not dead")
  func saturated() throws {
    let network = try Network(
      inputs: [.init(name: "x", shape: [1, 3, 3])],
      nodes: [
        .init(
          name: "conv",
          layer: Conv2D(kernel: Tensor(shape: [1, 1, 2, 2], repeating: 1), bias: [90]),
          inputs: ["x"]),
        .init(name: "sigmoid", layer: Sigmoid(), inputs: ["conv"]),
      ], outputs: ["sigmoid"])
    let pattern = try ascent(network, AscentSettings(steps: 60)).climb(objective("sigmoid:0"))
    #expect(!pattern.isDead)
    #expect(pattern.activation == 1)
  }

  // MARK: - Endings

  @Test("an ascent that rises no more stops, unless told not to")
  func plateau() throws {
    let network = try SmallNetworks.siamese()
    var settings = AscentSettings(steps: 600, plateau: .init(patience: 10, tolerance: 1e-3))
    let stopped = try ascent(network, settings).climb(objective("tanh_b:0"))
    #expect(stopped.ending == .plateau)
    #expect(stopped.activations.count < 600)
    settings.plateau = nil
    let whole = try ascent(network, settings).climb(objective("tanh_b:0"))
    #expect(whole.ending == .steps && whole.activations.count == 601)
  }

  @Test("a NaN ends the climb with the reason, and the best pattern before is kept")
  func notFinite() throws {
    let network = try SmallNetworks.rectified(biases: [0])
    let exploding = try ascent(
      network, normalizes: false,
      AscentSettings(
        steps: 50, optimizer: Optimizer(rule: .gradient, rate: 3e38, normalizesGradient: false),
        plateau: nil)
    ).climb(objective("conv:0"))
    guard case .notFinite(let reason) = exploding.ending else {
      Issue.record("\(exploding.ending)")
      return
    }
    #expect(reason.contains("no finite number"))
    #expect(exploding.inputs["x"]?.values.allSatisfy(\.isFinite) == true)
    #expect(exploding.activation.isFinite)

    let broken = try SmallNetworks.rectified(biases: [.nan])
    let pattern = try ascent(broken, AscentSettings(steps: 5)).climb(objective("conv:0"))
    guard case .notFinite = pattern.ending else {
      Issue.record("\(pattern.ending)")
      return
    }
  }

  @Test("what a step throws ends all climbs with that error")
  func stops() throws {
    struct Enough: Error {}
    let ascent = try ascent(SmallNetworks.siamese(), AscentSettings(steps: 1_000_000, plateau: nil))
    let steps = Mutex(0)
    #expect(throws: Enough.self) {
      try ascent.climb(
        try ["relu_a:0", "tanh_b:1", "fc_pre:2"].map(objective), threads: 2,
        step: { _, _ in
          let count = steps.withLock {
            $0 += 1; return $0
          }
          if count >= 20 { throw Enough() }
        }, finished: { _, _, _ in })
    }
  }

  @Test("a start that does not fit is refused")
  func misfit() throws {
    let network = try SmallNetworks.siamese()
    #expect(throws: NetworkError.inputShape(network.inputs[0], got: [1, 9, 13])) {
      try Ascent(network: network, spectrograms: ["a": Tensor(shape: [1, 9, 13])])
    }
  }

  @Test("an input without a given start begins with noise")
  func otherInput() throws {
    let network = try SmallNetworks.siamese()
    let settings = AscentSettings(steps: 1, start: .spectrogram)
    let ascent = try Ascent(
      network: network, settings: settings, spectrograms: ["a": Tensor(shape: [1, 9, 14])])
    let inputs = try ascent.climb(objective("fc_pre:0")).inputs
    let moved = try #require(inputs["a"]).values.map(abs).max() ?? 0
    let noise = try #require(inputs["b"]).values.map(abs).max() ?? 0
    #expect(moved < 0.2 && noise > 1)
  }

  @Test("penalties that put a neuron to sleep do not hide where it answered")
  func staysAwake() throws {
    let network = try SmallNetworks.rectified(biases: [-2])
    let settings = AscentSettings(
      steps: 60, regularizer: Regularizer(l1: 50, bandVariation: 50), plateau: nil)
    let pattern = try ascent(network, normalizes: false, settings).climb(objective("relu:0"))
    #expect(pattern.isDead || pattern.activation > 0)
  }
}
