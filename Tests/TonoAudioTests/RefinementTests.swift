import TestSupport
import Testing
import TonoCore
import TonoNetwork

@testable import TonoAudio

@Suite struct RefinementTests {
  @Test("refined sounds are nearer to the pattern", arguments: FrontEnd.analyses)
  func nearer(_ frontEnd: FrontEnd) throws {
    let chirp = SyntheticSounds.chirp(rate: frontEnd.sampleRate, seconds: frontEnd.seconds)
    let noise = SyntheticSounds.noise(rate: frontEnd.sampleRate, seconds: frontEnd.seconds)
    let mixed = Waveform(
      samples: zip(chirp.samples, noise.samples).map { $0 + 0.05 * $1 },
      sampleRate: frontEnd.sampleRate)
    let pattern = try frontEnd.features(of: mixed)
    func distance(_ inversion: Inversion) throws -> Float {
      let features = try frontEnd.features(of: inversion.sound(of: pattern, frontEnd: frontEnd))
      let squares = zip(features.values, pattern.values).reduce(Float(0)) {
        $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
      }
      return (squares / Float(pattern.count)).squareRoot()
    }
    let plain = try distance(Inversion(iterations: 10, refinement: 0))
    let refined = try distance(Inversion(iterations: 10, refinement: 100))
    #expect(refined < 0.95 * plain, "\(refined) after \(plain)")
  }
}
