/// A box of cells of one sample: a half-open range along each axis of its shape.
public struct Region: Hashable, Sendable, CustomStringConvertible {
  /// The range along each axis, outermost first.
  public let ranges: [Range<Int>]

  /// The box of these ranges, outermost axis first.
  public init(_ ranges: [Range<Int>]) {
    self.ranges = ranges
  }

  /// Whether the box holds no cell at all.
  public var isEmpty: Bool { ranges.contains(where: \.isEmpty) }

  /// The smallest box that holds both; an empty box adds nothing.
  public func union(_ other: Region) -> Region {
    if isEmpty { return other }
    if other.isEmpty { return self }
    return Region(
      zip(ranges, other.ranges).map {
        min($0.lowerBound, $1.lowerBound)..<max($0.upperBound, $1.upperBound)
      })
  }

  /// The row-major offsets of the box's cells in a sample of this shape, ascending.
  public func offsets(in shape: Shape) -> [Int] {
    zip(ranges, shape.extents).reduce([0]) { offsets, axis in
      offsets.flatMap { offset in axis.0.map { offset * axis.1 + $0 } }
    }
  }

  /// The smallest box of a sample of shape `shape` that holds the cells which a reshape maps
  /// onto this box of a sample of shape `other`: both in row-major order.
  package func reshaped(from other: Shape, to shape: Shape) -> Region {
    if shape == other { return self }
    if isEmpty { return Region(shape.extents.map { _ in 0..<0 }) }
    let first = zip(ranges, other.extents).reduce(0) { $0 * $1.1 + $1.0.lowerBound }
    let last = zip(ranges, other.extents).reduce(0) { $0 * $1.1 + $1.0.upperBound - 1 }
    return Region.enclosing(first: first, last: last, in: shape)
  }

  /// The smallest box that holds a run of row-major offsets.
  private static func enclosing(first: Int, last: Int, in shape: Shape) -> Region {
    var ranges: [Range<Int>] = []
    var (first, last, stride) = (first, last, shape.count)
    for extent in shape.extents {
      stride /= max(extent, 1)
      let (low, high) = (first / stride, last / stride)
      ranges.append(low..<high + 1)
      if low == high {
        first -= low * stride
        last -= low * stride
      } else {
        first = 0
        last = stride - 1
      }
    }
    return Region(ranges)
  }

  /// The ranges, as in `0..<1 × 4..<9 × 0..<3`.
  public var description: String {
    ranges.map { "\($0.lowerBound)..<\($0.upperBound)" }.joined(separator: " × ")
  }
}

extension Region {
  /// All cells of a sample of this shape.
  package init(whole shape: Shape) { self.init(shape.extents.map { 0..<$0 }) }

  /// One cell of the box, by its place in row-major order.
  package func cell(_ index: Int) -> Region {
    var rest = index
    let ranges = ranges.reversed().map { range in
      let (quotient, offset) = rest.quotientAndRemainder(dividingBy: max(1, range.count))
      rest = quotient
      return range.lowerBound + offset..<range.lowerBound + offset + 1
    }
    return Region(ranges.reversed())
  }
}
