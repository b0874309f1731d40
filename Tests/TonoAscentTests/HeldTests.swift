import TestSupport
import Testing
import TonoCore
import TonoNetwork

@testable import TonoAscent

/// Ascents of which some inputs stay fixed.
@Suite struct HeldTests {
  private let network: Network
  private let held: Tensor
  private let start: Tensor

  init() throws {
    var random = TestRandom(81)
    network = try SmallNetworks.siamese()
    held = .random([1, 9, 14], using: &random)
    start = .random([1, 8, 7], using: &random)
  }

  private func objective(_ text: String) throws -> Objective {
    Objective(try NeuronReference(text))
  }

  @Test("the others climb as the whole network says with that input fixed")
  func wholeNetwork() throws {
    let settings = AscentSettings(
      steps: 6, optimizer: Optimizer(rule: .gradient, rate: 0.05, normalizesGradient: false),
      start: .spectrogram, plateau: nil)
    let ascent = try Ascent(
      network: network, settings: settings, spectrograms: ["b": start], held: ["a": held])
    let objective = try objective("fc_pre:1")
    let pattern = try ascent.climb(objective)
    #expect(pattern.inputs.keys.sorted() == ["b"])

    let bound = try BoundObjective(objective, in: network)
    var x = Tensor(batch: [start])
    for step in 0...6 {
      let activations = try network.forward(["a": Tensor(batch: [held]), "b": x], to: bound.nodes)
      let value = bound.values(of: activations)[0]
      #expect(abs(pattern.activations[step] - value) < Tolerance.reordered * max(1, abs(value)))
      if step == 6 { break }
      let gradient = network.backward(bound.seeds(for: activations), through: activations)["b"]
      for (index, slope) in (gradient?.values ?? []).enumerated() {
        x.values[index] += 0.05 * slope
      }
    }
    let input = try #require(pattern.inputs["b"])
    #expect(Deviation(of: input, from: x.sample(0)).relative < Double(Tolerance.reordered))
  }

  @Test("the gradient agrees with finite differences", arguments: ["fc_pre:1", "score:0"])
  func finiteDifferences(_ text: String) throws {
    let ascent = try Ascent(network: network, held: ["a": held])
    let objective = try objective(text)
    let program = try ScalarProgram(
      BoundObjective(objective, in: network), in: network,
      climbed: try ascent.inputs(climbedBy: objective), held: ascent.held)
    let buffers = try #require(program.buffers[0])
    func value(_ input: Tensor) -> Double {
      buffers.input.update(from: input.values, count: input.count)
      return Double(program.evaluate())
    }
    _ = value(start)
    let gradient = Tensor(shape: start.shape) {
      $0.update(from: buffers.gradient, count: start.count)
    }
    var random = TestRandom(82)
    for _ in 0..<4 {
      let direction = Tensor.random(start.shape, using: &random)
      let slope = finiteDifference(
        of: { value($0[0]) }, at: [start], along: [direction], step: 1 / 1024)
      #expect(abs(slope - dot(gradient, direction)) < Tolerance.smallStep * max(1, abs(slope)))
    }
  }

  @Test("what the objective does not depend on changes nothing, and other neurons wake as before")
  func unrelated() throws {
    let settings = AscentSettings(steps: 5)
    let free = try Ascent(network: network, settings: settings)
    let half = try Ascent(network: network, settings: settings, held: ["a": held])
    let objective = try objective("tanh_b:1")
    #expect(try half.climb(objective).inputs == free.climb(objective).inputs)
    // `fc:4` sleeps under a bias of −9, and wakes by the input that is left.
    let woken = try half.climb(self.objective("fc:4"))
    #expect(!woken.isDead && woken.wakingSteps > 0 && woken.inputs.keys.sorted() == ["b"])
  }

  @Test("same bytes on any number of threads")
  func threads() throws {
    let settings = AscentSettings(steps: 5, jitter: Jitter(frames: 1))
    let ascent = try Ascent(network: network, settings: settings, held: ["a": held])
    let objective = try objective("fc_pre:3")
    let alone = try ascent.climb(objective)
    for threads in [2, 3] {
      let pattern = try ascent.climb(objective, threads: threads)
      #expect(pattern.inputs == alone.inputs && pattern.activations == alone.activations)
    }
  }

  @Test("what cannot be held is refused")
  func misfits() throws {
    #expect(throws: AscentError.unknownInput("c", inputs: network.inputs)) {
      try Ascent(network: network, held: ["c": held])
    }
    #expect(throws: AscentError.unknownInput("c", inputs: network.inputs)) {
      try Ascent(
        network: network, canvases: ["c": .spectrogram(SpectrogramCanvas(normalizes: true))])
    }
    #expect(throws: AscentError.unknownInput("d", inputs: network.inputs)) {
      try Ascent(network: network, spectrograms: ["d": start])
    }
    #expect(throws: NetworkError.inputShape(network.inputs[0], got: start.shape)) {
      try Ascent(network: network, held: ["a": start])
    }
    #expect(throws: AscentError.notFinite(input: "a")) {
      try Ascent(network: network, held: ["a": Tensor(shape: held.shape, repeating: .nan)])
    }
    let ascent = try Ascent(network: network, held: ["a": held])
    let objective = try objective("relu_a:1")
    let error = AscentError.nothingToClimb(objective, held: ["a"])
    #expect(error.description.contains("'relu_a:1' depends on 'a' alone"))
    #expect(throws: error) { try ascent.climb(objective) }
  }
}
