import Dispatch
import Foundation
import Synchronization

/// Threads that work on one sample together, step by step.
///
/// Between two calls the helpers spin for a moment and then sleep, so that a call costs
/// microseconds while an ascent runs and nothing while it does not.
package final class ThreadTeam: Sendable {
  /// How many threads there are, the caller's included.
  package let count: Int
  private let state: TeamState?

  package init(threads: Int) {
    count = threads
    guard threads > 1 else {
      state = nil
      return
    }
    let state = TeamState(count: threads)
    self.state = state
    for index in 1..<threads {
      let thread = Thread { state.help(index) }
      thread.stackSize = 1 << 20
      thread.start()
    }
  }

  deinit { state?.run(nil) }

  /// Calls `body` once on each thread with its share and a barrier that all of them pass together.
  package func run(_ body: @escaping (_ share: Share, _ barrier: () -> Void) -> Void) {
    guard let state else { return body(.whole, {}) }
    state.run { index in body(Share(index: index, count: state.count), state.barrier) }
  }
}

/// What the threads of a team share.
private final class TeamState: @unchecked Sendable {
  let count: Int
  // Written by the caller before `generation` is raised, read by the helpers after they saw it.
  private var job: ((Int) -> Void)?
  private let generation = Atomic(0)
  private let arrived = Atomic(0)
  private let passed = Atomic(0)
  private let sleepers: [Sleeper]

  private final class Sleeper: Sendable {
    let isAsleep = Atomic(false)
    let semaphore = DispatchSemaphore(value: 0)
  }

  /// Turns of a loop that a helper waits before it sleeps: some tens of microseconds.
  private static let patience = 20_000

  init(count: Int) {
    self.count = count
    sleepers = (1..<count).map { _ in Sleeper() }
  }

  /// Runs a job on all threads, the caller's as number 0; without a job the helpers end.
  func run(_ job: ((Int) -> Void)?) {
    self.job = job
    generation.wrappingAdd(1, ordering: .sequentiallyConsistent)
    for sleeper in sleepers
    where sleeper.isAsleep.exchange(false, ordering: .sequentiallyConsistent) {
      sleeper.semaphore.signal()
    }
    guard let job else { return }
    job(0)
    barrier()
    self.job = nil
  }

  /// What a helper does from start to end.
  func help(_ index: Int) {
    var seen = 0
    while true {
      waitForJob(after: seen, sleepers[index - 1])
      seen += 1
      guard work(index) else { return }
      barrier()
    }
  }

  /// Does a helper's share of the job, if there is one, and lets go of it: past the barrier the
  /// caller may return, and nothing may hold its closure then.
  private func work(_ index: Int) -> Bool {
    guard let job else { return false }
    job(index)
    return true
  }

  private func waitForJob(after seen: Int, _ sleeper: Sleeper) {
    for _ in 0..<Self.patience where generation.load(ordering: .acquiring) != seen { return }
    sleeper.isAsleep.store(true, ordering: .sequentiallyConsistent)
    if generation.load(ordering: .sequentiallyConsistent) != seen,
      sleeper.isAsleep.exchange(false, ordering: .sequentiallyConsistent)
    {
      return
    }
    sleeper.semaphore.wait()
  }

  /// Waits until every thread has come here.
  func barrier() {
    let round = passed.load(ordering: .acquiring)
    if arrived.wrappingAdd(1, ordering: .acquiringAndReleasing).newValue == count {
      arrived.store(0, ordering: .relaxed)
      passed.wrappingAdd(1, ordering: .releasing)
      return
    }
    var turns = 0
    while passed.load(ordering: .acquiring) == round {
      turns += 1
      if turns > 1000 { sched_yield() }
    }
  }
}
