import Foundation
import TestSupport
import Testing

@testable import TonoLearn

/// The small packs of real data beside the checkout.
struct PacksTests {
  private static func pack(_ name: String) -> URL? { Fixture.shared("data/\(name)") }

  @Test(.enabled(if: pack("urbansound8k-mini") != nil, "needs the data packs beside the checkout"))
  func urbanSound8KMini() throws {
    let sounds = try LabelledSounds.read(#require(Self.pack("urbansound8k-mini")))
    #expect(sounds.layout == .urbanSound8K)
    #expect(sounds.classes.count == 10 && sounds.classes[3] == "dog_bark")
    #expect(sounds.items.count == 660 && sounds.problems.isEmpty)
    let split = try LabelledSplit.standard(for: sounds, seed: 0)
    #expect(split.training.count == 560 && split.test.count == 100)
  }

  @Test(.enabled(if: pack("speech7-mini") != nil, "needs the data packs beside the checkout"))
  func speech7Mini() throws {
    let sounds = try LabelledSounds.read(#require(Self.pack("speech7-mini")))
    #expect(sounds.layout == .voxForge)
    #expect(sounds.classes.count == 7 && sounds.classes[0] == "dutch")
    #expect(sounds.items.count == 560 && sounds.problems.isEmpty)
    let split = try LabelledSplit.standard(for: sounds, seed: 0)
    #expect(split.training.count == 448 && split.test.count == 112)
    let speakers = Set(split.items(.test, of: sounds).map(\.group))
    #expect(speakers.count == 4)
    #expect(speakers.isDisjoint(with: split.items(.training, of: sounds).map(\.group)))
  }

  @Test(.enabled(if: pack("imitation-mini") != nil, "needs the data packs beside the checkout"))
  func imitationMini() throws {
    let sounds = try ImitationSounds.read(#require(Self.pack("imitation-mini")))
    #expect(sounds.layout == .vocalSketch)
    #expect(sounds.concepts.count == 45 && sounds.imitationSources.count == 450)
    #expect(sounds.problems.isEmpty && sounds.categories == ["everyday"])
    let split = try RetrievalSplit.standard(for: sounds, seed: 0)
    #expect(split.trainingConcepts.count == 31 && split.testConcepts.count == 14)
    #expect(split.training.count == 217 && split.validation.count == 93)
    #expect(Set(sounds.concepts.flatMap(\.imitations).compactMap(\.person)).count == 20)
  }
}
