import TestSupport
import Testing
import TonoCore
import TonoNetwork

@testable import TonoAudio

/// Every preset against librosa's or TensorFlow's numbers (`Scripts/reference/preset_values.py`).
struct PresetValueTests {
  static let names = FrontEnd.presets.map(\.name).filter { !$0.hasPrefix("tl-iminet/") }

  @Test(arguments: names, SyntheticSounds.names)
  func agrees(name: String, soundName: String) throws {
    let expected = try #require(ReferenceArrays.committed("presets")["\(name)/\(soundName)"])
    let frontEnd = try FrontEnd.named(name)
    let sound = SyntheticSounds.named(soundName, rate: frontEnd.sampleRate, seconds: 1)
    let features = try frontEnd.features(of: sound)
    let stride = 61
    let kept = Swift.stride(from: 0, to: features.count, by: stride).map { features.values[$0] }
    #expect(kept.count == expected.count)
    let difference = zip(kept, expected.values).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
    #expect(difference < Tolerance.decibels, "\(difference)")
  }
}
