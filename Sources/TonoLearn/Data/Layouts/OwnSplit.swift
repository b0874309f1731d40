import Foundation
import TonoCore

/// The split that a data set brings along: `split.csv`, or the speakers in `heldout_speakers.txt`.
struct OwnSplit {
  /// A table of paths, or of sound labels, and what each serves for.
  static let table = "split.csv"
  /// A name in a line: of a speaker, or of a speaker's folder, whose sounds are for the test.
  static let speakers = "heldout_speakers.txt"

  private var parts: [String: DataPart] = [:]
  private var heldOut: Set<String> = []

  /// The split in a data set's folder; nil if there is none.
  ///
  /// - Throws: `InputError` if it cannot be read, or a part is not `train`, `validation` or `test`.
  init?(_ folder: URL) throws {
    let table = folder.appending(path: Self.table)
    let speakers = folder.appending(path: Self.speakers)
    if DataFile.isFile(table) {
      try read(table)
    } else if DataFile.isFile(speakers) {
      let lines = try TextTable.text(of: speakers).split(whereSeparator: \.isNewline)
      heldOut = Set(lines.map { $0.trimmingCharacters(in: .whitespaces) })
    } else {
      return nil
    }
  }

  private mutating func read(_ url: URL) throws {
    let table = try TextTable(url, requiring: ["split"])
    let keys = ["path", "sound_label", "filename"]
    guard let key = keys.first(where: table.columns.contains) else {
      throw InputError(
        url,
        "has none of the columns \(keys.joined(separator: ", ")), so that nobody knows what "
          + "it splits; add one")
    }
    if let problem = table.problems.first {
      throw InputError(
        url, "\(problem)")
    }
    for row in table.rows {
      guard let part = DataPart(rawValue: row["split"]) else {
        throw InputError(
          url,
          "'\(row[key])' has the part '\(row["split"])'; expected one of "
            + DataPart.allCases.map(\.rawValue).joined(separator: ", "))
      }
      guard parts.updateValue(part, forKey: row[key]) ?? part == part else {
        throw InputError(
          url, "'\(row[key])' is in two parts; correct the table")
      }
    }
  }

  /// What a sound of a path in the data set serves for; nil if the split does not tell.
  func part(ofPath path: String) -> DataPart? { parts[path] }

  /// What a concept serves for; nil if the split does not tell.
  func part(ofConcept name: String) -> DataPart? { parts[name] }

  /// What a speaker's sound serves for; nil if the split does not tell.
  func part(ofPath path: String, speaker: String, folder: String) -> DataPart? {
    guard !heldOut.isEmpty else { return parts[path] }
    return heldOut.contains(speaker) || heldOut.contains(folder) ? .test : .training
  }
}
