import CTonoArchive
import Foundation
import TonoCore

/// A tar archive, compressed in any way that libarchive knows; only read, and never unpacked to the disk.
struct SoundArchive {
  /// One file in an archive.
  struct Member {
    /// Its path, without a leading `./`.
    let path: String
    /// What it holds; nil where that was not asked for.
    let bytes: [UInt8]?
  }

  /// What the names of archives end in, in lower case.
  static let endings = [".tgz", ".tar.gz", ".tar.bz2", ".tar.xz", ".tar"]

  /// The largest file that is taken out of an archive, in bytes: an hour of sound.
  private static let largestMember = 1 << 29
  private static let blockSize = 1 << 18

  /// Whether a name is that of an archive.
  static func isArchive(_ name: String) -> Bool {
    endings.contains { name.lowercased().hasSuffix($0) }
  }

  /// A name without an archive's ending.
  static func stem(of name: String) -> String {
    let ending = endings.first { name.lowercased().hasSuffix($0) }
    return ending.map { String(name.dropLast($0.count)) } ?? name
  }

  /// The files in an archive, in its order, with the contents of those that are asked for.
  ///
  /// - Throws: `InputError` naming the archive, when it is missing, no archive, damaged or cut short.
  /// - Complexity: O(unpacked bytes); what is asked for is in memory at once.
  static func read(_ url: URL, contentsOf isWanted: (String) -> Bool) throws -> [Member] {
    guard let archive = archive_read_new() else {
      throw InputError(
        url, "libarchive has no memory; close other programs")
    }
    defer { archive_read_free(archive) }
    archive_read_support_filter_all(archive)
    archive_read_support_format_tar(archive)
    guard archive_read_open_filename(archive, url.path, blockSize) == ARCHIVE_OK else {
      throw failure(archive, url)
    }
    var members: [Member] = []
    while true {
      var entry: OpaquePointer?
      let status = archive_read_next_header(archive, &entry)
      if status == ARCHIVE_EOF { return members }
      guard status == ARCHIVE_OK || status == ARCHIVE_WARN, let entry else {
        throw failure(archive, url)
      }
      guard archive_entry_filetype(entry) == S_IFREG, let path = path(of: entry) else { continue }
      members.append(
        Member(
          path: path, bytes: isWanted(path) ? try contents(archive, of: path, in: url) : nil))
    }
  }

  /// The path of an entry; nil where it has none.
  private static func path(of entry: OpaquePointer) -> String? {
    guard let text = archive_entry_pathname(entry) ?? archive_entry_pathname_utf8(entry) else {
      return nil
    }
    var path = String(cString: text)[...]
    while path.hasPrefix("./") { path = path.dropFirst(2) }
    return String(path)
  }

  /// What the entry at hand holds.
  private static func contents(
    _ archive: OpaquePointer, of path: String, in url: URL
  ) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: blockSize)
    while true {
      let count = archive_read_data(archive, &block, block.count)
      guard count >= 0 else { throw failure(archive, url) }
      if count == 0 { return bytes }
      bytes += block[..<count]
      guard bytes.count <= largestMember else {
        throw InputError(
          url, "\(path) in it is larger than \(largestMember >> 20) MiB; unpack the archive")
      }
    }
  }

  private static func failure(_ archive: OpaquePointer, _ url: URL) -> InputError {
    let reason = archive_error_string(archive).map { String(cString: $0) } ?? "unknown reason"
    return InputError(
      url, "cannot be read as a tar archive (\(reason)); get it again")
  }
}
