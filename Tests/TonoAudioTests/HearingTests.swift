import Foundation
import TestSupport
import Testing
import TonoCore

@testable import TonoAudio

/// Ways in which sounds reach a network while they are climbed.
@Suite struct HearingTests {
  /// What changes, one by one and together.
  static let hearings: [Hearing] = {
    let nothing = Hearing(
      delay: 0, rooms: 0, tilt: 0, cuts: 0, noise: 0...0, codecs: 0)
    func hearing(_ change: (inout Hearing) -> Void) -> Hearing {
      var hearing = nothing
      change(&hearing)
      return hearing
    }
    return [
      nothing, hearing { $0.rooms = 1 }, hearing { $0.tilt = 9 }, hearing { $0.cuts = 1 },
      hearing { $0.noise = -30 ... -10 }, hearing { $0.codecs = 1 }, Hearing(rooms: 1, codecs: 1),
    ]
  }()

  private func noise(_ count: Int, _ seed: UInt64) -> [Float] {
    var random = TestRandom(seed)
    return Tensor.random([count], using: &random).values
  }

  private func way(_ hearing: Hearing, _ frontEnd: FrontEnd, seed: UInt64) -> Hearing.Way {
    var random = RandomSource(seed: seed, text: "way")
    return hearing.draw(from: &random, before: frontEnd)
  }

  @Test("the adjoint agrees with finite differences", arguments: hearings, [false, true])
  func adjoint(_ hearing: Hearing, _ isAmplitude: Bool) {
    var frontEnd = FrontEndPassTests.frontEnds[0]
    if isAmplitude { frontEnd.spectrum = .amplitude }
    let count = frontEnd.bands * frontEnd.frames
    let pass = HeardBands(frontEnd)
    let held = noise(count, 1).map { 0.2 + abs($0) }
    let weights = noise(count, 2)
    for seed in UInt64(0)..<6 {
      let way = way(hearing, frontEnd, seed: seed)
      func value(_ held: [Float]) -> Double {
        var heard = held
        pass.apply(way, to: &heard)
        return zip(heard, weights).reduce(0) { $0 + Double($1.0) * Double($1.1) }
      }
      _ = value(held)
      var gradient = weights
      pass.adjoint(&gradient)
      let direction = noise(count, 3 + seed)
      let step: Float = 1 / 512
      let slope =
        (value(zip(held, direction).map { $0 + step * $1 })
          - value(zip(held, direction).map { $0 - step * $1 })) / Double(2 * step)
      // Noise follows the sound's mean energy, which counts as fixed.
      guard way.noise == nil else { continue }
      let expected = zip(gradient, direction).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
      #expect(
        abs(slope - expected) < Tolerance.finiteDifference * max(1, abs(slope)) * 4,
        "\(slope), \(expected)")
    }
  }

  @Test("the same way gives the same features, another one others; none at all the sound itself")
  func determined() {
    let frontEnd = FrontEndPassTests.frontEnds[0]
    let pass = DifferentiableFrontEnd(frontEnd)
    let sound = noise(pass.sampleCount, 4)
    func features(_ way: Hearing.Way?) -> [Float] {
      var features = [Float](repeating: 0, count: frontEnd.inputShape.count)
      pass.samples.update(from: sound, count: sound.count)
      pass.features(into: &features, heard: way)
      return features
    }
    let asItIs = features(nil)
    let (one, other) = (way(Hearing(), frontEnd, seed: 1), way(Hearing(), frontEnd, seed: 2))
    let heard = features(one)
    #expect(features(other) != heard)
    #expect(features(one) == heard)
    #expect(heard != asItIs)
    #expect(features(nil) == asItIs)
  }

  @Test("delays begin anywhere within the hop, noise and reverberation lie in their ranges")
  func ranges() {
    let frontEnd = FrontEndPassTests.frontEnds[0]
    var random = RandomSource(seed: 3, text: "")
    let hearing = Hearing()
    let ways = (0..<2000).map { _ in hearing.draw(from: &random, before: frontEnd) }
    #expect(Set(ways.map(\.delay)).count == frontEnd.hop)
    #expect(ways.allSatisfy { (0..<frontEnd.hop).contains($0.delay) })
    let share = Double(ways.count { $0.room != nil }) / Double(ways.count)
    #expect(abs(share - Double(hearing.rooms)) < 0.05)
    #expect(ways.allSatisfy { $0.room.map { hearing.decay.contains($0.decay) } ?? true })
    let still = Hearing(delay: 0, rooms: 0, tilt: 0, cuts: 0, noise: 0...0, codecs: 0)
    let way = still.draw(from: &random, before: frontEnd)
    #expect(way.delay == 0 && way.room == nil && way.noise == nil && way.codec == nil)
  }
}
