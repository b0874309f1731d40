import Foundation
import TonoCore

/// What lies in the folders of data sets.
enum DataFile {
  /// Whether there is a file of this name.
  static func isFile(_ url: URL) -> Bool { kind(of: url) == S_IFREG }

  /// Whether there is a folder of this name.
  static func isFolder(_ url: URL) -> Bool { kind(of: url) == S_IFDIR }

  /// What a name, or what it links to, is; nil for nothing.
  private static func kind(of url: URL) -> mode_t? {
    var status = stat()
    return stat(url.path, &status) == 0 ? status.st_mode & S_IFMT : nil
  }

  /// The names in a folder, sorted, without hidden ones.
  ///
  /// - Throws: `InputError` naming it.
  static func names(in url: URL) throws -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: url.path)
        .filter { !$0.hasPrefix(".") }.sorted()
    } catch {
      throw InputError(
        url, "cannot be looked into; check that it is a folder and may be read")
    }
  }
}
