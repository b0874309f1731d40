import Dispatch
import Synchronization

/// Calls `body` for 0..<count on a number of threads, each taking the next index when it is free.
///
/// - Parameters:
///   - count: how many calls there are.
///   - threads: how many run at once, at most.
///   - body: gets an index and a check that throws once any other call has failed.
/// - Throws: the first error of any call; indices that have not begun then never do.
public func concurrently(
  _ count: Int, threads: Int,
  _ body: @Sendable (_ index: Int, _ checkForFailure: () throws -> Void) throws -> Void
) throws {
  let next = Atomic(0)
  let failure = Mutex<(any Error)?>(nil)
  DispatchQueue.concurrentPerform(iterations: max(1, min(threads, count))) { _ in
    while true {
      let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard index < count, failure.withLock({ $0 == nil }) else { return }
      do {
        try body(index) {
          guard failure.withLock({ $0 == nil }) else { throw CancellationError() }
        }
      } catch {
        failure.withLock { $0 = $0 ?? error }
      }
    }
  }
  if let error = failure.withLock({ $0 }) { throw error }
}
