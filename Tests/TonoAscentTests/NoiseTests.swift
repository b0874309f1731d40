import TestSupport
import Testing
import TonoCore
import TonoNetwork

@testable import TonoAscent

@Suite struct NoiseTests {
  @Test("noise is what a climb starts from: the pattern of a dead neuron is its first start")
  func start() throws {
    let network = try SmallNetworks.rectified(biases: [-1e6, 0])
    let neuron = try NeuronReference("relu:0")
    let ascent = try Ascent(
      network: network, settings: AscentSettings(steps: 1, starts: 1, wakingSteps: 0, seed: 5))
    let pattern = try ascent.climb(Objective(neuron))
    #expect(pattern.isDead)
    #expect(ascent.noise(for: "\(Objective(neuron))", start: 0) == pattern.inputs)
    #expect(ascent.noise(for: "relu:0", start: 1) != pattern.inputs)
    let other = try Ascent(network: network, settings: AscentSettings(seed: 6))
    #expect(other.noise(for: "relu:0", start: 0) != pattern.inputs)
  }
}
