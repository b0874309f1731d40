import Synchronization

/// The files of a folder, given out to threads: each opens one of its own, and helps with others' when
/// none is left.
final class SoundQueue: Sendable {
  private struct State {
    var next = 0
    var open: [OpenSound] = []
  }

  private let files: [SoundFolder.File]
  private let open: @Sendable (SoundFolder.File) -> OpenSound
  private let state = Mutex(State())

  /// The files, and how one is opened.
  init(_ files: [SoundFolder.File], open: @escaping @Sendable (SoundFolder.File) -> OpenSound) {
    self.files = files
    self.open = open
  }

  /// A file to listen to; nil when all were read to their ends.
  func take() -> OpenSound? {
    state.withLock { state in
      guard state.next < files.count else { return state.open.first }
      let sound = open(files[state.next])
      state.next += 1
      state.open.append(sound)
      return sound
    }
  }

  /// Takes a file out that was read to its end.
  func close(_ sound: OpenSound) {
    state.withLock { state in state.open.removeAll { $0 === sound } }
  }
}
