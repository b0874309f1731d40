/// Numbers of one type in memory that begins at a cache line, zero at first.
///
/// Freed with the last reference. Threads write to different parts of it.
final class TrainingBuffer<Element: BitwiseCopyable & Numeric>: @unchecked Sendable {
  /// The first element.
  let start: UnsafeMutablePointer<Element>
  /// How many there are.
  let count: Int

  init(count: Int) {
    start = UnsafeMutableRawPointer.allocate(
      byteCount: max(1, count) * MemoryLayout<Element>.stride, alignment: 64
    ).bindMemory(to: Element.self, capacity: count)
    start.initialize(repeating: 0, count: count)
    self.count = count
  }

  deinit { UnsafeMutableRawPointer(start).deallocate() }

  /// Sets some elements to zero.
  func clear(_ range: Range<Int>) {
    (start + range.lowerBound).update(repeating: 0, count: range.count)
  }
}
