#if canImport(Glibc)
  import Glibc
  private let ownUsage = __rusage_who_t(RUSAGE_SELF.rawValue)
  private let bytesPerUnit = 1024.0
#else
  import Darwin
  private let ownUsage = RUSAGE_SELF
  private let bytesPerUnit = 1.0
#endif

/// The memory of this process.
enum ResidentMemory {
  /// The most that was resident at once so far, in megabytes of 10⁶ bytes.
  static var peak: Double {
    var usage = rusage()
    getrusage(ownUsage, &usage)
    return Double(usage.ru_maxrss) * bytesPerUnit / 1e6
  }
}
