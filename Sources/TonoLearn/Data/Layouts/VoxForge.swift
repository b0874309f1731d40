import Foundation
import TonoAudio
import TonoCore

/// VoxForge: people who read sentences aloud in several languages, a folder or an archive for each time.
///
/// The first level are the languages, which are the classes; further levels, as the repository has them, may
/// lie between. A submission's folder holds `wav` or `flac` and `etc`; a submission's archive is such a folder,
/// packed.
enum VoxForge {
  /// How deep submissions may lie; links could lead round in circles.
  private static let mostLevels = 8
  private static let soundFolders = ["wav", "flac"]
  /// What lists the sentences: each line begins with the name of a sound.
  private static let prompts = ["PROMPTS", "prompts-original"]

  /// One submission: a folder or an archive.
  private struct Submission: Sendable {
    let path: String
    let language: Int
    let isArchive: Bool

    /// Its name, `PERSON-DATE-CODE`.
    var name: String {
      let last = (path as NSString).lastPathComponent
      return isArchive ? SoundArchive.stem(of: last) : last
    }

    /// Who speaks.
    ///
    /// A person's submissions have one name before the date; of `anonymous` ones nobody knows who they are by.
    var speaker: String {
      let person = name.split(separator: "-").first.map(String.init) ?? name
      return person.lowercased().hasPrefix("anonymous") ? name : person
    }
  }

  /// What was found in a submission.
  private struct Found: Sendable {
    var sounds: [SoundSource] = []
    var problems: [String] = []

    /// Notes the sounds that a list of sentences names but that were not found, and that there are none.
    mutating func note(missingFrom list: String?, of path: String) {
      guard !sounds.isEmpty else {
        problems.append("\(path) holds no sounds; it is left out")
        return
      }
      let names = Set(sounds.map { (($0.member ?? $0.path) as NSString).lastPathComponent.stem })
      for line in (list ?? "").split(whereSeparator: \.isNewline) {
        guard let first = line.split(whereSeparator: \.isWhitespace).first else { continue }
        let name = (String(first) as NSString).lastPathComponent
        if !names.contains(name), !names.contains(name.stem) {
          problems.append("\(path): the sound '\(name)' of its list is missing; it is left out")
        }
      }
    }
  }

  /// Whether a folder's folders hold submissions.
  ///
  /// - Throws: `InputError` if the folder cannot be looked into.
  static func isMarked(_ folder: URL) throws -> Bool {
    try DataFile.names(in: folder).contains { language in
      !submissions(in: language, of: folder, language: 0, most: 1).isEmpty
    }
  }

  /// Reads all submissions; archives are looked through once, several at a time.
  ///
  /// - Throws: `InputError` if the folder or its split file cannot be read.
  static func read(_ folder: URL) throws -> LabelledSounds {
    let parts = try OwnSplit(folder)
    var (languages, submissions) = ([String](), [Submission]())
    for name in try DataFile.names(in: folder) {
      let found = self.submissions(in: name, of: folder, language: languages.count)
      guard !found.isEmpty else { continue }
      languages.append(name)
      submissions += found
    }
    let all = submissions
    let collected = Collected<Found>()
    try concurrently(all.count, threads: ProcessInfo.processInfo.activeProcessorCount) { index, _ in
      collected.store(look(into: all[index], of: folder), at: index)
    }
    let found = collected.inOrder
    var items: [LabelledSounds.Item] = []
    for (submission, found) in zip(submissions, found) {
      for source in found.sounds {
        items.append(
          LabelledSounds.Item(
            source: source, label: submission.language, group: submission.speaker,
            part: parts?.part(
              ofPath: source.description, speaker: submission.speaker, folder: submission.name)))
      }
    }
    return LabelledSounds(
      folder: folder, layout: .voxForge, classes: languages, items: items,
      problems: found.flatMap(\.problems))
  }

  /// The submissions below a language's folder, ordered by their paths.
  private static func submissions(
    in path: String, of folder: URL, language: Int, most: Int = .max, depth: Int = mostLevels
  ) -> [Submission] {
    let url = folder.appending(path: path)
    guard depth > 0, DataFile.isFolder(url), let names = try? DataFile.names(in: url) else {
      return []
    }
    if !soundFolders.allSatisfy({ !DataFile.isFolder(url.appending(path: $0)) }) {
      return [Submission(path: path, language: language, isArchive: false)]
    }
    var found: [Submission] = []
    for name in names where found.count < most {
      let inner = "\(path)/\(name)"
      if SoundArchive.isArchive(name) {
        // An archive that was unpacked beside itself is the same sounds again.
        guard !names.contains(SoundArchive.stem(of: name)) else { continue }
        found.append(Submission(path: inner, language: language, isArchive: true))
      } else {
        found += submissions(
          in: inner, of: folder, language: language, most: most - found.count, depth: depth - 1)
      }
    }
    return found
  }

  /// The sounds of a submission, and those that its list names but it does not hold.
  private static func look(into submission: Submission, of folder: URL) -> Found {
    do {
      return submission.isArchive
        ? try look(intoArchive: submission.path, of: folder)
        : try look(intoFolder: submission.path, of: folder)
    } catch {
      return Found(problems: ["\(error)"])
    }
  }

  private static func look(intoFolder path: String, of folder: URL) throws -> Found {
    var found = Found()
    let url = folder.appending(path: path)
    for name in soundFolders where DataFile.isFolder(url.appending(path: name)) {
      for file in try DataFile.names(in: url.appending(path: name)) where SoundFolder.isSound(file)
      {
        found.sounds.append(SoundSource(folder: folder, path: "\(path)/\(name)/\(file)"))
      }
    }
    let list = prompts.lazy.map { url.appending(path: "etc/\($0)") }.first(where: DataFile.isFile)
    found.note(missingFrom: try list.map(TextTable.text), of: path)
    return found
  }

  private static func look(intoArchive path: String, of folder: URL) throws -> Found {
    var found = Found()
    func isIn(_ member: String, _ folders: [String]) -> Bool {
      let parts = member.split(separator: "/")
      return parts.count >= 2 && folders.contains(String(parts[parts.count - 2]))
    }
    func isList(_ member: String) -> Bool {
      isIn(member, ["etc"]) && prompts.contains((member as NSString).lastPathComponent)
    }
    let members = try SoundArchive.read(folder.appending(path: path), contentsOf: isList)
    for member in members
    where isIn(member.path, soundFolders) && SoundFolder.isSound(member.path) {
      found.sounds.append(SoundSource(folder: folder, path: path, member: member.path))
    }
    found.sounds.sort { $0.description < $1.description }
    let lists = members.filter { isList($0.path) }
    let list = prompts.lazy.compactMap { name in
      lists.first { $0.path.hasSuffix("/\(name)") }?.bytes
    }.first
    found.note(missingFrom: list.map { String(decoding: $0, as: UTF8.self) }, of: path)
    return found
  }
}
