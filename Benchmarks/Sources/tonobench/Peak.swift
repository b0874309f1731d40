import CPeak
import Dispatch
import Synchronization

/// How many multiply-adds the processor can do.
enum Peak {
  /// The instruction set that it is measured with.
  static var instructionSet: String { String(cString: peak_instruction_set()) }

  /// Floating-point operations per second on a number of threads: the best of seven runs.
  static func flops(threads: Int) -> Double {
    let rates = (0..<7).map { _ in
      let operations = Mutex(0.0)
      let time = Stopwatch.once {
        DispatchQueue.concurrentPerform(iterations: threads) { _ in
          let done = peak_multiply_add(20_000_000)
          operations.withLock { $0 += done }
        }
      }
      return operations.withLock { $0 } / time
    }
    return rates.max() ?? 0
  }
}
