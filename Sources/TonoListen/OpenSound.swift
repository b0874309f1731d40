import Synchronization
import TonoAudio
import TonoCore
import TonoFiles

/// A sound file whose stretches several threads listen to, and what they have found in it so far.
///
/// Its findings are given out only when all of it was heard: those of a file that turns out to be
/// damaged are dropped.
final class OpenSound: Sendable {
  /// What became of a file.
  enum Outcome: Sendable {
    /// So many examples were heard; per neuron their ranking.
    case heard(examples: Int, rankings: [ExampleRanking])
    /// It could not be used.
    case skipped(SoundFolder.Skipped)
  }

  private struct State {
    var reader: StretchReader?
    var rankings: [ExampleRanking]
    var examples = 0
    var underway = 0
    var failure: String?
    var isAtEnd = false
    var isReported = false
    /// How many of the file's bytes were counted as heard.
    var bytes = 0
  }

  /// The file.
  let file: SoundFolder.File

  private let path: String
  private let frontEnd: FrontEnd
  private let state: Mutex<State>

  /// A file that is opened when its first stretch is asked for.
  init(
    _ file: SoundFolder.File, in folder: SoundFolder, frontEnd: FrontEnd, objectives: Int,
    count: Int
  ) {
    self.file = file
    self.frontEnd = frontEnd
    path = folder.fullPath(of: file.path)
    state = Mutex(
      State(rankings: Array(repeating: ExampleRanking(count: count), count: objectives)))
  }

  /// The next stretch, and about how many bytes of the file it is; nil at the end, or when the rest
  /// cannot be used.
  func next() -> (stretch: Stretch, bytes: Int)? {
    state.withLock { state in
      guard !state.isAtEnd else { return nil }
      do {
        if state.reader == nil { state.reader = try StretchReader(path, frontEnd: frontEnd) }
        if let stretch = try state.reader?.next() {
          state.underway += 1
          let before = state.bytes
          state.bytes = Int((state.reader?.share ?? 1) * Double(file.byteCount))
          return (stretch, state.bytes - before)
        }
      } catch {
        state.failure = state.failure ?? "\(error)"
      }
      state.isAtEnd = true
      state.reader = nil
      return nil
    }
  }

  /// Takes in what each neuron answered to a stretch.
  func add(_ answers: [ObjectiveListener.Answer], to stretch: Stretch) {
    state.withLock { state in
      state.underway -= 1
      state.examples += 1
      for (index, answer) in answers.enumerated() {
        state.rankings[index].add(
          RankedExample(
            value: answer.value, path: file.path, stretch: stretch.index, start: stretch.start,
            peak: answer.peak))
      }
    }
  }

  /// Notes that a stretch could not be used, and with it the file.
  func fail(_ error: any Error) {
    state.withLock { state in
      state.underway -= 1
      state.failure = state.failure ?? "\(path): \(error)"
      state.isAtEnd = true
      state.reader = nil
    }
  }

  /// What became of the file, and how many of its bytes were not counted yet; nil while threads are
  /// still listening, and when it was given out before.
  func outcome() -> (outcome: Outcome, bytes: Int)? {
    state.withLock { state in
      guard state.isAtEnd, state.underway == 0, !state.isReported else { return nil }
      state.isReported = true
      let outcome: Outcome =
        if let reason = state.failure {
          .skipped(SoundFolder.Skipped(path: file.path, reason: reason))
        } else {
          .heard(examples: state.examples, rankings: state.rankings)
        }
      return (outcome, file.byteCount - state.bytes)
    }
  }
}
