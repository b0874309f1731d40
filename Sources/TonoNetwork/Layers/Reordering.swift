import TonoCore

/// The same elements as one vector: `[C, H, W]` → `[C·H·W]`, row-major.
public struct Flatten: UnaryLayer {
  /// A layer that forgets the axes.
  public init() {}
  /// `Flatten`, in Keras' terms.
  public var kind: String { "Flatten" }
  /// The same elements in their order.
  public var role: LayerRole { .view }
  /// `[count]`.
  public func outputShape(_ input: Shape) throws -> Shape { [input.count] }
  /// The same elements.
  public func forward(_ input: Tensor) -> Tensor {
    input.reshaped([input.shape[0], input.shape.sample.count])
  }
  /// The same elements.
  public func backward(_ dOutput: Tensor, input: Tensor, output: Tensor) -> Tensor {
    dOutput.reshaped(input.shape)
  }
  /// The smallest box that holds the elements.
  public func inputRegion(of output: Region, input: Shape) -> Region {
    output.reshaped(from: [input.count], to: input)
  }
}

/// The same elements, row-major, under another shape.
public struct Reshape: UnaryLayer {
  /// The shape of one sample of the output.
  public let shape: Shape
  /// A layer that gives each sample `shape`.
  public init(shape: Shape) { self.shape = shape }
  /// `Reshape`, in Keras' terms.
  public var kind: String { "Reshape" }
  /// The same elements in their order.
  public var role: LayerRole { .view }
  /// `shape`.
  public func outputShape(_ input: Shape) throws -> Shape {
    guard input.count == shape.count else {
      throw ShapeError("Reshape cannot give \(input) the shape \(shape): the counts differ")
    }
    return shape
  }
  /// The same elements.
  public func forward(_ input: Tensor) -> Tensor {
    input.reshaped(shape.batched(input.shape[0]))
  }
  /// The same elements.
  public func backward(_ dOutput: Tensor, input: Tensor, output: Tensor) -> Tensor {
    dOutput.reshaped(input.shape)
  }
  /// The smallest box that holds the elements.
  public func inputRegion(of output: Region, input: Shape) -> Region {
    output.reshaped(from: shape, to: input)
  }
}

/// The axes of a sample in another order: axis i of the output is axis `axes[i]` of the input.
public struct Permute: UnaryLayer {
  /// Which input axis each output axis is, counted from 0 without the batch axis.
  public let axes: [Int]
  /// A layer that reorders axes; `axes` is a permutation of 0..<rank.
  public init(axes: [Int]) {
    precondition(axes.sorted() == Array(axes.indices), "\(axes) is not a permutation")
    self.axes = axes
  }
  /// `Permute`, in Keras' terms.
  public var kind: String { "Permute" }
  /// The same elements in another order.
  public var role: LayerRole { .arrangement }
  /// The extents in the new order.
  public func outputShape(_ input: Shape) throws -> Shape {
    guard input.rank == axes.count else {
      throw ShapeError("Permute of \(axes.count) axes does not fit a sample of shape \(input)")
    }
    return Shape(axes.map { input[$0] })
  }
  /// The elements in the new order.
  public func forward(_ input: Tensor) -> Tensor { input.permuted([0] + axes.map { $0 + 1 }) }
  /// The elements in the old order.
  public func backward(_ dOutput: Tensor, input: Tensor, output: Tensor) -> Tensor {
    dOutput.permuted([0] + axes.indices.map { axis in (axes.firstIndex(of: axis) ?? axis) + 1 })
  }
  /// The ranges in the old order.
  public func inputRegion(of output: Region, input: Shape) -> Region {
    Region(axes.indices.map { axis in output.ranges[axes.firstIndex(of: axis) ?? axis] })
  }
}
