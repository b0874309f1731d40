import CTonoZip
import Foundation
import TestSupport
import Testing
import TonoCore
import TonoFiles
import TonoNetwork

@testable import TonoModels

/// Archives that mean harm, and models in archives that are damaged.
struct ModelArchiveTests {
  private static func withFile<Result>(
    _ bytes: some Sequence<UInt8>, _ body: (URL) throws -> Result
  ) throws -> Result {
    let folder = try TemporaryFolder()
    try Data(bytes).write(to: folder["x.model"])
    return try body(folder["x.model"])
  }

  private static func error(_ entries: [(name: String, contents: [UInt8])]) throws -> ModelError {
    let error = #expect(throws: ModelError.self) {
      try withFile(try ZipArchive.encode(entries)) { try ModelFile.load($0) }
    }
    return try #require(error)
  }

  private static func contents(of name: String) throws -> [(name: String, contents: [UInt8])] {
    let bytes = [UInt8](try Data(contentsOf: Fixture.url("formats/\(name)")))
    return try ZipArchive.read(bytes, budget: 1 << 20) { archive in
      var contents: [(name: String, contents: [UInt8])] = []
      for entry in archive.entries {
        contents.append((entry.name, try archive.contents(of: entry)))
      }
      return contents
    }
  }

  @Test func otherArchivesAreNamed() throws {
    let error = try Self.error([("notes.txt", Array("hello".utf8))])
    #expect(error.problem.contains("neither a Keras model (.keras) nor a file of torch.save"))
  }

  @Test func missingPartsAreNamed() throws {
    #expect(
      try Self.error([("config.json", Array("{}".utf8))]).problem.contains("no 'model.weights.h5'"))
    let entries = try Self.contents(of: "layers.keras")
    let damaged = entries.map {
      (name: $0.name, contents: $0.name == "config.json" ? Array("{".utf8) : $0.contents)
    }
    #expect(try Self.error(damaged).problem.contains("is not valid JSON"))
    let empty = entries.map {
      (name: $0.name, contents: $0.name == "model.weights.h5" ? [] : $0.contents)
    }
    #expect(try Self.error(empty).problem.contains("in 'model.weights.h5'"))
  }

  @Test func damagedWeightsAreNamed() throws {
    let error = #expect(throws: ModelError.self) {
      try ModelFile.load(Fixture.url("formats/damaged.keras"))
    }
    let sentence = try #require(error).description
    #expect(sentence.contains("damaged.keras: in 'model.weights.h5'"), "\(sentence)")
  }

  /// Nothing of the weights stays in the folder for temporary files.
  @Test func noTemporaryFileStays() throws {
    func files() throws -> Set<String> {
      let folder = FileManager.default.temporaryDirectory.path
      return Set(try FileManager.default.contentsOfDirectory(atPath: folder)).filter {
        $0.hasPrefix("tonoscope-") && $0.count == "tonoscope-XXXXXX".count
      }
    }
    let before = try files()
    _ = try ModelFile.load(Fixture.url("formats/layers.keras"))
    _ = try? ModelFile.load(Fixture.url("formats/damaged.keras"))
    #expect(try files().subtracting(before).count <= 1)
  }

  @Test func pathsThatClimbAreIgnored() throws {
    let entries = try Self.contents(of: "layers.keras") + [("../../climbed", [1, 2, 3])]
    let model = try Self.withFile(try ZipArchive.encode(entries)) { try ModelFile.load($0) }
    #expect(model.format == "Keras 3 archive")
  }

  /// A deflated entry of zeros, as long as it says or longer.
  @Test(arguments: ["a/data.pkl", "config.json"])
  func bombsAreRefused(name: String) throws {
    let bomb = try Self.deflated(name, count: 8 << 20)
    #expect(bomb.count < 100_000)
    let error = #expect(throws: ModelError.self) {
      try Self.withFile(bomb) { try ModelFile.load($0) }
    }
    #expect(try #require(error).problem.contains("claims 8388608 bytes"))
    // The directory now claims a kilobyte.
    var lying = bomb
    let size = withUnsafeBytes(of: UInt32(8 << 20).littleEndian) { Array($0) }
    for place in lying.indices.dropLast(4) where Array(lying[place..<place + 4]) == size {
      lying.replaceSubrange(place..<place + 4, with: [0, 4, 0, 0])
    }
    #expect(throws: ModelError.self) { try Self.withFile(lying) { try ModelFile.load($0) } }
  }

  /// An archive with `name` of zeros, and `model.weights.h5`.
  private static func deflated(_ name: String, count: Int) throws -> [UInt8] {
    let folder = try TemporaryFolder()
    let zeros = [UInt8](repeating: 0, count: count)
    try zeros.withUnsafeBytes { zeros in
      let archive = try #require(
        zip_open(folder["x.zip"].path, Int32(ZIP_CREATE), nil))
      for (name, count) in [(name, UInt64(zeros.count)), ("model.weights.h5", 1)] {
        let source = zip_source_buffer(archive, zeros.baseAddress, count, 0)
        zip_file_add(archive, name, source, 0)
      }
      try #require(zip_close(archive) == 0)
    }
    return [UInt8](try Data(contentsOf: folder["x.zip"]))
  }

  @Test func entriesThatStandTwiceAreRefused() throws {
    var bytes = try ZipArchive.encode([
      ("a/data.pkl", [0x80, 2, 0x7D, 0x2E]), ("a/data.pkx", [0x80, 2, 0x7D, 0x2E]),
    ])
    for place in bytes.indices where bytes[place...].starts(with: Array("data.pkx".utf8)) {
      bytes[place + 7] = UInt8(ascii: "l")
    }
    let error = #expect(throws: ModelError.self) {
      try Self.withFile(bytes) { try ModelFile.load($0) }
    }
    #expect(try #require(error).problem.contains("two entries 'a/data.pkl'"))
  }

  // MARK: - Damage on the way

  /// Small files, each of which needs an architecture or has its own.
  private static let files = [
    "small.pt", "checkpoint.pth", "protocol_5.pt", "small.safetensors", "layers.keras",
  ]

  private static func load(_ url: URL, as name: String) throws -> Model {
    try ModelFile.load(
      url,
      architecture: name.hasSuffix(".keras") ? nil : Fixture.url("formats/small.architecture.json"))
  }

  @Test(arguments: files)
  func everyTruncationIsRefused(name: String) throws {
    let bytes = try Data(contentsOf: Fixture.url("formats/\(name)"))
    for length in stride(from: 0, to: bytes.count, by: name.hasSuffix(".keras") ? 499 : 7) {
      let error = #expect(throws: ModelError.self, "\(length) bytes") {
        try Self.withFile(bytes.prefix(length)) { try Self.load($0, as: name) }
      }
      #expect(error?.description.contains("\n") == false)
    }
  }

  /// Some flips change nothing that is read, others break the file: it loads or is refused.
  @Test(arguments: files)
  func flippedBitsNeverCrash(name: String) throws {
    let bytes = try Data(contentsOf: Fixture.url("formats/\(name)"))
    let step = name.hasSuffix(".keras") ? 997 : 5
    var refused = 0
    for place in stride(from: 0, to: bytes.count, by: step) {
      var damaged = bytes
      damaged[place] ^= 1 << (place % 8)
      do {
        _ = try Self.withFile(damaged) { try Self.load($0, as: name) }
      } catch let error as ModelError {
        #expect(!error.problem.isEmpty && !error.description.contains("\n"))
        refused += 1
      }
    }
    #expect(refused > 5)
  }

  /// The same of the file that convert writes, whose architecture is in its header.
  @Test func flippedBitsOfAConvertedModelNeverCrash() throws {
    let model = try ModelFile.load(Fixture.url("formats/nested.keras"))
    let bytes = try ModelFile.encode(model, frontEnds: [:])
    for place in stride(from: 0, to: bytes.count, by: 3) {
      var damaged = bytes
      damaged[place] ^= 1 << (place % 8)
      do {
        _ = try Self.withFile(damaged) { try ModelFile.load($0) }
      } catch let error as ModelError {
        #expect(!error.problem.isEmpty)
      }
    }
    for length in stride(from: 0, to: bytes.count, by: 11) {
      #expect(throws: ModelError.self) {
        try Self.withFile(bytes.prefix(length)) { try ModelFile.load($0) }
      }
    }
  }

  /// Flips within entries, with checksums made right again: as somebody would who means harm.
  @Test(arguments: ["small.pt", "checkpoint.pth", "protocol_4.pt"])
  func flippedBitsOfPicklesNeverCrash(name: String) throws {
    let entries = try Self.contents(of: name)
    let index = try #require(entries.firstIndex { $0.name.hasSuffix("data.pkl") })
    let pickle = entries[index].contents
    for place in pickle.indices {
      var damaged = entries
      damaged[index].contents[place] ^= 1 << (place % 8)
      do {
        _ = try Self.withFile(try ZipArchive.encode(damaged)) { try Self.load($0, as: name) }
      } catch let error as ModelError {
        #expect(!error.problem.isEmpty)
      }
    }
  }
}
