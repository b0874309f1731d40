/// Numbers of one type in memory that begins at a cache line, zero at first.
///
/// Freed with the last reference. Threads that write at once write to different parts of it.
package final class AlignedBuffer<Element: BitwiseCopyable & Numeric>: @unchecked Sendable {
  /// The first element.
  package let start: UnsafeMutablePointer<Element>
  /// How many there are.
  package let count: Int

  /// Room behind the last element, for kernels that read whole vectors.
  @inlinable package static var slack: Int { 64 }

  /// Zeros.
  @inlinable package init(count: Int) {
    let room = count + Self.slack
    start = UnsafeMutableRawPointer.allocate(
      byteCount: room * MemoryLayout<Element>.stride, alignment: 64
    ).bindMemory(to: Element.self, capacity: room)
    start.initialize(repeating: 0, count: room)
    self.count = count
  }

  /// Numbers that `fill` writes; what it leaves out stays zero.
  @inlinable package convenience init(count: Int, fill: (UnsafeMutablePointer<Element>) -> Void) {
    self.init(count: count)
    fill(start)
  }

  @inlinable deinit { UnsafeMutableRawPointer(start).deallocate() }

  /// Sets some elements to zero.
  @inlinable package func clear(_ range: Range<Int>) {
    (start + range.lowerBound).update(repeating: 0, count: range.count)
  }
}

/// Floats in memory that begins at a cache line.
package typealias AlignedFloats = AlignedBuffer<Float>
