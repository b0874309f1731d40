import Foundation
import Testing
import TonoCore

@testable import TonoLearn

struct RetrievalSplitTests {
  /// VocalSketch's sizes: four categories of 40, 40, 120 and 40 concepts, 10 imitations each by 60 people.
  private static func sounds(
    part: (Int) -> DataPart? = { _ in nil }, people: Bool = true
  ) -> ImitationSounds {
    let folder = URL(filePath: "/data")
    let sizes = [("acoustic", 40), ("commercial", 40), ("everyday", 120), ("single", 40)]
    let concepts = sizes.flatMap { category, count in
      (0..<count).map { number in
        ImitationSounds.Concept(
          name: "sound \(number)", category: category,
          references: [SoundSource(folder: folder, path: "r/\(category) \(number).wav")],
          imitations: (0..<10).map { imitation in
            ImitationSounds.Imitation(
              source: SoundSource(folder: folder, path: "i/\(category) \(number) \(imitation).wav"),
              person: people ? "\((number + imitation * 7) % 60)" : nil)
          }, part: part(number))
      }
    }
    return ImitationSounds(
      folder: folder, layout: .vocalSketch, concepts: concepts, problems: [])
  }

  private static func people(
    _ part: DataPart, _ split: RetrievalSplit, _ sounds: ImitationSounds
  ) -> Set<String?> {
    Set(split.queries(part, of: sounds).map(\.person))
  }

  private static func check(_ split: RetrievalSplit, of sounds: ImitationSounds) {
    let all = DataPart.allCases.flatMap { split[$0] }
    #expect(Set(all).count == all.count, "no imitation is in two parts")
    let trained = Set(split.trainingConcepts)
    for part in [DataPart.training, .validation] {
      #expect(split.queries(part, of: sounds).allSatisfy { trained.contains($0.concept.id) })
    }
    let tested = Set(split.testConcepts)
    #expect(split.queries(of: sounds).allSatisfy { tested.contains($0.concept.id) })
  }

  @Test func hasThePapersNumbers() throws {
    let sounds = Self.sounds()
    let split = try RetrievalSplit.standard(for: sounds, seed: 5)
    Self.check(split, of: sounds)
    #expect(split.training.count == 840 && split.validation.count == 360)
    #expect(split.test.count == 1200)
    #expect(Set(split.trainingConcepts).isDisjoint(with: split.testConcepts))
    let counts = Dictionary(grouping: split.candidates(of: sounds), by: \.category)
      .mapValues(\.count)
    #expect(counts == ["acoustic": 20, "commercial": 20, "everyday": 60, "single": 20])
    #expect(split.trained(of: sounds).count == 120)
  }

  @Test func aSeedDecides() throws {
    let sounds = Self.sounds()
    let first = try RetrievalSplit.standard(for: sounds, seed: 1)
    #expect(try RetrievalSplit.standard(for: sounds, seed: 1) == first)
    let second = try RetrievalSplit.standard(for: sounds, seed: 2)
    #expect(second.testConcepts != first.testConcepts)
  }

  @Test func peopleAreHeldOut() throws {
    let sounds = Self.sounds()
    let split = try RetrievalSplit.standard(for: sounds, holdingOut: .people, seed: 1)
    Self.check(split, of: sounds)
    let test = Self.people(.test, split, sounds)
    #expect(test.count == 18)
    #expect(test.isDisjoint(with: Self.people(.training, split, sounds)))
    #expect(test.isDisjoint(with: Self.people(.validation, split, sounds)))
    #expect(split.testConcepts.count == 240 && split.trainingConcepts.count == 240)
  }

  @Test func soundsAndPeopleAreHeldOut() throws {
    let sounds = Self.sounds()
    let split = try RetrievalSplit.standard(for: sounds, holdingOut: .soundsAndPeople, seed: 1)
    Self.check(split, of: sounds)
    #expect(
      Self.people(.test, split, sounds).isDisjoint(with: Self.people(.training, split, sounds)))
    #expect(Set(split.trainingConcepts).isDisjoint(with: split.testConcepts))
    #expect(split.test.count > 200 && split.test.count < 500)
  }

  @Test func theDataSetsOwnSplitGoesFirst() throws {
    let sounds = Self.sounds { $0 < 10 ? .test : .training }
    let split = try RetrievalSplit.standard(for: sounds, seed: 1)
    Self.check(split, of: sounds)
    #expect(split.testConcepts.count == 40)
    #expect(throws: InputError.self) {
      try RetrievalSplit.standard(for: Self.sounds { $0 < 10 ? .test : nil }, seed: 1)
    }
  }

  @Test func aLaterConceptMovesNoImitationOfOthers() throws {
    let sounds = Self.sounds { $0 < 10 ? .test : .training }
    let fewer = ImitationSounds(
      folder: sounds.folder, layout: .vocalSketch, concepts: sounds.concepts.dropLast(3),
      problems: [])
    let (first, second) = (
      try RetrievalSplit.standard(for: sounds, seed: 1),
      try RetrievalSplit.standard(for: fewer, seed: 1)
    )
    #expect(Set(second.validation).isSubset(of: first.validation))
  }

  @Test func refusesWhatCannotBeHeldOut() throws {
    let sounds = Self.sounds(people: false)
    let error = #expect(throws: InputError.self) {
      try RetrievalSplit.standard(for: sounds, holdingOut: .people, seed: 1)
    }
    #expect(error?.description.contains("does not tell who imitates") == true)
    let one = ImitationSounds(
      folder: sounds.folder, layout: .vocalSketch,
      concepts: sounds.concepts.filter { $0.category != "single" || $0.name == "sound 1" },
      problems: [])
    let lonely = #expect(throws: InputError.self) {
      try RetrievalSplit.standard(for: one, seed: 1)
    }
    #expect(lonely?.description.contains("the category 'single' has one concept only") == true)
  }

  @Test func everythingCanBeTested() throws {
    let sounds = Self.sounds()
    let split = RetrievalSplit.everything(of: sounds)
    #expect(split.queries(of: sounds).count == 2400 && split.candidates(of: sounds).count == 240)
    let data = try JSONEncoder().encode(split)
    #expect(try JSONDecoder().decode(RetrievalSplit.self, from: data) == split)
  }
}
