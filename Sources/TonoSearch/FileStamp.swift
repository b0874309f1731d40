import Foundation

/// What tells that a file was written since it was last read, without reading it: its size, its place on the
/// disk, and when its content and its entry last changed.
///
/// The last of them cannot be set back by `touch` or `cp -p`; git's index trusts the same.
enum FileStamp {
  /// The stamp of a file; nil if there is none.
  static func of(_ path: String) -> String? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    #if canImport(Darwin)
      let (written, changed) = (status.st_mtimespec, status.st_ctimespec)
    #else
      let (written, changed) = (status.st_mtim, status.st_ctim)
    #endif
    return [
      Int(status.st_size), Int(status.st_ino), written.tv_sec, written.tv_nsec, changed.tv_sec,
      changed.tv_nsec,
    ].map { String($0, radix: 36) }.joined(separator: "-")
  }
}
