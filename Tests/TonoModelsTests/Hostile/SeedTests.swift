import Foundation
import TestSupport
import Testing
import TonoCore
import TonoFiles
import TonoNetwork

@testable import TonoModels

/// The seeds of the fuzzer (Fuzzing/seeds), and thousands of damaged copies that are the same each
/// time: each loads or is refused in one sentence.
struct SeedTests {
  /// The seeds of a reader.
  private static func seeds(_ reader: String) throws -> [(name: String, bytes: Data)] {
    let folder = Fixture.repository.appending(path: "Fuzzing/seeds/\(reader)")
    let files = try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil)
    return try files.sorted { $0.path < $1.path }.map {
      ($0.lastPathComponent, try Data(contentsOf: $0))
    }
  }

  /// Runs `body` on the seeds of a reader and on damaged copies of each.
  ///
  /// - Returns: how many loaded.
  private static func run(
    _ reader: String, variants: Int, _ body: (Data) throws -> Void
  ) throws -> Int {
    let seeds = try seeds(reader)
    try #require(!seeds.isEmpty)
    var loaded = 0
    for (index, seed) in seeds.enumerated() {
      var damage = Damage(seed: UInt64(index) &* 1000 &+ 1)
      for variant in 0...variants {
        let bytes = variant == 0 ? seed.bytes : damage.applied(to: seed.bytes, other: seeds)
        do {
          try body(bytes)
          loaded += 1
        } catch let error as ModelError {
          #expect(!error.problem.isEmpty && !error.description.contains("\n"), "\(seed.name)")
        } catch let error as JSONError {
          #expect(!error.description.isEmpty, "\(seed.name)")
        }
      }
    }
    return loaded
  }

  /// Loads bytes as a model's file, with the architecture of those seeds that are weights alone.
  private static func load(_ bytes: Data, as reader: String, in folder: TemporaryFolder) throws {
    let file = folder["input"]
    try bytes.write(to: file)
    do {
      _ = try ModelFile.load(file)
    } catch let error as ModelError where error.remedy == .giveArchitecture {
      let architecture = Fixture.repository.appending(path: "Fuzzing/seeds/\(reader).json")
      _ = try ModelFile.load(file, architecture: architecture)
    }
  }

  @Test(arguments: [
    ("onnx", 60), ("torch", 100), ("safetensors", 300), ("keras", 20), ("hdf5", 10),
  ])
  func models(reader: String, variants: Int) throws {
    let folder = try TemporaryFolder()
    let loaded = try Self.run(reader, variants: variants) {
      try Self.load($0, as: reader, in: folder)
    }
    #expect(loaded > 1)
  }

  @Test func texts() throws {
    let url = URL(filePath: "input.json")
    let values = try Self.run("json", variants: 500) { _ = try JSONParser.parse($0) }
    let architectures = try Self.run("architecture", variants: 500) {
      _ = try Architecture(parsing: $0, of: url)
    }
    #expect(values > 4 && architectures > 2)
  }
}

/// Damage to files, in no order but always the same.
private struct Damage {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  /// A whole number from 0 to less than `bound`.
  private mutating func next(_ bound: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(state % UInt64(max(1, bound)))
  }

  /// A copy with a few of these: bits flipped, extreme bytes, parts left out, repeated, or taken from
  /// another seed.
  mutating func applied(to bytes: Data, other seeds: [(name: String, bytes: Data)]) -> Data {
    var damaged = [UInt8](bytes)
    for _ in 0...next(4) where !damaged.isEmpty {
      let place = next(damaged.count)
      let end = min(damaged.count, place + 1 + next(16))
      switch next(6) {
      case 0: damaged[place] ^= 1 << next(8)
      case 1: damaged[place] = [0, 0x7F, 0x80, 0xFF][next(4)]
      case 2: damaged.removeSubrange(place..<end)
      case 3: damaged.insert(contentsOf: damaged[place..<end], at: next(damaged.count))
      case 4: for index in place..<end { damaged[index] = UInt8(next(256)) }
      default:
        let other = seeds[next(seeds.count)].bytes
        let part = other.dropFirst(next(other.count)).prefix(1 + next(64))
        damaged.replaceSubrange(place..<min(damaged.count, place + part.count), with: part)
      }
    }
    return Data(damaged)
  }
}
