import Foundation
import Synchronization
import TonoAscent
import TonoCore
import TonoFiles

/// The directory of one run: `run.json`, and per objective files under `Objective.path`.
///
/// Every file is written beside its name and renamed. A run that was stopped, however, is continued
/// by opening its directory with an equal plan; another plan is refused.
public final class RunDirectory: Sendable {
  /// The directory.
  public let url: URL

  private struct State {
    var manifest: RunManifest
    var lastSave: ContinuousClock.Instant?
  }

  private let state: Mutex<State>
  /// Keeps other processes out as long as it is open.
  private let lock: FileHandle
  /// The place of each layer in the network, by which the records are ordered.
  private let order: [String: Int]

  /// `run.json` is rewritten at most this often while neurons are finished.
  private static let saveInterval = Duration.seconds(1)

  /// Opens a directory for a run: a new or an empty one, or one that holds part of the same run.
  ///
  /// - Parameters:
  ///   - url: the directory.
  ///   - manifest: what the run is to do.
  ///   - layers: the network's layers in the order in which records are listed.
  /// - Throws: `InputError` if the directory holds another run or cannot be read, and what
  ///   `AtomicFile` throws if it cannot be written.
  public init(_ url: URL, manifest: RunManifest, layers: [String]) throws {
    self.url = url
    order = Dictionary(layers.enumerated().map { ($1, $0) }) { first, _ in first }
    lock = try Self.lock(url)
    let folders = Set((layers + [Objective.composedFolder]).map(fileName)).map {
      url.appending(path: $0)
    }
    var manifest = manifest
    let file = url.appending(path: "run.json")
    if FileManager.default.fileExists(atPath: file.path) {
      let earlier = try Self.read(file)
      let differences = try manifest.plan.differences(from: earlier.plan)
      guard differences.isEmpty else {
        let more = differences.count > 3 ? " (and \(differences.count - 3) more)" : ""
        throw InputError(
          """
          \(url.relativePath) holds another run: \
          \(differences.prefix(3).joined(separator: "; "))\(more)
          """, remedy: .chooseDirectory)
      }
      manifest.patterns = earlier.patterns.filter { record in
        record.files.allSatisfy { Self.isFilled(url.appending(path: $0)) }
      }
    } else if let folder = folders.first(where: { Self.isFilled($0) }) {
      throw InputError(
        "\(folder.relativePath) is there, but no run.json that says what it holds",
        remedy: .chooseDirectory)
    }
    state = Mutex(State(manifest: manifest))
    for folder in folders + [url] { AtomicFile.removeParts(in: folder) }
    try save()
  }

  /// Makes the directory if it is missing, and keeps other processes out of it.
  private static func lock(_ url: URL) throws -> FileHandle {
    try AtomicFile.makeFolders(url)
    let descriptor = open(url.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw InputError(unreadable: url) }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    // A file system without locks keeps nobody out; then two runs at once are the user's own care.
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK else {
      throw InputError(
        "\(url.relativePath) is being written by another process", remedy: .waitOrChooseDirectory)
    }
    return handle
  }

  /// Whether there is a file or folder that is not empty.
  private static func isFilled(_ url: URL) -> Bool {
    let size = (try? FileManager.default.attributesOfItem(atPath: url.path))?[.size] as? NSNumber
    return (size?.intValue ?? 0) > 0
  }

  /// What `run.json` holds now.
  public var manifest: RunManifest { state.withLock { $0.manifest } }

  /// The records of objectives that are finished.
  public var finished: [Objective: PatternRecord] {
    Dictionary(manifest.patterns.map { ($0.objective, $0) }) { $1 }
  }

  /// Writes one file of the run.
  ///
  /// - Throws: what `AtomicFile` throws.
  public func write(_ bytes: [UInt8], to path: String) throws {
    try AtomicFile.write(bytes, to: url.appending(path: path))
  }

  /// Notes a finished objective whose files are written, in place of an earlier record of it.
  ///
  /// - Throws: what `AtomicFile` throws when `run.json` cannot be written.
  public func record(_ record: PatternRecord) throws {
    let isDue = state.withLock { state in
      state.manifest.patterns.removeAll { $0.objective == record.objective }
      state.manifest.patterns.append(record)
      state.manifest.patterns.sort { isBefore($0.objective, $1.objective) }
      let now = ContinuousClock.now
      guard state.lastSave.map({ now - $0 >= Self.saveInterval }) ?? true else { return false }
      state.lastSave = now
      return true
    }
    if isDue { try save() }
  }

  /// Neurons in the network's order, then composed objectives by their texts.
  private func isBefore(_ a: Objective, _ b: Objective) -> Bool {
    let (first, second) = (place(a), place(b))
    return first == second
      ? a.description < b.description : first.lexicographicallyPrecedes(second)
  }

  private func place(_ objective: Objective) -> [Int] {
    guard let neuron = objective.neuron else { return [.max] }
    return [
      order[neuron.layer] ?? .max, neuron.channel, neuron.unit?.row ?? -1,
      neuron.unit?.column ?? -1,
    ]
  }

  /// Writes `run.json` as it is now.
  ///
  /// - Throws: what `AtomicFile` throws.
  public func save() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    try state.withLock { state in
      try AtomicFile.write(
        [UInt8](encoder.encode(state.manifest)), to: url.appending(path: "run.json"))
    }
  }

  /// Reads a run's `run.json`.
  ///
  /// - Throws: `InputError` if it is none.
  public static func read(_ file: URL) throws -> RunManifest {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let bytes = try InputFile.bytes(of: file)
    do {
      return try decoder.decode(RunManifest.self, from: Data(bytes))
    } catch {
      throw InputError(
        "\(file.relativePath) is no run of this version of the toolkit (\(tonoscopeVersion))",
        remedy: .chooseDirectory)
    }
  }
}
