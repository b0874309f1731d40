import Foundation
import TonoAudio
import TonoModels

/// The codes of a library's sounds by one network: all that is needed to search the library.
///
/// Codes belong to contents, not to names: a file that was moved or copied keeps its code. A long sound is
/// several stretches, each with a code of its own.
public struct LibraryIndex: Sendable {
  /// What codes depend on besides the sounds: another origin, other codes.
  public struct Origin: Codable, Hashable, Sendable {
    /// The version of the index.
    public var version = 1
    /// The model.
    public let model: ModelIdentity
    /// The input that hears the recordings.
    public let input: String
    /// The front end before it.
    public let frontEnd: FrontEnd
    /// How many numbers a code has.
    public let length: Int

    /// What a network's codes depend on.
    ///
    /// - Throws: as `ModelIdentity(of:)`.
    public init(of network: SiameseNetwork) throws {
      model = try ModelIdentity(of: network.model)
      input = network.roles.recording
      frontEnd = network.recordingFrontEnd
      length = network.recordings.length
    }
  }

  /// What was heard in a sound.
  struct Sound: Codable, Sendable, Equatable {
    /// The SHA-256 of its file's bytes.
    let sha256: String
    /// Where its stretches begin, in seconds: one for each code.
    let starts: [Double]
    /// Where they end.
    let ends: [Double]
    /// Why it cannot be used, if it cannot.
    let problem: String?
  }

  /// A file of the library.
  struct File: Codable, Sendable, Equatable {
    /// Its path in the library.
    let path: String
    /// What the file system said of it when it was read; while that is the same, so is the content.
    let stamp: String
    /// Its sound, by its place among the index's.
    let sound: Int
  }

  /// What the codes depend on.
  public let origin: Origin
  /// The sounds, each content once.
  let sounds: [Sound]
  /// The files, ordered by their paths.
  let files: [File]
  /// The codes of the sounds' stretches, in the sounds' order.
  public let codes: CodeTable
  /// The first code of each sound.
  let firstCodes: [Int]

  /// An index of these sounds and files.
  init(origin: Origin, sounds: [Sound], files: [File], codes: CodeTable) {
    self.origin = origin
    self.sounds = sounds
    self.files = files
    self.codes = codes
    var next = 0
    firstCodes = sounds.map { sound in
      defer { next += sound.starts.count }
      return next
    }
  }

  /// An index of sounds whose codes are known from elsewhere, one each.
  ///
  /// Nothing tells whether such a file changes: it is listened to when the index is brought up to date.
  ///
  /// - Throws: as `ModelIdentity(of:)`.
  public init(_ codes: [(path: String, code: [Float])], by network: SiameseNetwork) throws {
    self.init(
      origin: try Origin(of: network),
      sounds: codes.map { Sound(sha256: $0.path, starts: [0], ends: [0], problem: nil) },
      files: codes.enumerated().map { File(path: $1.path, stamp: "", sound: $0) },
      codes: CodeTable(length: network.recordings.length, values: codes.flatMap(\.code)))
  }

  /// How many files can be found.
  public var fileCount: Int { files.count { sounds[$0.sound].problem == nil } }

  /// The files that cannot be used, each with the reason.
  public var skipped: [SoundFolder.Skipped] {
    files.compactMap { file in
      sounds[file.sound].problem.map { SoundFolder.Skipped(path: file.path, reason: $0) }
    }
  }

  /// The codes of a sound's stretches, one after another.
  func codes(ofSound index: Int) -> ArraySlice<Float> {
    let rows = firstCodes[index]..<firstCodes[index] + sounds[index].starts.count
    return codes.values[rows.lowerBound * codes.length..<rows.upperBound * codes.length]
  }
}
