#if canImport(Glibc)
  import Glibc
#endif

/// The C library's memory, kept for the next step.
///
/// Every step of an ascent takes and gives back the same large arrays; glibc would return them to
/// the system and fault every page in anew, which costs about a quarter of the time.
enum Allocator {
  /// Keeps freed memory in the process from here on.
  static func keepFreedMemory() {
    #if canImport(Glibc)
      mallopt(M_MMAP_THRESHOLD, 1 << 30)
      mallopt(M_TRIM_THRESHOLD, .max)
      mallopt(M_ARENA_MAX, 1)
    #endif
  }
}
