import Foundation

/// Whole files from outside.
enum InputFile {
  /// The bytes of a file.
  ///
  /// - Throws: ``StudyError`` with the file and the reason if it cannot be read.
  static func bytes(of url: URL) throws -> [UInt8] {
    do {
      return [UInt8](try Data(contentsOf: url))
    } catch {
      throw StudyError(unreadable: url)
    }
  }
}

extension StudyError {
  /// An error for a file that cannot be read, with the reason that the system gives.
  init(unreadable url: URL) {
    let reason =
      if !FileManager.default.fileExists(atPath: url.path) {
        "there is no such file; check the name"
      } else if (try? url.resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory == true {
        "it is a folder; name a file in it"
      } else {
        "permission is missing or the disk failed; check it with ls -l"
      }
    self.init("\(url.path) cannot be read: \(reason)")
  }
}
