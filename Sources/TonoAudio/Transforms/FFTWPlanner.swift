import CTonoFFTW
import Synchronization
import TonoCore

/// FFTW's planner: one per process, and the only part of FFTW that is not thread-safe.
enum FFTWPlanner {
  private static let mutex = Mutex(())

  /// Makes or destroys plans.
  static func locked(_ body: () -> Void) { mutex.withLock { _ in body() } }

  /// Memory aligned as FFTW's fastest code wants it, freed by `fftw_free`.
  static func allocate<T>(_ count: Int) -> UnsafeMutablePointer<T> {
    guard let memory = fftw_malloc(count * MemoryLayout<T>.stride) else {
      preconditionFailure("no memory for \(count) samples")
    }
    return memory.bindMemory(to: T.self, capacity: count)
  }
}
