import Foundation
import Testing
import TonoCore

@testable import TonoLearn

struct LabelledSplitTests {
  /// Three classes; 10 speakers with 4 sounds in each class, or sounds alone.
  private static func sounds(
    grouped: Bool = true, folds: Bool = false, part: (Int) -> DataPart? = { _ in nil }
  ) -> LabelledSounds {
    let folder = URL(filePath: "/data")
    let items = (0..<120).map { number in
      let (label, speaker) = (number % 3, number / 3 % 10)
      return LabelledSounds.Item(
        source: SoundSource(folder: folder, path: "\(label)/\(speaker)/\(number).wav"),
        label: label, group: grouped ? "speaker \(speaker)" : nil,
        fold: folds ? speaker + 1 : nil, part: part(speaker))
    }
    return LabelledSounds(
      folder: folder, layout: .voxForge, classes: ["a", "b", "c"], items: items, problems: [])
  }

  private static func check(_ split: LabelledSplit, of sounds: LabelledSounds) {
    let all = DataPart.allCases.flatMap { split[$0] }
    #expect(all.sorted() == sounds.sources.map(\.description).sorted(), "each sound once")
    #expect(DataPart.allCases.allSatisfy { split.items($0, of: sounds).count == split[$0].count })
  }

  @Test func speakersStayTogether() throws {
    let sounds = Self.sounds()
    let split = try LabelledSplit.standard(for: sounds, validationShare: 0.25, seed: 3)
    Self.check(split, of: sounds)
    #expect(split.test.count == 24 && split.validation.count == 24)
    let groups = DataPart.allCases.map { part in Set(split.items(part, of: sounds).map(\.group)) }
    #expect(groups.map(\.count).reduce(0, +) == 10)
    for part in DataPart.allCases {
      #expect(Set(split.items(part, of: sounds).map(\.label)) == [0, 1, 2])
    }
  }

  @Test func aSeedDecides() throws {
    let sounds = Self.sounds()
    let first = try LabelledSplit.standard(for: sounds, seed: 1)
    #expect(try LabelledSplit.standard(for: sounds, seed: 1) == first)
    #expect(try LabelledSplit.standard(for: sounds, seed: 2).test != first.test)
  }

  @Test func soundsWithoutSpeakersAreDividedInEachClass() throws {
    let sounds = Self.sounds(grouped: false)
    let split = try LabelledSplit.heldOut(of: sounds, testShare: 0.1, seed: 0)
    Self.check(split, of: sounds)
    for label in 0..<3 {
      #expect(split.items(.test, of: sounds).count { $0.label == label } == 4)
    }
  }

  @Test func aFoldIsTested() throws {
    let sounds = Self.sounds(folds: true)
    let split = try LabelledSplit.standard(for: sounds, testFold: 4, seed: 0)
    Self.check(split, of: sounds)
    #expect(split.items(.test, of: sounds).allSatisfy { $0.fold == 4 })
    #expect(split.test.count == 12)
    let last = try LabelledSplit.standard(for: sounds, seed: 0)
    #expect(last.items(.test, of: sounds).allSatisfy { $0.fold == 10 })
    let error = #expect(throws: InputError.self) {
      try LabelledSplit.standard(for: sounds, testFold: 11, seed: 0)
    }
    #expect(error?.description.contains("no fold 11 to test on; it has 1, 2, 3") == true)
  }

  @Test func theDataSetsOwnSplitGoesFirst() throws {
    let sounds = Self.sounds { $0 < 3 ? .test : .training }
    let split = try LabelledSplit.standard(for: sounds, validationShare: 0.2, seed: 0)
    Self.check(split, of: sounds)
    #expect(Set(split.items(.test, of: sounds).map(\.group)).count == 3)
    #expect(!split.validation.isEmpty)
    #expect(throws: InputError.self) {
      try LabelledSplit.standard(for: Self.sounds { $0 < 3 ? .test : nil }, seed: 0)
    }
  }

  @Test func aClassOfOneSpeakerIsRefused() throws {
    let folder = URL(filePath: "/data")
    let items = (0..<6).map { number in
      LabelledSounds.Item(
        source: SoundSource(folder: folder, path: "\(number).wav"), label: number % 2,
        group: number % 2 == 0 ? "one" : "\(number)")
    }
    let sounds = LabelledSounds(
      folder: folder, layout: .voxForge, classes: ["Dutch", "French"], items: items, problems: [])
    let error = #expect(throws: InputError.self) {
      try LabelledSplit.standard(for: sounds, seed: 0)
    }
    #expect(error?.description.contains("the class 'Dutch' has sounds of 1 speaker") == true)
  }

  @Test func isSavedAndReadAgain() throws {
    let split = try LabelledSplit.standard(for: Self.sounds(), seed: 9)
    let data = try JSONEncoder().encode(split)
    #expect(try JSONDecoder().decode(LabelledSplit.self, from: data) == split)
  }
}
