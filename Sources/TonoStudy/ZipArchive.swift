import CTonoZip
import Foundation

/// Zip archives in memory, through libzip.
enum ZipArchive {
  /// A file of an archive.
  typealias Entry = (name: String, contents: [UInt8])

  /// How much all entries together may take: a multiple of the archive, but at least 64 MiB.
  ///
  /// A few kilobytes of deflated zeros can claim gigabytes; spectrograms hardly shrink at all.
  static func largestContents(ofArchive bytes: Int) -> Int { max(64 << 20, 100 * bytes) }

  /// 1 January 1980 as a zip counts days: the first that it can tell.
  private static let firstDay: UInt16 = 1 << 5 | 1

  /// The bytes of an archive of stored entries, in this order.
  static func encode(_ entries: [Entry]) throws -> [UInt8] {
    precondition(!entries.isEmpty, "an archive has at least one entry")
    precondition(Set(entries.map(\.name)).count == entries.count, "names of entries differ")
    var error = zip_error_t()
    zip_error_init(&error)
    defer { zip_error_fini(&error) }
    guard let target = zip_source_buffer_create(nil, 0, 0, &error) else { throw failure(&error) }
    defer { zip_source_free(target) }
    zip_source_keep(target)
    guard let archive = zip_open_from_source(target, Int32(ZIP_CREATE | ZIP_TRUNCATE), &error)
    else {
      zip_source_free(target)
      throw failure(&error)
    }
    do {
      for (name, contents) in entries { try add(name, contents, to: archive) }
      guard zip_close(archive) == 0 else { throw failure(zip_get_error(archive)) }
    } catch {
      zip_discard(archive)
      throw error
    }
    return try bytes(of: target)
  }

  /// Adds an entry; libzip keeps and frees its own copy of the contents.
  private static func add(_ name: String, _ contents: [UInt8], to archive: OpaquePointer) throws {
    guard let copy = malloc(max(contents.count, 1)) else {
      throw StudyError("no memory for entry \(name) of an archive; close other programs")
    }
    contents.withUnsafeBytes { buffer in
      if let base = buffer.baseAddress { copy.copyMemory(from: base, byteCount: buffer.count) }
    }
    guard let source = zip_source_buffer(archive, copy, UInt64(contents.count), 1) else {
      free(copy)
      throw failure(zip_get_error(archive))
    }
    let index = zip_file_add(archive, name, source, UInt32(ZIP_FL_ENC_UTF_8))
    guard index >= 0 else {
      zip_source_free(source)
      throw failure(zip_get_error(archive))
    }
    guard zip_set_file_compression(archive, UInt64(index), ZIP_CM_STORE, 0) == 0,
      zip_file_set_dostime(archive, UInt64(index), 0, firstDay, 0) == 0
    else { throw failure(zip_get_error(archive)) }
  }

  /// All bytes that were written to a source.
  private static func bytes(of source: OpaquePointer) throws -> [UInt8] {
    guard zip_source_open(source) == 0, zip_source_seek(source, 0, SEEK_END) == 0 else {
      throw failure(zip_source_error(source))
    }
    defer { zip_source_close(source) }
    let size = Int(zip_source_tell(source))
    guard size >= 0, zip_source_seek(source, 0, SEEK_SET) == 0 else {
      throw failure(zip_source_error(source))
    }
    var count: Int64 = 0
    let result = [UInt8](unsafeUninitializedCapacity: size) { buffer, initialized in
      count = buffer.baseAddress.map { zip_source_read(source, $0, UInt64(size)) } ?? 0
      initialized = max(Int(count), 0)
    }
    guard count == size else { throw failure(zip_source_error(source)) }
    return result
  }

  /// The entries of an archive, in its order; `file` names it in errors.
  static func decode(_ bytes: [UInt8], file: String) throws -> [Entry] {
    guard !bytes.isEmpty else {
      throw StudyError("\(file) is empty, expected a zip archive such as .npz; save it again")
    }
    return try bytes.withUnsafeBytes { buffer in
      var error = zip_error_t()
      zip_error_init(&error)
      defer { zip_error_fini(&error) }
      guard
        let source = zip_source_buffer_create(
          buffer.baseAddress, UInt64(buffer.count), 0, &error)
      else { throw failure(&error) }
      guard let archive = zip_open_from_source(source, Int32(ZIP_RDONLY), &error) else {
        zip_source_free(source)
        throw StudyError(
          "\(file) is not a zip archive such as .npz, or is truncated "
            + "(\(String(cString: zip_error_strerror(&error)))); save it again with numpy.savez")
      }
      defer { zip_discard(archive) }
      return try entries(of: archive, file: file, budget: largestContents(ofArchive: bytes.count))
    }
  }

  private static func entries(of archive: OpaquePointer, file: String, budget: Int) throws
    -> [Entry]
  {
    var rest = budget
    return try (0..<UInt64(max(zip_get_num_entries(archive, 0), 0))).map { index in
      var status = zip_stat_t()
      guard zip_stat_index(archive, index, 0, &status) == 0, let name = status.name,
        status.valid & UInt64(ZIP_STAT_SIZE) != 0
      else {
        throw StudyError("\(file) has a damaged list of entries; save it again")
      }
      let entry = String(cString: name)
      guard status.size <= UInt64(rest) else {
        throw StudyError(
          "\(file), entry \(entry), claims \(status.size) bytes, \(rest) are the most that an "
            + "archive of this size may still hold; save it uncompressed")
      }
      rest -= Int(status.size)
      return (entry, try contents(index, size: Int(status.size), of: archive, file: file, entry))
    }
  }

  /// The contents of an entry; libzip checks them against its size and CRC at their end.
  private static func contents(
    _ index: UInt64, size: Int, of archive: OpaquePointer, file: String, _ entry: String
  ) throws -> [UInt8] {
    func damaged(_ error: UnsafeMutablePointer<zip_error_t>) -> StudyError {
      let reason = String(cString: zip_error_strerror(error))
      return StudyError("\(file), entry \(entry), cannot be read (\(reason)); save it again")
    }
    guard let stream = zip_fopen_index(archive, index, 0) else {
      throw damaged(zip_get_error(archive))
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
    guard status >= 0 else { throw damaged(zip_file_get_error(stream)) }
    guard count == size else {
      throw StudyError(
        "\(file), entry \(entry), has not the \(size) bytes that it claims; save it again")
    }
    return contents
  }

  private static func failure(_ error: UnsafeMutablePointer<zip_error_t>) -> StudyError {
    StudyError(
      "an archive cannot be made: \(String(cString: zip_error_strerror(error))); "
        + "close other programs")
  }
}
