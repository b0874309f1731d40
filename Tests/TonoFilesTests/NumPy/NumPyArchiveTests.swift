import Foundation
import TestSupport
import Testing
import TonoCore

@testable import TonoFiles

@Suite struct NumPyArchiveTests {
  private static let entries: [NumPyArchive.Entry] = [
    ("imi_input_a", counting([2, 3])), ("ref/input b", counting([2, 2, 2])),
    ("größe", counting([1])),
  ]

  @Test(arguments: ["stored", "deflated"])
  func readsWhatNumPyWrites(_ name: String) throws {
    let read = try NumPyArchive.read(Fixture.url("numpy/\(name).npz"))
    #expect(read.map(\.name) == Self.entries.map(\.name))
    #expect(read.map(\.tensor) == Self.entries.map(\.tensor))
  }

  @Test func roundTripKeepsOrderAndNames() throws {
    let read = try NumPyArchive.decode(try NumPyArchive.encode(Self.entries), file: "memory")
    #expect(read.map(\.name) == Self.entries.map(\.name))
    #expect(read.map(\.tensor) == Self.entries.map(\.tensor))
  }

  @Test func sameArraysGiveSameBytes() throws {
    let first = try NumPyArchive.encode(Self.entries)
    Thread.sleep(forTimeInterval: 2.1)  // A zip tells time in steps of two seconds.
    #expect(try NumPyArchive.encode(Self.entries) == first)
  }

  @Test func refusesEveryTruncation() throws {
    let whole = try NumPyArchive.encode(Self.entries)
    for length in whole.indices {
      #expect(throws: InputError.self) {
        try NumPyArchive.decode(Array(whole[..<length]), file: "memory")
      }
    }
  }

  /// A flipped bit of the data never passes unseen: every entry carries a checksum.
  @Test(arguments: ["stored", "deflated"])
  func seesDamage(_ name: String) throws {
    let whole = [UInt8](try Data(contentsOf: Fixture.url("numpy/\(name).npz")))
    for place in whole.indices {
      var damaged = whole
      damaged[place] ^= 0x10
      guard let read = try? NumPyArchive.decode(damaged, file: "memory") else { continue }
      #expect(read.allSatisfy { entry in Self.entries.contains { $0.tensor == entry.tensor } })
    }
  }

  /// An entry that claims 1 GiB in an archive of a few hundred bytes is refused before it is read.
  @Test func refusesABomb() throws {
    var bytes = [UInt8](try Data(contentsOf: Fixture.url("numpy/deflated.npz")))
    let directory = try #require(
      bytes.indices.first { bytes[$0...].starts(with: [0x50, 0x4b, 1, 2]) })
    bytes.replaceSubrange(directory + 24..<directory + 28, with: [0, 0, 0, 0x40])
    let error = #expect(throws: InputError.self) {
      try NumPyArchive.decode(bytes, file: "bomb.npz")
    }
    #expect(error?.description.contains("claims 1073741824 bytes") == true)
  }

  @Test func namesTheEntryThatIsNoArray() throws {
    let bytes = try ZipArchive.encode([("notes.txt", Array("hello".utf8))])
    let error = #expect(throws: InputError.self) { try NumPyArchive.decode(bytes, file: "a.npz") }
    #expect(error?.description.hasPrefix("a.npz, entry notes.txt is not a NumPy array") == true)
  }

  /// NumPy itself reads our files, and we read what it writes of them.
  @Test(.enabled(if: NumPy.isThere, "python3 with numpy is not installed"))
  func roundTripThroughNumPy() throws {
    let folder = try TemporaryFolder()
    try AtomicFile.write(try NumPyArchive.encode(Self.entries), to: folder["a.npz"])
    try AtomicFile.write(NumPyArray.encode(counting([1, 39, 482])), to: folder["a.npy"])
    try NumPy.run(
      """
      import numpy as np
      arrays = np.load("a.npz")
      np.savez("b.npz", **{name: arrays[name] * 2 for name in arrays.files})
      np.save("b.npy", np.asfortranarray(np.load("a.npy").astype(">f8") * 2))
      """, in: folder.url)
    let read = try NumPyArchive.read(folder["b.npz"])
    #expect(read.map(\.name) == Self.entries.map(\.name))
    #expect(read.map(\.tensor.values) == Self.entries.map { $0.tensor.values.map { $0 * 2 } })
    let array = try NumPyArray.read(folder["b.npy"])
    #expect(array.shape == [1, 39, 482])
    #expect(array.values == counting([1, 39, 482]).values.map { $0 * 2 })
  }
}

/// NumPy of the Python that `python3` is, if there is one.
private enum NumPy {
  static let isThere = (try? run("import numpy", in: URL(filePath: "/"))) != nil

  static func run(_ script: String, in folder: URL) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script]
    process.currentDirectoryURL = folder
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw CocoaError(.featureUnsupported) }
  }
}
