import Foundation
import Synchronization
import TestSupport
import Testing
import TonoAudio
import TonoFiles
import TonoModels
import TonoCore
import TonoNetwork

@testable import TonoSearch

/// A folder of sounds, its index, and what is found in it.
@Suite struct LibraryTests {
  private let folder: TemporaryFolder
  private let library: URL
  private let index: URL
  private let network: SiameseNetwork

  init() throws {
    folder = try TemporaryFolder()
    library = folder["sounds"]
    index = LibraryIndex.usualPlace(of: library)
    network = try SmallPairs.network()
    for (name, start, end) in [("a", 200.0, 3000.0), ("b", 3000, 200), ("deep/c", 500, 500)] {
      try write(SmallPairs.glide(from: start, to: end), "sounds/\(name).wav")
    }
  }

  private func write(_ sound: Waveform, _ path: String) throws {
    try AtomicFile.write(try AudioFile.encode(sound), to: folder[path])
  }

  private struct Update {
    var index: LibraryIndex
    var listened = 0
    var skipped: [String] = []
  }

  /// Brings the index up to date, and tells to how many files it listened.
  private func update(_ network: SiameseNetwork? = nil, threads: Int = 1) throws -> Update {
    let librarian = try Librarian(network ?? self.network)
    let known = librarian.read(index)
    let log = Mutex((listened: 0, skipped: [String]()))
    let result = try librarian.update(
      SoundFolder(library), known: known.index, at: index, threads: threads
    ) { event in
      log.withLock { log in
        switch event {
        case .found(let files, _): log.listened = files
        case .skipped(let skipped): log.skipped.append(skipped.path)
        case .heard: break
        }
      }
    }
    return log.withLock { Update(index: result, listened: $0.listened, skipped: $0.skipped) }
  }

  private func hits(_ query: Waveform, _ index: LibraryIndex) throws -> [SearchHit] {
    try write(query, "query.wav")
    return try LibrarySearch(network, index: index).hits(
      of: SoundQuery(folder["query.wav"].path, by: network))
  }

  @Test("the index is beside the library, and its file gives it back")
  func file() throws {
    #expect(index.path == folder["sounds.index.safetensors"].path)
    let made = try update().index
    let read = try LibraryIndex(index)
    #expect(read.files == made.files && read.sounds == made.sounds && read.codes == made.codes)
    #expect(made.files.map(\.path) == ["a.wav", "b.wav", "deep/c.wav"])
    #expect(try Data(contentsOf: index).count > 3 * 21 * 4)
  }

  @Test("codes are those of the sounds, whatever the threads")
  func codes() throws {
    let made = try update(threads: 1).index
    let bytes = try Data(contentsOf: index)
    try FileManager.default.removeItem(at: index)
    _ = try update(threads: 3)
    #expect(try Data(contentsOf: index) == bytes)
    let features = try network.recordingFrontEnd.features(
      ofFile: library.appending(path: "b.wav").path)
    let encoder = network.recordings
    #expect(
      Array(made.codes(ofSound: made.files[1].sound))
        == encoder.code(of: features, in: encoder.makeWorkspace()))
  }

  @Test("files that are new, changed, moved, copied or gone are found by their content")
  func changes() throws {
    #expect(try update().listened == 3)
    #expect(try update().listened == 0)
    let before = try Data(contentsOf: index)

    // A change that keeps size and times.
    let path = library.appending(path: "a.wav").path
    let dates = try FileManager.default.attributesOfItem(atPath: path)
    try write(SmallPairs.glide(from: 1000, to: 2000), "sounds/a.wav")
    try FileManager.default.setAttributes(
      [.modificationDate: dates[.modificationDate] as Any], ofItemAtPath: path)
    try FileManager.default.moveItem(
      at: library.appending(path: "b.wav"), to: library.appending(path: "moved.wav"))
    try FileManager.default.copyItem(
      at: library.appending(path: "deep/c.wav"), to: library.appending(path: "copy.wav"))
    let changed = try update()
    #expect(changed.index.files.map(\.path) == ["a.wav", "copy.wav", "deep/c.wav", "moved.wav"])
    #expect(changed.index.sounds.count == 3 && changed.index.codes.count == 3)
    #expect(try Data(contentsOf: index) != before)
    #expect(changed.index.files[1].sound == changed.index.files[2].sound)

    try FileManager.default.removeItem(at: library.appending(path: "moved.wav"))
    let smaller = try update()
    #expect(smaller.listened == 0 && smaller.index.files.count == 3)
    #expect(smaller.index.codes.count == 2)
  }

  @Test("an index of another model or front end, or a damaged one, is known as such")
  func others() throws {
    _ = try update()
    let other = try Librarian(SmallPairs.network(seed: 2)).read(index)
    #expect(other.index == nil && other.reason?.contains("another model") == true)
    #expect(throws: InputError.self) {
      try LibrarySearch(SmallPairs.network(seed: 2), index: LibraryIndex(index))
    }
    var frontEnds = SmallPairs.frontEnds
    frontEnds["other"]?.highestFrequency = 3500
    let heard = try SiameseNetwork(SmallPairs.model(), frontEnds: frontEnds)
    #expect(try Librarian(heard).read(index).reason?.contains("another front end") == true)
    try Data(try Data(contentsOf: index).dropLast(9)).write(to: index)
    let damaged = try Librarian(network).read(index)
    #expect(damaged.index == nil && damaged.reason?.contains("cannot be read") == true)
    try Data("{}".utf8).write(to: index)
    #expect(try Librarian(network).read(index).reason != nil)
    let nothing = try Librarian(network).read(folder["nothing"])
    #expect(nothing.index == nil && nothing.reason == nil)
  }

  @Test("what cannot be used is named, and the rest is found")
  func skipped() throws {
    try Data("no sound".utf8).write(to: library.appending(path: "bad.wav"))
    try write(Waveform(samples: Array(repeating: 0, count: 8000), sampleRate: 8000), "sounds/z.wav")
    let made = try update()
    #expect(made.skipped.sorted() == ["bad.wav", "z.wav"])
    #expect(made.index.skipped.map(\.path) == ["bad.wav", "z.wav"])
    #expect(made.index.skipped[1].reason.hasPrefix("is silent"))
    #expect(try update().listened == 0)
    #expect(try hits(SmallPairs.glide(from: 300, to: 900), made.index).count == 3)
    for name in ["a.wav", "b.wav", "deep/c.wav"] {
      try FileManager.default.removeItem(at: library.appending(path: name))
    }
    #expect {
      try LibrarySearch(network, index: update().index)
    } throws: { "\($0)".contains("no sound that can be used: bad.wav") }
  }

  private struct Stopped: Error {}

  @Test("listening that was stopped goes on where it was")
  func stopped() throws {
    let heard = Mutex(0)
    let librarian = try Librarian(network)
    #expect(throws: Stopped.self) {
      try librarian.update(SoundFolder(library), known: nil, at: index, threads: 1) { event in
        guard case .heard = event else { return }
        try heard.withLock { count in
          count += 1
          if count > 3 { throw Stopped() }
        }
      }
    }
    let left = try update()
    #expect(left.listened < 3 && left.listened > 0)
    let bytes = try Data(contentsOf: index)
    try FileManager.default.removeItem(at: index)
    _ = try update()
    #expect(try Data(contentsOf: index) == bytes)
  }

  @Test("hits are ranked by the whole network's score")
  func ranked() throws {
    let made = try update().index
    let query = SmallPairs.glide(from: 300, to: 2500)
    let hits = try hits(query, made)
    #expect(hits.map(\.rank) == [1, 2, 3])
    #expect(zip(hits, hits.dropFirst()).allSatisfy { $0.score > $1.score })
    for hit in hits {
      let score = try network.gradient(
        imitation: network.imitationFrontEnd.features(of: query.quantized),
        recording: network.recordingFrontEnd.features(
          ofFile: library.appending(path: hit.file).path)
      ).score
      #expect(abs(score - hit.score) < Float(Tolerance.program) * max(1, abs(score)))
      #expect(hit.start == 0 && hit.end == 1 && hit.likelihood > 0 && hit.likelihood < 1)
    }
  }

  @Test("copies share their rank")
  func ties() throws {
    try FileManager.default.copyItem(
      at: library.appending(path: "a.wav"), to: library.appending(path: "a2.wav"))
    let hits = try hits(SmallPairs.glide(from: 300, to: 2500), update().index)
    let twins = hits.filter { $0.file.hasPrefix("a") }
    #expect(twins.map(\.file) == ["a.wav", "a2.wav"] && twins[0].rank == twins[1].rank)
    let sum: Double = hits.reduce(0) { $0 + $1.rank }
    #expect(sum == 10)
    #expect(LibrarySearch.ranks([5, 5, 3, 1, 1, 1]) == [1.5, 1.5, 3, 5, 5, 5])
  }

  @Test("in long sounds the stretch is found, and of long queries the one that fits best")
  func long() throws {
    let parts = [(200.0, 3000.0), (3000, 200), (500, 500)].map {
      SmallPairs.glide(from: $0, to: $1)
    }
    // Stretches follow each other by the frames of the front end, which are 31 of 256 samples.
    let step = 31 * 256
    let samples = parts.flatMap { $0.samples.prefix(step) } + parts[2].samples.suffix(100)
    try write(Waveform(samples: samples, sampleRate: 8000), "sounds/long.wav")
    let made = try update().index
    let long = try #require(made.files.first { $0.path == "long.wav" })
    #expect(made.sounds[long.sound].starts.count == 3)
    let alone = try hits(SmallPairs.glide(from: 300, to: 2500), made)
    let found = try #require(alone.first { $0.file == "long.wav" })
    let best = try #require(alone.first { $0.file != "long.wav" })
    let place = try #require(["a.wav", "b.wav", "deep/c.wav"].firstIndex(of: best.file))
    #expect(abs(found.start - Double(place * step) / 8000) < 1e-9)

    let query = SmallPairs.glide(from: 300, to: 2500).samples
    let silence = [Float](repeating: 0, count: step)
    let asked = Waveform(samples: silence + query, sampleRate: 8000)
    let answers = try hits(asked, made)
    #expect(answers.allSatisfy { abs($0.queryStart - Double(step) / 8000) < 1e-9 })
    #expect(answers.map(\.file) == alone.map(\.file))
  }

  @Test("queries of any rate; silence and what is no sound are refused")
  func queries() throws {
    let made = try update().index
    let one = try hits(SmallPairs.glide(from: 300, to: 2500), made)
    let other = try hits(SmallPairs.glide(from: 300, to: 2500, rate: 22_050), made)
    #expect(one.map(\.file) == other.map(\.file))
    #expect {
      try hits(Waveform(samples: Array(repeating: 0, count: 800), sampleRate: 8000), made)
    } throws: { "\($0)".contains("is silent") }
    try Data("no".utf8).write(to: folder["query.wav"])
    #expect(throws: InputError.self) { try SoundQuery(folder["query.wav"].path, by: network) }
  }
}

extension Waveform {
  /// The sound as a file of 16 bits gives it back.
  fileprivate var quantized: Waveform {
    get throws {
      let folder = try TemporaryFolder()
      try Data(try AudioFile.encode(self)).write(to: folder["x.wav"])
      return try AudioFile.read(folder["x.wav"].path)
    }
  }
}
