import Foundation
import TonoAudio
import TonoCore

/// The Vocal Imitation Set (Kim et al., DCASE 2018): a recording and about 20 imitations for each of 302 classes
/// of AudioSet's ontology.
///
/// A sound's class is told by the folder it lies in, or by its file's name, `CLASS_reference.wav` and
/// `CLASS-NUMBER.wav`. Recordings that nobody imitated (`non_reference`) and imitations that the authors excluded
/// are no part of it. The class's first word, up to `_`, is its category.
enum VocalImitationSet {
  /// The folder of recordings.
  static let recordings = "original_recordings"
  /// The folder of imitations.
  static let imitations = "vocal_imitations"
  /// The table of imitations, with tabulators; it tells who imitates.
  private static let table = "vocal_imitations.txt"
  /// Folders that are no class.
  private static let pools: Set = ["reference", "included", recordings, imitations]
  /// Folders that are left out.
  private static let leftOut: Set = ["non_reference", "excluded"]

  /// Reads the recordings that were imitated, and their imitations.
  ///
  /// - Throws: `InputError` if a folder or the table cannot be read.
  static func read(_ folder: URL) throws -> ImitationSounds {
    var problems: [String] = []
    let people = try people(in: folder, &problems)
    var voices: [String: [ImitationSounds.Imitation]] = [:]
    for source in try sounds(in: imitations, of: folder) {
      let name = (source.path as NSString).lastPathComponent
      voices[className(of: source), default: []].append(
        ImitationSounds.Imitation(source: source, person: people[name]))
    }
    var references: [String: [SoundSource]] = [:]
    for source in try sounds(in: recordings, of: folder) {
      references[className(of: source), default: []].append(source)
    }
    var concepts: [ImitationSounds.Concept] = []
    for (name, sources) in references.sorted(by: { $0.key < $1.key }) {
      guard let imitations = voices.removeValue(forKey: name) else {
        problems.append("\(sources[0].path) has no usable imitation; it is left out")
        continue
      }
      concepts.append(
        ImitationSounds.Concept(
          name: name, category: category(of: name), references: canonical(sources),
          imitations: imitations))
    }
    for (name, imitations) in voices.sorted(by: { $0.key < $1.key }) {
      problems.append(
        "'\(name)' has \(imitations.count) imitations and no recording; they are left out")
    }
    return ImitationSounds(
      folder: folder, layout: .vocalImitationSet, concepts: concepts, problems: problems)
  }

  /// The sounds of a folder, ordered by their paths, without what is left out.
  private static func sounds(in name: String, of folder: URL) throws -> [SoundSource] {
    let url = folder.appending(path: name)
    guard let found = try? SoundFolder(url) else {
      throw InputError(
        url, "holds no sounds; get the whole data set")
    }
    return found.files.map(\.path)
      .filter { leftOut.isDisjoint(with: $0.split(separator: "/").map(String.init)) }
      .map { SoundSource(folder: folder, path: "\(name)/\($0)") }
  }

  /// The class that a path tells.
  private static func className(of source: SoundSource) -> String {
    let folder = ((source.path as NSString).deletingLastPathComponent as NSString).lastPathComponent
    guard pools.contains(folder) else { return folder }
    let stem = (source.path as NSString).lastPathComponent.stem
    if stem.hasSuffix("_reference") { return String(stem.dropLast("_reference".count)) }
    let end = stem.lastIndex(of: "-")
    guard let end, stem[stem.index(after: end)...].allSatisfy(\.isNumber) else { return stem }
    return String(stem[..<end])
  }

  /// The recordings that were imitated, of those of a class.
  ///
  /// Early versions mark them as `perfect` among others in the class's folder; where nothing is marked, all are.
  private static func canonical(_ sources: [SoundSource]) -> [SoundSource] {
    let marked = sources.filter { source in
      let name = (source.path as NSString).lastPathComponent.lowercased()
      return name.contains("perfect") || name.contains("_reference")
    }
    return marked.isEmpty ? sources : marked
  }

  /// The first word of a class, without its number.
  private static func category(of name: String) -> String {
    let words = name.drop(while: \.isNumber)
    return words.split(separator: "_").first.map(String.init) ?? "all"
  }

  /// Who made an imitation, by its file's name; the set's numbers of people are rounded to six digits.
  private static func people(
    in folder: URL, _ problems: inout [String]
  ) throws -> [String: String] {
    let url = folder.appending(path: table)
    guard DataFile.isFile(url) else { return [:] }
    let table = try TextTable(
      url, requiring: ["imitation_filename", "participant_id"], delimitedBy: .tab)
    problems += table.problems
    return Dictionary(
      table.rows.map { ($0["imitation_filename"], $0["participant_id"]) }
        .filter { !$0.1.isEmpty }, uniquingKeysWith: { first, _ in first })
  }
}
