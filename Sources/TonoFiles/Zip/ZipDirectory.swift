import Foundation
import TonoCore

/// How many entries a zip archive says it has, read from its end before any of them is.
///
/// libzip takes some hundred bytes of memory for each entry, of which one takes 46 in the file.
/// Source of the format: PKWARE, APPNOTE.TXT, 4.3.14 to 4.3.16.
struct ZipDirectory {
  /// The most entries of an archive that is read: models have some thousand arrays.
  private static let mostEntries: UInt64 = 100_000

  /// The longest end of an archive: its record and a comment.
  private static let longestEnd = 22 + 65_535
  private static let record: [UInt8] = [0x50, 0x4B, 5, 6]
  private static let wideLocator: [UInt8] = [0x50, 0x4B, 6, 7]
  private static let wideLocatorSize = 20
  private static let wideRecord: [UInt8] = [0x50, 0x4B, 6, 6]
  private static let wideRecordSize = 56

  /// The largest number of entries that the end of the archive can be understood to claim.
  private let entryCount: UInt64

  /// Reads the end of an archive in a file; nothing if there is no file to read.
  init?(of url: URL) {
    guard let handle = try? FileHandle(forReadingFrom: url) else { return nil }
    defer { try? handle.close() }
    guard let size = try? handle.seekToEnd() else { return nil }
    self.init(byteCount: Int(size)) { range in
      try? handle.seek(toOffset: UInt64(range.lowerBound))
      return [UInt8]((try? handle.read(upToCount: range.count)) ?? Data())
    }
  }

  /// Reads the end of an archive of so many bytes, of which `read` gives parts.
  init(byteCount: Int, read: (Range<Int>) -> [UInt8]) {
    let start = max(0, byteCount - Self.longestEnd - Self.wideLocatorSize)
    let end = read(start..<byteCount)
    var most: UInt64 = 0
    for place in end.indices where end[place...].starts(with: Self.record) {
      most = max(most, Self.number(end, place + 10, 2))
      let locator = place - Self.wideLocatorSize
      guard locator >= 0, end[locator...].starts(with: Self.wideLocator),
        let wide = Int(exactly: Self.number(end, locator + 8, 8)), wide < byteCount
      else { continue }
      let record = read(wide..<min(byteCount, wide + Self.wideRecordSize))
      guard record.starts(with: Self.wideRecord) else { continue }
      most = max(most, Self.number(record, 32, 8))
    }
    entryCount = most
  }

  /// Checks that there are not too many.
  ///
  /// - Throws: ``ZipError``.
  func check() throws {
    guard entryCount <= Self.mostEntries else {
      throw ZipError(
        "claims \(entryCount) entries, at most \(Self.mostEntries) are read; no model has so many")
    }
  }

  /// A little-endian number, whose bytes beyond the end are 0.
  private static func number(_ bytes: [UInt8], _ place: Int, _ count: Int) -> UInt64 {
    bytes.dropFirst(place).prefix(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
