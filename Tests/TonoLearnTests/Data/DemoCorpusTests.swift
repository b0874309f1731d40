import Foundation
import TestSupport
import Testing
import TonoAudio
import TonoCore
import TonoFiles

@testable import TonoLearn

struct DemoCorpusTests {
  private static func small(seed: UInt64 = 0) -> DemoCorpus {
    var corpus = DemoCorpus(seed: seed)
    corpus.clipsPerFold = 1
    corpus.speakers = 2
    corpus.sentences = 1
    corpus.conceptsPerKind = 2
    corpus.imitations = 2
    return corpus
  }

  @Test func isReadInTheLayoutsOfRealDataSets() throws {
    let folder = try TemporaryFolder()
    try Self.small().write(to: folder.url, threads: 2)
    let recordings = try LabelledSounds.read(folder[DemoCorpus.Part.recordings.rawValue])
    #expect(recordings.layout == .urbanSound8K && recordings.problems.isEmpty)
    #expect(recordings.classes.count == 6 && recordings.items.count == 18)
    #expect(recordings.classes.allSatisfy { $0.hasPrefix("synthetic_") })
    let speech = try LabelledSounds.read(folder[DemoCorpus.Part.speech.rawValue])
    #expect(speech.layout == .voxForge && speech.problems.isEmpty)
    #expect(speech.classes.count == 3 && speech.items.count == 6)
    #expect(Set(speech.items.compactMap(\.group)).count == 2)
    let imitations = try ImitationSounds.read(folder[DemoCorpus.Part.imitations.rawValue])
    #expect(imitations.layout == .vocalSketch && imitations.problems.isEmpty)
    #expect(imitations.concepts.count == 12 && imitations.imitationSources.count == 24)
    #expect(imitations.categories.count == 2)
    for part in DemoCorpus.Part.allCases {
      let notice = try String(
        contentsOf: folder["\(part.rawValue)/README.md"], encoding: .utf8)
      #expect(notice.hasPrefix("# SYNTHETIC"))
    }
  }

  @Test func everySoundIsAudibleAndShort() throws {
    let folder = try TemporaryFolder()
    try Self.small().write(to: folder.url, threads: 2)
    let sounds = folder.contents.filter { $0.hasSuffix(".flac") }
    #expect(sounds.count == 18 + 6 + 12 + 24)
    for path in sounds {
      let sound = try AudioFile.read(folder[path].path)
      #expect(sound.peak > 0.2 && sound.peak <= 0.5, "\(path)")
      #expect(sound.rootMeanSquare > 0.003, "\(path)")
      #expect(sound.seconds > 0.9 && sound.seconds < 2.6, "\(path)")
    }
  }

  @Test func aSeedDecidesEveryByte() throws {
    let folders = try (0..<3).map { _ in try TemporaryFolder() }
    try Self.small().write(to: folders[0].url, threads: 1)
    try Self.small().write(to: folders[1].url, threads: 2)
    try Self.small(seed: 1).write(to: folders[2].url, threads: 2)
    #expect(folders[0].contents == folders[1].contents)
    let sounds = folders[0].contents.filter { $0.hasSuffix(".flac") }
    for path in sounds {
      let digests = try folders.map { try FileDigest.sha256(of: $0[path]) }
      #expect(digests[0] == digests[1] && digests[1] != digests[2])
    }
  }
}
