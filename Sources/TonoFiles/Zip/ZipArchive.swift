import CTonoZip
import Foundation
import TonoCore

/// A zip archive that is open for reading, through libzip.
///
/// Entries are handed out as bytes and never written anywhere, so that a name such as `../x` leads
/// nowhere. All that is read together is limited: a few kilobytes can claim gigabytes.
public struct ZipArchive: ~Copyable {
  /// One file of an archive.
  public struct Entry: Sendable {
    /// The name, with `/` between folders.
    public let name: String
    /// How many bytes it claims to hold.
    public let size: UInt64
    /// Its place in the archive.
    package let index: UInt64
  }

  /// The entries, in the archive's order.
  public let entries: [Entry]

  private let archive: OpaquePointer
  /// How many bytes may still be read.
  private var budget: Int

  /// Opens an archive in memory and hands it to `body`, which may read `budget` bytes of contents.
  ///
  /// - Throws: ``ZipError`` if the bytes are no archive, and what `body` throws.
  public static func read<Result>(
    _ bytes: [UInt8], budget: Int, _ body: (inout ZipArchive) throws -> Result
  ) throws -> Result {
    guard !bytes.isEmpty else {
      throw ZipError("is empty, expected a zip archive; save it again")
    }
    try ZipDirectory(byteCount: bytes.count) { Array(bytes[$0]) }.check()
    return try bytes.withUnsafeBytes { buffer in
      var archive = try ZipArchive(budget: budget) { error in
        zip_source_buffer_create(buffer.baseAddress, UInt64(buffer.count), 0, error)
      }
      return try body(&archive)
    }
  }

  /// Opens an archive in a file, of whose contents `budget` bytes may be read.
  ///
  /// - Throws: ``ZipError`` if it is no archive.
  public init(_ url: URL, budget: Int) throws {
    try ZipDirectory(of: url)?.check()
    try self.init(budget: budget) { zip_source_file_create(url.path, 0, -1, $0) }
  }

  private init(
    budget: Int, source: (UnsafeMutablePointer<zip_error_t>) -> OpaquePointer?
  ) throws {
    var error = zip_error_t()
    zip_error_init(&error)
    defer { zip_error_fini(&error) }
    guard let source = source(&error) else { throw ZipError(unreadable: &error) }
    guard let archive = zip_open_from_source(source, Int32(ZIP_RDONLY), &error) else {
      zip_source_free(source)
      throw ZipError(
        "is not a zip archive, or is truncated (\(String(cString: zip_error_strerror(&error))));"
          + " save it again")
    }
    do {
      entries = try Self.entries(of: archive)
    } catch {
      zip_discard(archive)
      throw error
    }
    self.archive = archive
    self.budget = budget
  }

  deinit { zip_discard(archive) }

  private static func entries(of archive: OpaquePointer) throws -> [Entry] {
    try (0..<UInt64(max(zip_get_num_entries(archive, 0), 0))).map { index in
      var status = zip_stat_t()
      guard zip_stat_index(archive, index, 0, &status) == 0, let name = status.name,
        status.valid & UInt64(ZIP_STAT_SIZE) != 0
      else { throw ZipError("has a damaged list of entries; save it again") }
      return Entry(name: String(cString: name), size: status.size, index: index)
    }
  }

  /// The bytes of an entry; libzip checks them against its size and CRC at their end.
  ///
  /// - Throws: ``ZipError`` if it is damaged, or larger than what may still be read.
  public mutating func contents(of entry: Entry) throws -> [UInt8] {
    guard entry.size <= UInt64(max(budget, 0)) else {
      throw ZipError(
        "claims \(entry.size) bytes, \(budget) are the most that an archive of this size may still"
          + " hold; save it uncompressed", entry: entry.name)
    }
    let size = Int(entry.size)
    budget -= size
    guard let stream = zip_fopen_index(archive, entry.index, 0) else {
      throw ZipError(unreadable: zip_get_error(archive), entry: entry.name)
    }
    defer { zip_fclose(stream) }
    var count = 0
    var status: Int64 = 0
    let contents = [UInt8](unsafeUninitializedCapacity: size + 1) { buffer, initialized in
      repeat {
        let rest = UnsafeMutableRawBufferPointer(
          rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
        status = rest.baseAddress.map { zip_fread(stream, $0, UInt64(rest.count)) } ?? 0
        count += Int(max(status, 0))
      } while status > 0 && count <= size
      initialized = count
    }
    guard status >= 0 else {
      throw ZipError(unreadable: zip_file_get_error(stream), entry: entry.name)
    }
    guard count == size else {
      throw ZipError("has not the \(size) bytes that it claims; save it again", entry: entry.name)
    }
    return contents
  }
}

/// What is wrong with a zip archive; whoever opened it says which file it is.
public struct ZipError: Error, Equatable, Sendable {
  /// The entry that is meant, or nothing if it is the archive as a whole.
  public let entry: String?
  /// The rest of a sentence of which the archive or its entry is the subject.
  public let problem: String

  /// An error that says `problem` of the archive, or of an entry.
  package init(_ problem: String, entry: String? = nil) {
    self.entry = entry
    self.problem = problem
  }

  /// An error with libzip's reason.
  package init(unreadable error: UnsafeMutablePointer<zip_error_t>, entry: String? = nil) {
    self.init(
      "cannot be read (\(String(cString: zip_error_strerror(error)))); save it again",
      entry: entry)
  }
}
