import Foundation
import TonoCore

/// VocalSketch (Cartwright & Pardo, CHI 2015), versions 1.0 and 1.1: 240 sounds in four categories and
/// what people made of them with their voices.
///
/// Only imitations of a recording that was heard are taken, not those of a word that was read; and of these
/// the ones that the authors included, which are no drafts and no exercises.
enum VocalSketch {
  /// The table of recordings.
  static let recordings = "sound_recordings.csv"

  /// A set of imitations: its table, by its names, and the folders of its sounds.
  private static let sets = [
    (
      tables: ["vocal_imitations.csv"],
      folders: ["vocal_imitations/included", "included_vocal_imitations", "vocal_imitations"]
    ),
    (
      tables: ["vocal_imitations_set2.csv", "vocal_imitaitons_set2.csv"],
      folders: ["vocal_imitations_set2/included", "vocal_imitations/included"]
    ),
  ]

  /// Names of the everyday sounds in the collection that they are from, which have to be got from there.
  private static let translation = "everyday_filename_translation.csv"

  /// Reads the recordings and all sets of imitations.
  ///
  /// - Throws: `InputError` if a table cannot be read, or there is none of imitations.
  static func read(_ folder: URL) throws -> ImitationSounds {
    let parts = try OwnSplit(folder)
    var finder = SourceFinder(folder)
    let table = try TextTable(
      folder.appending(path: recordings),
      requiring: ["filename", "sound_label", "audio_concept_subset"])
    finder.note(table.problems)
    let imitations = try imitations(in: folder, &finder)
    let originals = try originalNames(in: folder)
    var concepts: [ImitationSounds.Concept] = []
    for row in table.rows {
      let file = row["filename"]
      guard
        let source = finder.source(
          "sound_recordings/\(file)", "sound_recordings/\(originals[file] ?? file)")
      else { continue }
      let found = imitations[file] ?? []
      guard !found.isEmpty else {
        finder.note(["sound_recordings/\(file) has no usable imitation; it is left out"])
        continue
      }
      concepts.append(
        ImitationSounds.Concept(
          name: row["sound_label"], category: category(row["audio_concept_subset"]),
          references: [source], imitations: found,
          part: parts?.part(ofConcept: row["sound_label"])))
    }
    return ImitationSounds(
      folder: folder, layout: .vocalSketch, concepts: concepts, problems: finder.problems)
  }

  /// The imitations of each recording, by its file's name.
  ///
  /// Names of files are what the second set has right: a spreadsheet has rounded its numbers.
  private static func imitations(
    in folder: URL, _ finder: inout SourceFinder
  ) throws -> [String: [ImitationSounds.Imitation]] {
    var imitations: [String: [ImitationSounds.Imitation]] = [:]
    var tables = 0
    for set in sets {
      let urls = set.tables.map { folder.appending(path: $0) }
      guard let url = urls.first(where: DataFile.isFile) else { continue }
      tables += 1
      let table = try TextTable(
        url,
        requiring: [
          "filename", "stimulus_type", "included", "draft", "training", "participant_id",
          "sound_recording",
        ])
      finder.note(table.problems)
      let place =
        set.folders.first { DataFile.isFolder(folder.appending(path: $0)) } ?? set.folders[0]
      for row in table.rows
      where row["stimulus_type"] == "sound recording" && row.isTrue("included")
        && !row.isTrue("draft") && !row.isTrue("training")
      {
        guard let source = finder.source("\(place)/\(row["filename"])") else { continue }
        let person = row["participant_id"]
        imitations[row["sound_recording"], default: []].append(
          ImitationSounds.Imitation(source: source, person: person.isEmpty ? nil : person))
      }
    }
    guard tables > 0 else {
      throw InputError(
        folder, "has no \(sets[0].tables[0]); get the whole data set")
    }
    return imitations
  }

  /// The everyday sounds' names in the collection that they are from, by those of this data set.
  private static func originalNames(in folder: URL) throws -> [String: String] {
    let url = folder.appending(path: translation)
    guard DataFile.isFile(url) else { return [:] }
    let table = try TextTable(url, requiring: ["marcel_filename", "vocalsketch_filename"])
    return Dictionary(
      table.rows.map { ($0["vocalsketch_filename"], $0["marcel_filename"]) },
      uniquingKeysWith: { first, _ in first })
  }

  /// A category in one spelling: the sets have `everyday sounds` and `everyday`.
  private static func category(_ text: String) -> String {
    let words = text.lowercased().split { $0 == " " || $0 == "_" }
    let kept = words.last == "sounds" && words.count > 1 ? words.dropLast() : words
    return kept.joined(separator: "_")
  }
}
