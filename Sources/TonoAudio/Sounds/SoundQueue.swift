import Synchronization
import TonoCore

/// The files of a folder, given out to threads: each opens one of its own, and helps with others' when
/// none is left.
package final class SoundQueue<Sound: AnyObject & Sendable>: Sendable {
  private struct State {
    var next = 0
    var open: [Sound] = []
  }

  private let files: [SoundFolder.File]
  private let open: @Sendable (SoundFolder.File) -> Sound
  private let state = Mutex(State())

  /// The files, and how one is opened.
  package init(
    _ files: [SoundFolder.File], open: @escaping @Sendable (SoundFolder.File) -> Sound
  ) {
    self.files = files
    self.open = open
  }

  /// A file to listen to; nil when all were read to their ends.
  package func take() -> Sound? {
    state.withLock { state in
      guard state.next < files.count else { return state.open.first }
      let sound = open(files[state.next])
      state.next += 1
      state.open.append(sound)
      return sound
    }
  }

  /// Takes a file out that was read to its end.
  package func close(_ sound: Sound) {
    state.withLock { state in state.open.removeAll { $0 === sound } }
  }
}
