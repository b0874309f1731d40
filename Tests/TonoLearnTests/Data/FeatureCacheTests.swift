import Foundation
import Synchronization
import TestSupport
import Testing
import TonoAudio
import TonoCore
import TonoFiles

@testable import TonoLearn

struct FeatureCacheTests {
  /// A data set of some sounds, one of them broken, and a cache beside it.
  private struct Bench {
    let data: DataSetFolder
    let cache: FeatureCache
    private let folder: TemporaryFolder

    init(count: Int = 6) throws {
      data = try DataSetFolder()
      folder = try TemporaryFolder()
      cache = FeatureCache(folder: folder["cache"])
      for number in 0..<count { try data.sound("\(number).wav") }
    }

    var sources: [SoundSource] {
      (try? DataFile.names(in: data.url))?.map { SoundSource(folder: data.url, path: $0) } ?? []
    }

    /// The files of features, with their dates.
    var files: [String: Date?] {
      let names = folder.contents.filter { $0.hasSuffix(".npz") }
      return Dictionary(
        uniqueKeysWithValues: names.map { name in
          (
            name,
            try? folder[name].resourceValues(forKeys: [.contentModificationDateKey])
              .contentModificationDate
          )
        })
    }

    func url(_ name: String) -> URL { folder[name] }

    func features(_ frontEnd: FrontEnd = .tiny, threads: Int = 2) throws -> FeatureSet {
      try cache.features(of: sources, by: frontEnd, threads: threads)
    }
  }

  @Test func featuresAreThoseOfTheFrontEnd() throws {
    let bench = try Bench()
    for _ in 0..<2 {
      let features = try bench.features()
      #expect(features.count == 6)
      for source in bench.sources {
        let expected = try FrontEnd.tiny.features(ofFile: source.url.path)
        #expect(features[source] == expected)
        #expect(try source.features(by: .tiny) == expected)
      }
    }
  }

  @Test func theSecondTimeNothingIsWritten() throws {
    let bench = try Bench()
    _ = try bench.features()
    let files = bench.files
    #expect(files.count == 1)
    _ = try bench.features()
    #expect(bench.files == files)
  }

  @Test func otherContentIsComputedAnew() throws {
    let bench = try Bench()
    let before = try bench.features()
    try bench.data.sound("0.wav", seconds: 0.125)
    let after = try bench.features()
    #expect(after[bench.sources[0]] != before[bench.sources[0]])
    #expect(after[bench.sources[1]] == before[bench.sources[1]])
    #expect(bench.files.count == 2)
  }

  @Test func aRenamedSoundIsFoundAgain() throws {
    let bench = try Bench()
    _ = try bench.features()
    try FileManager.default.moveItem(at: bench.data["0.wav"], to: bench.data["z.wav"])
    let files = bench.files
    #expect(try bench.features().count == 6)
    #expect(bench.files == files)
  }

  @Test func anotherFrontEndHasAPlaceOfItsOwn() throws {
    let bench = try Bench()
    var other = FrontEnd.tiny
    other.dynamicRange = 40
    let first = try bench.features()
    let second = try bench.features(other)
    #expect(first[bench.sources[0]] != second[bench.sources[0]])
    #expect(bench.files.count == 2)
    #expect(try bench.features()[bench.sources[0]] == first[bench.sources[0]])
    #expect(bench.files.count == 2)
  }

  @Test func anotherVersionIsNotTrusted() throws {
    let bench = try Bench()
    _ = try bench.features()
    let name = try #require(bench.files.keys.first)
    let shelf = bench.url(name).deletingLastPathComponent()
    let old = shelf.deletingLastPathComponent().appending(
      path: "v0" + shelf.lastPathComponent.dropFirst(2))
    try FileManager.default.moveItem(at: shelf, to: old)
    #expect(try bench.features().count == 6)
    #expect(bench.files.keys.sorted() == [name], "computed anew, and the old one is gone")
  }

  @Test func aFrontEndThatIsNotTheOneOnTheLabelIsNotTrusted() throws {
    let bench = try Bench()
    let features = try bench.features()
    let name = try #require(bench.files.keys.first)
    let shelf = bench.url(name).deletingLastPathComponent()
    let zeros = NumPyArray.encode(Tensor(shape: FrontEnd.tiny.inputShape))
    try AtomicFile.write(zeros, to: shelf.appending(path: "front-end.json"))
    #expect(try bench.features()[bench.sources[0]] == features[bench.sources[0]])
  }

  @Test func aDamagedFileIsComputedAnew() throws {
    let bench = try Bench()
    let features = try bench.features()
    let name = try #require(bench.files.keys.first)
    var bytes = try [UInt8](Data(contentsOf: bench.url(name)))
    for damage in 0..<3 {
      switch damage {
      case 0: bytes[bytes.count / 2] ^= 1
      case 1: bytes.removeLast(100)
      default: bytes = Array("no archive".utf8)
      }
      try AtomicFile.write(bytes, to: bench.url(name))
      let again = try bench.features()
      #expect(bench.sources.allSatisfy { again[$0] == features[$0] })
    }
  }

  @Test func arraysOfAnotherShapeAreNotTrusted() throws {
    let bench = try Bench()
    let features = try bench.features()
    let name = try #require(bench.files.keys.first)
    let entries = try NumPyArchive.read(bench.url(name))
    let wrong = entries.map { (name: $0.name, tensor: Tensor(shape: [1, 4, 4])) }
    try AtomicFile.write(try NumPyArchive.encode(wrong), to: bench.url(name))
    #expect(try bench.features()[bench.sources[0]] == features[bench.sources[0]])
  }

  @Test func anInterruptedComputationGoesOn() throws {
    let bench = try Bench(count: 2 * FeatureShelf.batch + 20)
    let reached = Mutex(0)
    // What was killed is what was written before: a full batch of the first half of the sounds.
    let half = Array(bench.sources.prefix(FeatureShelf.batch))
    _ = try bench.cache.features(of: half, by: .tiny, threads: 2)
    let files = bench.files
    #expect(files.count == 1)
    let features = try bench.cache.features(of: bench.sources, by: .tiny, threads: 2) {
      done, total in
      reached.withLock { $0 = max($0, done) }
      #expect(total == 2 * FeatureShelf.batch + 20)
    }
    #expect(features.count == bench.sources.count)
    #expect(reached.withLock { $0 } == bench.sources.count)
    #expect(bench.files.count == 3)
    #expect(files.allSatisfy { bench.files[$0.key] == $0.value }, "what was there was not written")
  }

  @Test func brokenSoundsAreNamedOnceAndSkipped() throws {
    let bench = try Bench()
    try bench.data.file("a.wav", "no sound")
    var cut = try [UInt8](Data(contentsOf: bench.data["1.wav"]))
    cut.removeLast(2000)
    try bench.data.file("b.wav", bytes: cut)
    for threads in [1, 2] {
      let sources = bench.sources + [SoundSource(folder: bench.data.url, path: "gone.wav")]
      let features = try bench.cache.features(
        of: sources + sources, by: .tiny, threads: threads)
      #expect(features.count == 6 + 1, "libsndfile mends the length of a cut WAV file")
      #expect(features.problems.count == 2)
      #expect(features.problems[0].contains("a.wav") && features.problems[1].contains("gone.wav"))
    }
  }

  @Test func threadsMakeNoDifference() throws {
    let (one, two) = (try Bench(count: 20), try Bench(count: 20))
    let first = try one.features(threads: 1)
    let second = try two.features(threads: 2)
    #expect(zip(one.sources, two.sources).allSatisfy { first[$0] == second[$1] })
  }

  @Test func membersOfArchivesAreReadInOneGo() throws {
    let bench = try Bench(count: 3)
    try bench.data.sounds("A/x-1-a/wav/1.wav", "A/x-1-a/wav/2.flac")
    let plain = try ["1.wav", "2.flac"].map {
      try FrontEnd.tiny.features(ofFile: bench.data["A/x-1-a/wav/\($0)"].path)
    }
    try bench.data.file("A/x-1-a/wav/3.wav", "no sound")
    try bench.data.pack("A/x-1-a", as: "A/x-1-a.tgz")
    let sources = ["1.wav", "2.flac", "3.wav", "4.wav"].map {
      SoundSource(folder: bench.data.url, path: "A/x-1-a.tgz", member: "x-1-a/wav/\($0)")
    }
    let features = try bench.cache.features(of: sources, by: .tiny, threads: 2)
    #expect(sources[..<2].map { features[$0] } == plain)
    #expect(try sources[0].features(by: .tiny) == plain[0])
    #expect(features.problems.count == 2)
    #expect(features.problems[0].contains("x-1-a.tgz/x-1-a/wav/3.wav"))
    #expect(features.problems[1].contains("'x-1-a/wav/4.wav' is not in it"))
  }

  @Test func anOpenEndedFrontEndIsRefused() throws {
    let bench = try Bench()
    #expect(throws: InputError.self) { try bench.features(.named("librosa")) }
  }

  @Test func aCacheThatCannotBeWrittenIsAnError() throws {
    let bench = try Bench()
    try bench.data.file("file", "")
    let cache = FeatureCache(folder: bench.data["file"])
    #expect(throws: InputError.self) {
      try cache.features(of: bench.sources, by: .tiny, threads: 1)
    }
  }
}
