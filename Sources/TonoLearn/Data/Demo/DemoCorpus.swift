import Foundation
import TonoAudio
import TonoCore
import TonoFiles

/// Data sets that are made up by this project, in the layouts of real ones: to go the whole way with no download.
///
/// Every sound is computed from formulas and a seed. What is learned from them says nothing about people or about
/// real sounds; names and a README say so wherever they lie.
public struct DemoCorpus: Sendable {
  /// What the sounds are drawn from.
  public let seed: UInt64
  /// How many recordings there are of each of six classes in each of three folds.
  public var clipsPerFold = 8
  /// How many voices speak each of three languages.
  public var speakers = 8
  /// How many sentences each of them speaks.
  public var sentences = 5
  /// How many sounds of each of six kinds are imitated.
  public var conceptsPerKind = 4
  /// How many imitations there are of each of these sounds.
  public var imitations = 6

  /// The three folders, by their names in the corpus's.
  public enum Part: String, Sendable, CaseIterable {
    /// Sounds of classes, in the layout of UrbanSound8K: for the recording tower.
    case recordings = "urbansound8k-synthetic"
    /// Languages, in the layout of VoxForge: for the imitation tower.
    case speech = "voxforge-synthetic"
    /// Sounds and their imitations, in the layout of VocalSketch: for the siamese network.
    case imitations = "vocalsketch-synthetic"
  }

  /// A corpus of this seed.
  public init(seed: UInt64 = 0) { self.seed = seed }

  /// Writes all three data sets, about 20 MB; the same seed gives the same bytes whatever the threads.
  ///
  /// - Throws: `FileError` if the folder cannot be written.
  public func write(to folder: URL, threads: Int) throws {
    var files = recordings() + speech() + imitatedSounds()
    for part in Part.allCases { files.append(.text(Self.notice, "\(part.rawValue)/README.md")) }
    files.append(.text(Self.notice, "README.md"))
    let all = files
    try concurrently(all.count, threads: threads) { index, checkForFailure in
      try checkForFailure()
      try AtomicFile.write(all[index].bytes(), to: folder.appending(path: all[index].path))
    }
  }

  private static let notice = """
    # SYNTHETIC sounds

    Everything below this folder was computed by Tonoscope from formulas and a seed: no sound was recorded, nobody
    speaks or imitates. It lies in the layouts of UrbanSound8K, VoxForge and VocalSketch so that the whole way from
    sounds to a search engine can be gone without a download. Numbers that are reached on it say nothing about real
    sounds or people. The sounds are in the public domain (CC0).

    """

  /// A file to be written, and what makes its bytes.
  private struct File: Sendable {
    let path: String
    let bytes: @Sendable () throws -> [UInt8]

    static func text(_ text: String, _ path: String) -> File {
      File(path: path) { Array(text.utf8) }
    }

    static func sound(_ path: String, _ sound: @escaping @Sendable () -> Waveform) -> File {
      File(path: path) {
        try AudioFile.encode(sound(), as: .flac, comment: "synthetic, made by Tonoscope")
      }
    }
  }

  // MARK: - The three data sets

  private func recordings() -> [File] {
    var table = ["slice_file_name,fsID,start,end,salience,fold,classID,class"]
    var files: [File] = []
    let folder = Part.recordings.rawValue
    for (label, kind) in SoundGesture.Kind.allCases.enumerated() {
      for number in 0..<3 * clipsPerFold {
        let fold = number % 3 + 1
        let recording = 900_000 + 1000 * label + number
        let name = "\(recording)-\(label)-0-0.flac"
        table.append("\(name),\(recording),0.0,2.0,1,\(fold),\(label),synthetic_\(kind.rawValue)")
        files.append(
          .sound("\(folder)/audio/fold\(fold)/\(name)") {
            var random = RandomSource(seed: seed, text: name)
            let gesture = SoundGesture.make(kind, using: &random)
            return gesture.played(at: 22_050, using: &random)
          })
      }
    }
    files.append(.text(lines(table), "\(folder)/\(UrbanSound8K.table)"))
    return files
  }

  private func speech() -> [File] {
    var files: [File] = []
    for (index, language) in SyntheticLanguage.all.enumerated() {
      for speaker in 0..<speakers {
        let name = "synthetic\(speaker)-20260101-demo"
        let folder = "\(Part.speech.rawValue)/\(language.name)/\(name)"
        var prompts: [String] = []
        for sentence in 0..<sentences {
          let stem = "syn-\(1000 * index + sentence)"
          var own = RandomSource(seed: seed, text: name)
          let voice = SyntheticVoice(using: &own)
          let spoken: @Sendable () -> (text: String, moments: [SyntheticVoice.Moment]) = {
            var random = RandomSource(seed: seed, text: "words of \(folder)/\(stem)")
            return language.sentence(by: voice, using: &random)
          }
          prompts.append("\(name)/mfc/\(stem) \(spoken().text)")
          files.append(
            .sound("\(folder)/wav/\(stem).flac") {
              var random = RandomSource(seed: seed, text: "breath of \(folder)/\(stem)")
              return voice.sound(of: spoken().moments, at: 16_000, using: &random)
            })
        }
        files.append(.text(lines(prompts), "\(folder)/etc/PROMPTS"))
        files.append(.text("SYNTHETIC, no person speaks\n", "\(folder)/etc/README"))
      }
    }
    return files
  }

  private func imitatedSounds() -> [File] {
    var recordings = ["id,sound_label,sound_label_id,filename,audio_concept_subset"]
    var table = [
      "id,filename,stimulus_type,included,draft,training,participant_id,satisfaction,sound_label,"
        + "sound_label_id,sound_recording,sound_recording_id,audio_concept_subset,"
        + "participants_sound_recording_description,"
        + "participants_sound_recording_description_confidence,description_match"
    ]
    var files: [File] = []
    let folder = Part.imitations.rawValue
    for (kindNumber, kind) in SoundGesture.Kind.allCases.enumerated() {
      for number in 0..<conceptsPerKind {
        let label = "synthetic \(kind.rawValue), no. \(number + 1)"
        let file = "\(label).flac"
        let id = 100 * (kindNumber + 1) + number
        let gesture: @Sendable () -> SoundGesture = {
          var random = RandomSource(seed: seed, text: "gesture of \(label)")
          return SoundGesture.make(kind, using: &random)
        }
        recordings.append("\(id),\"\(label)\",\(id),\"\(file)\",\(kind.category)")
        files.append(
          .sound("\(folder)/sound_recordings/\(file)") {
            var random = RandomSource(seed: seed, text: file)
            return gesture().played(at: 22_050, using: &random)
          })
        for imitation in 0..<imitations {
          // Everybody imitates some sounds, nobody all of them.
          let person = (imitation + number * imitations + kindNumber) % (2 * imitations)
          let name = "\(label) - \(id)\(imitation).flac"
          table.append(
            "\(id)\(imitation),\"\(name)\",sound recording,True,False,False,\(9000 + person),,"
              + "\"\(label)\",\(id),\"\(file)\",\(id),\(kind.category),,,")
          files.append(
            .sound("\(folder)/vocal_imitations/included/\(name)") {
              var own = RandomSource(seed: seed, text: "person \(person)")
              let voice = SyntheticVoice(using: &own)
              var random = RandomSource(seed: seed, text: name)
              let moments = voice.imitation(of: gesture(), using: &random)
              return voice.sound(of: moments, at: 16_000, using: &random)
            })
        }
      }
    }
    files.append(.text(lines(recordings), "\(folder)/\(VocalSketch.recordings)"))
    files.append(.text(lines(table), "\(folder)/vocal_imitations.csv"))
    return files
  }

  private func lines(_ lines: [String]) -> String { lines.joined(separator: "\n") + "\n" }
}
