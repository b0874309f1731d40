import Foundation
import Synchronization
import TonoAudio
import TonoCore
import TonoFiles
import TonoNetwork

/// Keeps the index of a library up to date: listens to what is new, and to nothing twice.
public struct Librarian: Sendable {
  /// What happens meanwhile.
  public enum Event: Sendable {
    /// So many files are to be listened to, of so many bytes; the others are known.
    case found(files: Int, bytes: Int)
    /// So many further bytes were listened to.
    case heard(bytes: Int)
    /// A file could not be used.
    case skipped(SoundFolder.Skipped)
  }

  private let network: SiameseNetwork
  private let origin: LibraryIndex.Origin

  /// A librarian who listens by a network.
  ///
  /// - Throws: as `ModelIdentity(of:)`.
  public init(_ network: SiameseNetwork) throws {
    self.network = network
    origin = try LibraryIndex.Origin(of: network)
  }

  /// The index in a file, if it is this network's.
  ///
  /// - Returns: the index, or none and why, in a few words; neither if there is no file.
  public func read(_ url: URL) -> (index: LibraryIndex?, reason: String?) {
    guard FileManager.default.fileExists(atPath: url.path) else { return (nil, nil) }
    do {
      let index = try LibraryIndex(url)
      guard index.origin != origin else { return (index, nil) }
      let reason =
        index.origin.model != origin.model
        ? "is of another model (\(index.origin.model.sha256.prefix(12)), not "
          + "\(origin.model.sha256.prefix(12)))"
        : index.origin.frontEnd != origin.frontEnd
          ? "is of another front end ('\(index.origin.frontEnd.name)', not "
            + "'\(origin.frontEnd.name)', or other settings of it)"
          : "is of another version or input"
      return (nil, reason)
    } catch {
      return (nil, "cannot be read (\(error))")
    }
  }

  /// How long may pass until what was heard is saved, in seconds.
  private static let patience = 30.0

  /// The index of a library as it is now.
  ///
  /// Files whose stamp (see `FileStamp`) is the known one are not read; others are known by their
  /// content. What was heard is saved now and then, and when `observe` throws: listening that was stopped
  /// goes on where it was.
  ///
  /// - Parameters:
  ///   - library: the sounds.
  ///   - known: an earlier index of this network's.
  ///   - url: where the index is kept.
  ///   - threads: how many listen; the index does not depend on it.
  ///   - observe: called from any thread with what happens; what it throws ends the listening.
  /// - Returns: the index, which the file then holds.
  /// - Throws: what `observe` throws, `InputError` if a code is no finite number, and errors of writing.
  public func update(
    _ library: SoundFolder, known: LibraryIndex?, at url: URL, threads: Int,
    observe: @Sendable (Event) throws -> Void = { _ in }
  ) throws -> LibraryIndex {
    if let known, isCurrent(known, library) {
      try observe(.found(files: 0, bytes: 0))
      return known
    }
    let shelf = Shelf(origin, known: known)
    let waiting = library.files.filter { !shelf.takes($0.path, in: library) }
    try observe(
      .found(files: waiting.count, bytes: waiting.reduce(0) { $0 + $1.byteCount }))
    do {
      try concurrently(min(threads, waiting.count), threads: threads) { _, checkForFailure in
        let workspace = network.recordings.makeWorkspace()
        while let file = shelf.next(of: waiting) {
          try checkForFailure()
          try listen(to: file, of: library, shelf, in: workspace, observe: observe)
          if let index = shelf.due(after: Self.patience) { try index.write(to: url) }
        }
      }
    } catch {
      // The index as far as it is; the first error counts.
      try? shelf.index(isWhole: false).write(to: url)
      throw error
    }
    let index = shelf.index(isWhole: true)
    if index.files != known?.files { try index.write(to: url) }
    return index
  }

  /// Whether an index knows all files of a library, and no others, as they are.
  private func isCurrent(_ index: LibraryIndex, _ library: SoundFolder) -> Bool {
    index.files.count == library.files.count
      && zip(index.files, library.files).allSatisfy { known, file in
        known.path == file.path && known.stamp == FileStamp.of(library.fullPath(of: file.path))
      }
  }

  private func listen(
    to file: SoundFolder.File, of library: SoundFolder, _ shelf: Shelf, in workspace: Workspace,
    observe: (Event) throws -> Void
  ) throws {
    let path = library.fullPath(of: file.path)
    let stamp = FileStamp.of(path) ?? ""
    guard let sha256 = try? FileDigest.sha256(of: URL(filePath: path)) else {
      shelf.put(
        file.path, stamp: "",
        LibraryIndex.Sound(
          sha256: "", starts: [], ends: [], problem: "cannot be read; check its permissions"),
        codes: [])
      return try note(file, 0, shelf, observe)
    }
    if shelf.puts(file.path, stamp: stamp, sha256: sha256) {
      return try note(file, 0, shelf, observe)
    }
    var bytes = 0
    let sound: LibraryIndex.Sound
    var codes: [Float] = []
    var interruption: (any Error)?
    do {
      let heard = try HeardSound(
        path, frontEnd: network.recordingFrontEnd, encoder: network.recordings, in: workspace
      ) { share in
        let now = Int(share * Double(file.byteCount))
        do {
          try observe(.heard(bytes: now - bytes))
        } catch {
          interruption = error
          throw error
        }
        bytes = now
      }
      (sound, codes) = (
        LibraryIndex.Sound(sha256: sha256, starts: heard.starts, ends: heard.ends, problem: nil),
        heard.codes
      )
    } catch {
      if let interruption { throw interruption }
      // The content may have other names tomorrow.
      let problem = "\(error)".replacing("\(path): ", with: "", maxReplacements: 1)
      sound = LibraryIndex.Sound(sha256: sha256, starts: [], ends: [], problem: problem)
    }
    guard codes.allSatisfy(\.isFinite) else {
      throw InputError(
        "it makes NaN or infinity of \(path); its weights may have diverged",
        about: network.model.name)
    }
    shelf.put(file.path, stamp: stamp, sound, codes: codes)
    try note(file, bytes, shelf, observe)
  }

  /// Tells that a file is done, of which so many bytes were told already.
  private func note(
    _ file: SoundFolder.File, _ bytes: Int, _ shelf: Shelf, _ observe: (Event) throws -> Void
  ) throws {
    try observe(.heard(bytes: file.byteCount - bytes))
    if let problem = shelf.problem(of: file.path) {
      try observe(.skipped(SoundFolder.Skipped(path: file.path, reason: problem)))
    }
  }
}
