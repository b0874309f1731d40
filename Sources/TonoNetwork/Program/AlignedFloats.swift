/// Floats in memory that begins at a cache line, zero at first; freed with the last reference.
package final class AlignedFloats: @unchecked Sendable {
  /// The first element.
  package let start: UnsafeMutablePointer<Float>
  /// How many there are.
  package let count: Int

  /// Room behind the last element, for kernels that read whole vectors.
  private static let slack = 64

  /// So many zeros.
  package init(count: Int) {
    let room = count + Self.slack
    start = UnsafeMutableRawPointer.allocate(
      byteCount: room * MemoryLayout<Float>.stride, alignment: 64
    ).bindMemory(to: Float.self, capacity: room)
    start.initialize(repeating: 0, count: room)
    self.count = count
  }

  /// Floats that `fill` writes; what it leaves out stays zero. They must not change afterwards.
  convenience init(count: Int, fill: (UnsafeMutablePointer<Float>) -> Void) {
    self.init(count: count)
    fill(start)
  }

  deinit { UnsafeMutableRawPointer(start).deallocate() }
}
