import Foundation
import TonoCore

/// NumPy's archives of named arrays, `.npz`: a zip of `.npy` files.
///
/// The arrays are stored, not compressed, and dated 1 January 1980 as a zip's calendar begins: the
/// same arrays give the same bytes.
public enum NumPyArchive {
  /// One array of an archive.
  public typealias Entry = (name: String, tensor: Tensor)

  private static let suffix = ".npy"

  /// The bytes of an `.npz` file that holds these arrays, in this order.
  ///
  /// - Precondition: there is at least one array, and the names differ.
  /// - Throws: ``InputError`` if memory runs out.
  public static func encode(_ entries: [Entry]) throws -> [UInt8] {
    try naming("an archive") {
      try ZipArchive.encode(entries.map { ($0.name + suffix, NumPyArray.encode($0.tensor)) })
    }
  }

  /// The arrays in the bytes of an `.npz` file, in its order; `file` names it in errors.
  ///
  /// - Throws: ``InputError`` if the bytes are no archive, are damaged, or an entry is no array.
  public static func decode(_ bytes: [UInt8], file: String) throws -> [Entry] {
    try naming(file) {
      try ZipArchive.read(bytes, budget: largestContents(ofArchive: bytes.count)) { archive in
        var arrays: [Entry] = []
        for entry in archive.entries {
          let name = entry.name
          let array = name.hasSuffix(suffix) ? String(name.dropLast(suffix.count)) : name
          let contents = try archive.contents(of: entry)
          arrays.append((array, try NumPyArray.decode(contents, file: "\(file), entry \(name)")))
        }
        return arrays
      }
    }
  }

  /// How much all entries together may take: a multiple of the archive, but at least 64 MiB.
  ///
  /// A few kilobytes of deflated zeros can claim gigabytes; spectrograms hardly shrink at all.
  private static func largestContents(ofArchive bytes: Int) -> Int { max(64 << 20, 8 * bytes) }

  /// Puts the file's name in front of what is wrong with an archive.
  private static func naming<Result>(_ file: String, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as ZipError {
      let place = error.entry.map { ", entry \($0)," } ?? ""
      throw InputError("\(file)\(place) \(error.problem)")
    }
  }

  /// The arrays in an `.npz` file, in its order.
  ///
  /// - Throws: ``InputError`` if the file cannot be read, is no archive, or an entry is no array.
  public static func read(_ url: URL) throws -> [Entry] {
    try decode([UInt8](try InputFile.bytes(of: url)), file: url.path)
  }
}
