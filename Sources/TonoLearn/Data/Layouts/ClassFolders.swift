import Foundation
import TonoAudio
import TonoCore

/// A folder of sounds for each class, by whose name it is called.
enum ClassFolders {
  /// Whether at least two folders hold sounds.
  ///
  /// - Throws: `InputError` if the folder cannot be looked into.
  static func isMarked(_ folder: URL) throws -> Bool {
    try classes(of: folder).count(where: { !sounds(in: $0, of: folder).files.isEmpty }) >= 2
  }

  /// Reads all sounds at any depth of each class's folder.
  ///
  /// - Throws: `InputError` if the folder or its split file cannot be read.
  static func read(_ folder: URL) throws -> LabelledSounds {
    let parts = try OwnSplit(folder)
    var (names, items, problems) = ([String](), [LabelledSounds.Item](), [String]())
    for name in try classes(of: folder) {
      let found = sounds(in: name, of: folder)
      problems += found.problems
      guard !found.files.isEmpty else { continue }
      for file in found.files {
        let path = "\(name)/\(file)"
        items.append(
          LabelledSounds.Item(
            source: SoundSource(folder: folder, path: path), label: names.count,
            part: parts?.part(ofPath: path)))
      }
      names.append(name)
    }
    return LabelledSounds(
      folder: folder, layout: .classFolders, classes: names, items: items, problems: problems)
  }

  private static func classes(of folder: URL) throws -> [String] {
    try DataFile.names(in: folder).filter { DataFile.isFolder(folder.appending(path: $0)) }
  }

  /// The sounds below a class's folder, ordered by their paths.
  private static func sounds(
    in name: String, of folder: URL
  ) -> (files: [String], problems: [String]) {
    guard let found = try? SoundFolder(folder.appending(path: name)) else { return ([], []) }
    return (found.files.map(\.path), found.skipped.map(\.reason))
  }
}
