import Foundation
import Testing
import TonoAudio
import TonoCore

@testable import TonoLearn

struct FeatureSetTests {
  @Test func soundsWithoutFeaturesAreLeftOut() throws {
    let folder = URL(filePath: "/data")
    let sources = ["a.wav", "b.wav"].map { SoundSource(folder: folder, path: $0) }
    let frontEnd = try FrontEnd.named("tl-iminet/recording")
    let features = FeatureSet(
      frontEnd: frontEnd, tensors: [sources[0]: Tensor(shape: [1, 128, 128])],
      problems: ["b.wav is cut short"])
    let sounds = LabelledSounds(
      folder: folder, layout: .classFolders, classes: ["one"],
      items: sources.map { LabelledSounds.Item(source: $0, label: 0) }, problems: [])
    let usable = sounds.usable(with: features)
    #expect(usable.sources == [sources[0]])
    #expect(usable.problems == ["b.wav is cut short"])
  }
}
