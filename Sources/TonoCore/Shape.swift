/// The extents of a tensor, outermost axis first.
///
/// Between layers a shape describes one sample and leaves the batch axis out: `[C, H, W]` for a
/// feature map (channels, rows = bands, columns = frames), `[D]` for a vector.
public struct Shape: Hashable, Sendable, Codable, ExpressibleByArrayLiteral,
  CustomStringConvertible
{
  /// The extent of each axis, outermost first; none is negative.
  public let extents: [Int]

  /// A shape with these extents, outermost first.
  @inlinable public init(_ extents: [Int]) {
    precondition(extents.allSatisfy { $0 >= 0 }, "negative extent in \(extents)")
    self.extents = extents
  }

  /// A shape with these extents, outermost first.
  public init(arrayLiteral elements: Int...) {
    self.init(elements)
  }

  /// Reads a plain JSON array of extents.
  public init(from decoder: any Decoder) throws {
    self.init(try decoder.singleValueContainer().decode([Int].self))
  }

  /// Writes a plain JSON array of extents.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(extents)
  }

  /// How many axes there are.
  @inlinable public var rank: Int { extents.count }

  /// How many elements a tensor of this shape has: the product of the extents.
  @inlinable public var count: Int { extents.reduce(1, *) }

  /// The extent of one axis, counted from the outermost.
  @inlinable public subscript(axis: Int) -> Int { extents[axis] }

  /// The same shape with a batch axis of `count` samples in front.
  @inlinable public func batched(_ count: Int) -> Shape { Shape([count] + extents) }

  /// The shape of one sample: the same shape without its first axis.
  @inlinable public var sample: Shape { Shape(Array(extents.dropFirst())) }

  /// The extents joined by `×`, as in `48×25×2`.
  public var description: String { extents.map(String.init).joined(separator: "×") }
}

extension Shape {
  /// Elements from one step to the next along each axis, in row-major order.
  package var strides: [Int] {
    var strides = [Int](repeating: 1, count: rank)
    for axis in extents.indices.dropLast().reversed() {
      strides[axis] = strides[axis + 1] * extents[axis + 1]
    }
    return strides
  }
}
