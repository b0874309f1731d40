import Foundation
import TonoCore

/// VimSketch (Kim et al., 2019): VocalSketch and the Vocal Imitation Set in one; 542 sounds, 12 543 imitations.
///
/// Behind its number, the name of an imitation's file is that of its recording's.
enum VimSketch {
  /// The list of recordings, a file's name in each line; names may have commas.
  static let references = "reference_file_names.csv"
  private static let imitations = "vocal_imitation_file_names.csv"

  /// Reads the recordings and their imitations; all are one category, and people are not told.
  ///
  /// - Throws: `InputError` if a list cannot be read.
  static func read(_ folder: URL) throws -> ImitationSounds {
    var finder = SourceFinder(folder)
    var voices: [String: [ImitationSounds.Imitation]] = [:]
    for name in try names(in: folder.appending(path: imitations)) {
      guard let source = finder.source("vocal_imitations/\(name)") else { continue }
      voices[key(name), default: []].append(ImitationSounds.Imitation(source: source))
    }
    var concepts: [ImitationSounds.Concept] = []
    for name in try names(in: folder.appending(path: references)) {
      guard let source = finder.source("references/\(name)") else { continue }
      guard let imitations = voices.removeValue(forKey: key(name)) else {
        finder.note(["references/\(name) has no usable imitation; it is left out"])
        continue
      }
      concepts.append(
        ImitationSounds.Concept(
          name: key(name).stem, category: "all", references: [source], imitations: imitations))
    }
    let lost = voices.values.joined().count
    if lost > 0 {
      finder.note(["\(lost) imitations have no recording of their name; they are left out"])
    }
    return ImitationSounds(
      folder: folder, layout: .vimSketch, concepts: concepts, problems: finder.problems)
  }

  private static func names(in url: URL) throws -> [String] {
    try TextTable.text(of: url).split(whereSeparator: \.isNewline)
      .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
  }

  /// A file's name behind its number.
  private static func key(_ name: String) -> String {
    name.firstIndex(of: "_").map { String(name[name.index(after: $0)...]) } ?? name
  }
}
