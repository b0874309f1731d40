import CTonoZip
import Foundation
import TonoCore

extension ZipArchive {
  /// 1 January 1980 as a zip counts days: the first that it can tell.
  private static let firstDay: UInt16 = 1 << 5 | 1

  /// The bytes of an archive of stored entries, in this order; equal entries give equal bytes.
  ///
  /// - Precondition: there is at least one entry, and the names differ.
  /// - Throws: ``ZipError`` if memory runs out.
  public static func encode(_ entries: [(name: String, contents: [UInt8])]) throws -> [UInt8] {
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
      throw ZipError("cannot be made: no memory; close other programs", entry: name)
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

  private static func failure(_ error: UnsafeMutablePointer<zip_error_t>) -> ZipError {
    ZipError("cannot be made: \(String(cString: zip_error_strerror(error))); close other programs")
  }
}
