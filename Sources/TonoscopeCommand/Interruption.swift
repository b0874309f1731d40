import Dispatch
import Foundation
import Synchronization
import TonoCore

/// Ctrl-C and `kill`, taken as a wish to stop after the step at hand.
final class Interruption: Sendable {
  /// The wish was made.
  struct Interrupted: Error {}

  private let isWished = Atomic(false)
  /// Touched when made and when let go, by one thread each.
  nonisolated(unsafe) private let sources: [any DispatchSourceSignal]

  /// From here on the signals do not end the process.
  init() {
    sources = [SIGINT, SIGTERM].map { signal in
      Foundation.signal(signal, SIG_IGN)
      return DispatchSource.makeSignalSource(signal: signal, queue: .global())
    }
    for source in sources {
      source.setEventHandler { [weak self] in self?.isWished.store(true, ordering: .relaxed) }
      source.resume()
    }
  }

  deinit {
    for source in sources { source.cancel() }
  }

  /// Throws once the wish was made.
  func check() throws {
    if isWished.load(ordering: .relaxed) { throw Interrupted() }
  }
}
