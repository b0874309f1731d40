import Foundation
import TestSupport
import Testing
import TonoCore

@testable import TonoFiles

@Suite struct AtomicFileTests {
  private let bytes = Array("a pattern".utf8)

  @Test func writesReplacesAndMakesFolders() throws {
    let folder = try TemporaryFolder()
    let file = folder["layer/7.npy"]
    try AtomicFile.write(Data("old, and longer".utf8), to: file)
    try AtomicFile.write(bytes, to: file)
    #expect([UInt8](try Data(contentsOf: file)) == bytes)
    #expect(folder.contents == ["layer", "layer/7.npy"])
  }

  @Test func writesNothingWhenThereIsNothing() throws {
    let folder = try TemporaryFolder()
    try AtomicFile.write([UInt8](), to: folder["empty"])
    #expect(try Data(contentsOf: folder["empty"]).isEmpty)
  }

  @Test func saysThatAFileIsInTheWay() throws {
    let folder = try TemporaryFolder()
    try AtomicFile.write(bytes, to: folder["out"])
    let error = #expect(throws: InputError.self) {
      try AtomicFile.write(bytes, to: folder["out/layer/7.npy"])
    }
    #expect(error?.description.contains("is a file, not a folder") == true)
    #expect(folder.contents == ["out"])
  }

  @Test func saysThatAFolderIsInTheWay() throws {
    let folder = try TemporaryFolder()
    try AtomicFile.write(bytes, to: folder["7.npy/inside"])
    let error = #expect(throws: InputError.self) {
      try AtomicFile.write(bytes, to: folder["7.npy"])
    }
    #expect(error?.description.contains("there is a folder of this name") == true)
    #expect(folder.contents == ["7.npy", "7.npy/inside"])
  }

  @Test(.enabled(if: geteuid() != 0, "root may write everywhere"))
  func saysThatPermissionIsMissing() throws {
    let folder = try TemporaryFolder()
    chmod(folder.url.path, 0o555)
    defer { chmod(folder.url.path, 0o755) }
    let error = #expect(throws: InputError.self) { try AtomicFile.write(bytes, to: folder["a"]) }
    #expect(error?.description.contains("permission is missing") == true)
  }

  @Test func seesADiskThatTakesNothing() throws {
    let descriptor = open("/dev/full", O_WRONLY)
    defer { close(descriptor) }
    #expect(AtomicFile.write(bytes, to: descriptor) == ENOSPC)
  }

  @Test(.enabled(if: SmallDisk.isPossible, "only root may mount a small disk"))
  func leavesTheOldFileOnAFullDisk() throws {
    let disk = try SmallDisk()
    try AtomicFile.write(bytes, to: disk["7.npy"])
    let error = #expect(throws: InputError.self) {
      try AtomicFile.write([UInt8](repeating: 1, count: 1 << 20), to: disk["7.npy"])
    }
    #expect(error?.description.contains("the disk is full") == true)
    #expect([UInt8](try Data(contentsOf: disk["7.npy"])) == bytes)
    #expect(disk.contents == ["7.npy"])
  }

  /// A limit on the size of files stops the write half-way, as a full disk does.
  @Test func leavesNothingBehindAtALimit() async {
    await #expect(processExitsWith: .success) {
      let folder = try TemporaryFolder()
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 4096, rlim_max: 4096)
      setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      let error = #expect(throws: InputError.self) {
        try AtomicFile.write([UInt8](repeating: 1, count: 10_000), to: folder["7.npy"])
      }
      #expect(error?.description.contains("larger than allowed") == true)
      #expect(folder.contents.isEmpty)
    }
  }

  @Test func removesWhatAKilledWriterLeft() throws {
    let folder = try TemporaryFolder()
    try AtomicFile.write(bytes, to: folder["layer/7.npy"])
    try Data(bytes).write(to: folder["layer/.4711-3.part"])
    AtomicFile.removeParts(in: folder["layer"])
    #expect(folder.contents == ["layer", "layer/7.npy"])
  }

  @Test func manyWritersOfOneFileLeaveOneWhole() throws {
    let folder = try TemporaryFolder()
    DispatchQueue.concurrentPerform(iterations: 16) { k in
      let bytes = [UInt8](repeating: UInt8(k), count: 1 << 16)
      #expect(throws: Never.self) { try AtomicFile.write(bytes, to: folder["7.npy"]) }
    }
    let read = [UInt8](try Data(contentsOf: folder["7.npy"]))
    #expect(read.count == 1 << 16 && Set(read).count == 1)
    #expect(folder.contents == ["7.npy"])
  }
}

/// A disk of 64 KiB in memory, unmounted when the owner goes.
private final class SmallDisk {
  private let folder: TemporaryFolder

  static let isPossible = geteuid() == 0 && (try? SmallDisk()) != nil

  init() throws {
    folder = try TemporaryFolder()
    guard mount("tmpfs", folder.url.path, "tmpfs", 0, "size=64k") == 0 else {
      throw POSIXError(.EPERM)
    }
  }

  deinit { umount(folder.url.path) }

  subscript(path: String) -> URL { folder[path] }

  var contents: [String] { folder.contents }
}
