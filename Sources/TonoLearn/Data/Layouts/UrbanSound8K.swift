import Foundation
import TonoCore

/// UrbanSound8K (Salamon, Jacoby & Bello, ACM Multimedia 2014): clips of ten classes in ten folds.
enum UrbanSound8K {
  /// The table of clips.
  static let table = "metadata/UrbanSound8K.csv"

  /// Reads the clips that the table names; their classes are in the order of `classID`.
  ///
  /// - Throws: `InputError` if the table cannot be read, or one number stands for two classes.
  static func read(_ folder: URL) throws -> LabelledSounds {
    let url = folder.appending(path: table)
    let table = try TextTable(
      url, requiring: ["slice_file_name", "fsID", "fold", "classID", "class"])
    var finder = SourceFinder(folder)
    finder.note(table.problems)
    var names: [Int: String] = [:]
    var clips: [(source: SoundSource, id: Int, recording: String, fold: Int)] = []
    for row in table.rows {
      guard let id = Int(row["classID"]), let fold = Int(row["fold"]), !row["class"].isEmpty else {
        throw InputError(
          url,
          "'\(row["slice_file_name"])' has the class \(row["classID"]) "
            + "'\(row["class"])' and the fold '\(row["fold"])'; expected numbers and a name")
      }
      guard names.updateValue(row["class"], forKey: id) ?? row["class"] == row["class"] else {
        throw InputError(
          url, "class \(id) has two names, '\(row["class"])' among them; correct the table")
      }
      if let source = finder.source("audio/fold\(fold)/\(row["slice_file_name"])") {
        clips.append((source, id, row["fsID"], fold))
      }
    }
    let ids = names.keys.sorted()
    let labels = Dictionary(uniqueKeysWithValues: zip(ids, ids.indices))
    return LabelledSounds(
      folder: folder, layout: .urbanSound8K, classes: ids.map { names[$0] ?? "" },
      items: clips.map { clip in
        LabelledSounds.Item(
          source: clip.source, label: labels[clip.id] ?? 0, group: clip.recording, fold: clip.fold)
      },
      problems: finder.problems)
  }
}
