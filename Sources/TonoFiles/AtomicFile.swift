import Foundation
import Synchronization
import TonoCore

/// Files that are whole or not there: written under a passing name beside their own, then renamed.
public enum AtomicFile {
  /// What the passing names end in; they begin with a full stop.
  private static let suffix = ".part"
  private static let serial = Atomic<Int>(0)

  /// Writes a file, and the folders above it that are missing; replaces a file that is there.
  ///
  /// Whoever looks sees the old file or the new one, never a part: the bytes are on the disk before
  /// the name is theirs. On failure nothing is left behind. Files may be written from several
  /// threads and processes at once; the last one stays.
  ///
  /// - Throws: ``InputError`` with the file, the reason and the remedy.
  public static func write(_ bytes: some ContiguousBytes, to url: URL) throws {
    let folder = url.deletingLastPathComponent()
    try makeFolders(folder)
    let number = serial.add(1, ordering: .relaxed).newValue
    let passing = folder.appending(path: ".\(getpid())-\(number)\(suffix)").path
    if let code = write(bytes, passing: passing) ?? rename(passing, to: url.path) {
      unlink(passing)
      throw InputError(unwritable: url.path, code: code)
    }
  }

  /// Removes what writers that were killed left in a folder; no writer may be at work there.
  public static func removeParts(in folder: URL) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    for name in names where name.wholeMatch(of: /\.[0-9]+-[0-9]+\.part/) != nil {
      unlink(folder.appending(path: name).path)
    }
  }

  /// Makes a folder and those above it that are missing.
  ///
  /// - Throws: ``InputError`` with the folder, the reason and the remedy.
  package static func makeFolders(_ url: URL) throws {
    if let code = makeFolder(url) { throw InputError(unwritable: url.path, code: code) }
  }

  /// Makes a folder and those above it; nil, or the number of the error.
  private static func makeFolder(_ url: URL) -> Int32? {
    if mkdir(url.path, 0o777) == 0 { return nil }
    switch errno {
    case EEXIST:
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
      return isFolder.boolValue ? nil : ENOTDIR
    case ENOENT where url.pathComponents.count > 1:
      return makeFolder(url.deletingLastPathComponent())
        ?? (mkdir(url.path, 0o777) == 0 || errno == EEXIST ? nil : errno)
    case let code:
      return code
    }
  }

  /// Writes a whole file to the disk; nil, or the number of the error.
  private static func write(_ bytes: some ContiguousBytes, passing path: String) -> Int32? {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { return errno }
    let code = write(bytes, to: descriptor) ?? (fsync(descriptor) == 0 ? nil : errno)
    let closed = close(descriptor) == 0 ? nil : errno
    return code ?? closed
  }

  /// Writes all bytes to an open file; nil, or the number of the error.
  package static func write(_ bytes: some ContiguousBytes, to descriptor: Int32) -> Int32? {
    bytes.withUnsafeBytes { buffer in
      var rest = buffer[...]
      while !rest.isEmpty {
        let count = Foundation.write(
          descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count < 0 && errno == EINTR { continue }
        if count <= 0 { return count < 0 ? errno : ENOSPC }
        rest = rest.dropFirst(count)
      }
      return nil
    }
  }

  private static func rename(_ old: String, to new: String) -> Int32? {
    Foundation.rename(old, new) == 0 ? nil : errno
  }
}

extension InputError {
  /// An error for a file or folder that cannot be written, by the system's number of the error.
  package init(unwritable path: String, code: Int32) {
    let reason =
      switch code {
      case ENOSPC, EDQUOT: "the disk is full; free some space or write to another disk"
      case EFBIG: "the file is larger than allowed here; raise the limit (ulimit -f)"
      case EROFS: "the disk is read-only; write to another place"
      case EACCES, EPERM: "permission is missing; choose a folder of your own"
      case ENOTDIR: "a part of its path is a file, not a folder; choose another path"
      case EISDIR: "there is a folder of this name; choose another name"
      case ENAMETOOLONG: "the name is too long; choose a shorter one"
      default: "\(String(cString: strerror(code))); choose another place"
      }
    self.init("\(path) cannot be written: \(reason)")
  }
}
