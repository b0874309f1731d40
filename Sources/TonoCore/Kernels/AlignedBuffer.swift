#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

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
    zeroBytes(start + range.lowerBound, count: range.count * MemoryLayout<Element>.stride)
  }
}

/// Floats in memory that begins at a cache line.
package typealias AlignedFloats = AlignedBuffer<Float>

extension UnsafeMutablePointer<Float> {
  /// Sets floats to zero.
  ///
  /// `update(repeating:)` writes one element after the other through a function pointer.
  package func clear(count: Int) { zeroBytes(self, count: count * MemoryLayout<Float>.stride) }
}

/// Sets bytes to zero.
@usableFromInline package func zeroBytes(_ start: UnsafeMutableRawPointer, count: Int) {
  memset(start, 0, count)
}
