import Foundation
import Synchronization
import TestSupport
import Testing
import TonoAscent
import TonoCore
import TonoModels
import TonoNetwork

@Suite struct WakingTests {
  /// Under white noise 25 of the 48 channels of the third layer and 14 of the second are at zero
  /// over their whole map, though real sounds wake every one of them.
  @Test("every channel of a trained tower is woken", arguments: ["nyu_conv_2_AC", "nyu_conv_3_AC"])
  func trainedTower(_ layer: String) throws {
    let network = try ModelFile.load(
      Fixture.url("reference/models/recording_tower_weights.h5"),
      architecture: Fixture.url("reference/models/recording_tower_architecture.json")
    ).network
    let ascent = try Ascent(
      network: network, canvases: ["ref_input": .spectrogram(SpectrogramCanvas(normalizes: true))],
      settings: AscentSettings(steps: 3))
    let neurons = try NeuronSelection(layer + ":*").neurons(in: network)
    let patterns = Mutex<[Pattern]>([])
    try ascent.climb(
      neurons.map { Objective($0) }, threads: ProcessInfo.processInfo.activeProcessorCount
    ) { _, pattern, _ in patterns.withLock { $0.append(pattern) } }
    let found = patterns.withLock { $0 }
    #expect(found.count == 48)
    #expect(found.allSatisfy { !$0.isDead && $0.activation > 0 })
    #expect(found.contains { $0.wakingSteps > 0 })
  }
}
