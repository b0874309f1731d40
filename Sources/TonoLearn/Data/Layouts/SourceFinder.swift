import Foundation

/// Looks for the files that a data set's tables name, and notes each that is missing once.
struct SourceFinder {
  /// The folder of the data set.
  let folder: URL
  /// A sentence for each file that is not there.
  private(set) var problems: [String] = []
  private var missing: Set<String> = []

  /// Looks in a folder.
  init(_ folder: URL) { self.folder = folder }

  /// The sound at the first of some paths that there is; nil for none, which is noted by the first.
  mutating func source(_ paths: String...) -> SoundSource? {
    if let path = paths.first(where: { DataFile.isFile(folder.appending(path: $0)) }) {
      return SoundSource(folder: folder, path: path)
    }
    if let path = paths.first, missing.insert(path).inserted {
      problems.append("\(path) is missing; it is left out")
    }
    return nil
  }

  /// Notes other problems.
  mutating func note(_ problems: [String]) { self.problems += problems }
}

extension String {
  /// A file's name without what follows its last full stop.
  var stem: String { (self as NSString).deletingPathExtension }
}
