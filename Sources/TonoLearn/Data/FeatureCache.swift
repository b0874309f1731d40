import Foundation
import Synchronization
import TonoAudio
import TonoCore
import TonoFiles

/// Features of sounds that are computed once and kept on the disk.
///
/// What is kept is found again by what it was computed from: the bytes of the sound and all settings of the front
/// end. A sound that has changed, another front end or another version of this format finds nothing and is computed
/// anew; so is what was damaged. An interrupted computation goes on where it was.
///
/// Every sound is read each time, to know its bytes: what that costs is the disk's and the SHA-256's speed.
public struct FeatureCache: Sendable {
  /// The version of the format and of what front ends compute; with another one, nothing that is kept is used.
  public static let version = 1

  /// Where features are kept: a folder for each front end.
  public let folder: URL

  /// A cache in a folder, which need not be there yet.
  public init(folder: URL) { self.folder = folder }

  /// The features of sounds, from the disk or computed, and then kept.
  ///
  /// A sound that cannot be used is left out and noted once, in the order of the sources; it stops nothing.
  ///
  /// - Parameters:
  ///   - sources: the sounds; twice the same one is one.
  ///   - frontEnd: what computes their features; of a fixed length.
  ///   - threads: how many sounds are computed at once; no result depends on it.
  ///   - progress: how many of the sounds are done; called from any of the threads, one at a time.
  /// - Returns: the features, in memory.
  /// - Throws: `InputError` if the front end takes sounds of any length, or the cache cannot be written.
  public func features(
    of sources: [SoundSource], by frontEnd: FrontEnd, threads: Int,
    progress: (@Sendable (_ done: Int, _ total: Int) -> Void)? = nil
  ) throws -> FeatureSet {
    guard !frontEnd.isOpenEnded else {
      throw InputError(
        "'\(frontEnd.name)' takes sounds of any length, but a network is trained on features of one shape; give "
          + "the front end seconds or frames")
    }
    let shelf = try FeatureShelf(folder, frontEnd)
    let kept = try shelf.load(threads: threads)
    let sources = Set(sources).map { (name: $0.description, source: $0) }
      .sorted { $0.name < $1.name }.map(\.source)
    let files = Dictionary(grouping: sources, by: \.url).values.map { $0 }
      .sorted { $0[0].description < $1[0].description }
    let work = Work(total: sources.count, shelf: shelf, progress: progress)
    try concurrently(files.count, threads: threads) { index, checkForFailure in
      let sources = files[index]
      try SoundSource.withContents(of: sources) { place, content in
        try checkForFailure()
        do {
          let content = try content.get()
          let digest = try content.digest()
          if let features = kept[digest] ?? work.features(of: digest) {
            work.finish(sources[place], features)
          } else {
            let features = try content.features(by: frontEnd)
            try work.keep(digest, features)
            work.finish(sources[place], features)
          }
        } catch let error as CacheFailure {
          throw error.reason
        } catch {
          work.fail(sources[place], "\(error)")
        }
      }
    }
    return try work.result(frontEnd)
  }

  /// Why a cache cannot be written, told from why a sound cannot be read.
  private struct CacheFailure: Error {
    let reason: any Error
  }

  /// What several threads have done so far.
  private final class Work: Sendable {
    private struct State {
      var features: [SoundSource: Tensor] = [:]
      var problems: [(name: String, reason: String)] = []
      /// Computed, and not yet on the disk.
      var pending: [String: Tensor] = [:]
      /// On the disk by now.
      var stored: [String: Tensor] = [:]
      var done = 0
    }

    private let total: Int
    private let shelf: FeatureShelf
    private let progress: (@Sendable (Int, Int) -> Void)?
    private let state = Mutex(State())

    init(total: Int, shelf: FeatureShelf, progress: (@Sendable (Int, Int) -> Void)?) {
      self.total = total
      self.shelf = shelf
      self.progress = progress
    }

    /// What was computed of the same bytes under another name.
    func features(of digest: String) -> Tensor? {
      state.withLock { $0.pending[digest] ?? $0.stored[digest] }
    }

    /// Keeps features; a batch of them is written when it is full.
    func keep(_ digest: String, _ features: Tensor) throws {
      let full = state.withLock { state -> [String: Tensor]? in
        state.pending[digest] = features
        guard state.pending.count >= FeatureShelf.batch else { return nil }
        defer { state.pending = [:] }
        state.stored.merge(state.pending) { first, _ in first }
        return state.pending
      }
      if let full { try store(full) }
    }

    private func store(_ batch: [String: Tensor]) throws {
      do {
        try shelf.store(batch)
      } catch {
        throw CacheFailure(reason: error)
      }
    }

    func finish(_ source: SoundSource, _ features: Tensor) {
      count { $0.features[source] = features }
    }

    func fail(_ source: SoundSource, _ reason: String) {
      count { $0.problems.append((source.description, reason)) }
    }

    private func count(_ note: (inout sending State) -> Void) {
      state.withLock { state in
        note(&state)
        state.done += 1
        progress?(state.done, total)
      }
    }

    /// Everything, when all threads are done.
    func result(_ frontEnd: FrontEnd) throws -> FeatureSet {
      let state = state.withLock { $0 }
      if !state.pending.isEmpty { try shelf.store(state.pending) }
      return FeatureSet(
        frontEnd: frontEnd, tensors: state.features,
        problems: state.problems.sorted { $0.name < $1.name }.map(\.reason))
    }
  }
}
