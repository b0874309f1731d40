/// A dense array of 32-bit floats in row-major order: a value, copied on write.
public struct Tensor: Sendable, Equatable {
  /// The extents, outermost first; a batch has its batch axis in front.
  public let shape: Shape

  /// The elements in row-major order, `shape.count` of them.
  public var values: [Float]

  /// A tensor over `values`, which are in row-major order.
  @inlinable public init(shape: Shape, values: [Float]) {
    precondition(
      values.count == shape.count, "shape \(shape) does not hold \(values.count) elements")
    self.shape = shape
    self.values = values
  }

  /// A tensor that holds the same value everywhere.
  @inlinable public init(shape: Shape, repeating value: Float = 0) {
    self.shape = shape
    self.values = Array(repeating: value, count: shape.count)
  }

  /// A tensor whose elements `fill` writes; it must write all of them.
  @inlinable public init(shape: Shape, fill: (UnsafeMutablePointer<Float>) throws -> Void) rethrows
  {
    self.shape = shape
    let count = shape.count
    self.values = try Array(unsafeUninitializedCapacity: count) { buffer, initialized in
      guard let elements = buffer.baseAddress, count > 0 else { return }
      try fill(elements)
      initialized = count
    }
  }

  /// How many elements there are.
  @inlinable public var count: Int { values.count }

  /// The same elements under another shape of the same count.
  @inlinable public func reshaped(_ shape: Shape) -> Tensor { Tensor(shape: shape, values: values) }

  /// One sample of a batch, without its batch axis.
  ///
  /// - Complexity: O(elements of the sample).
  public func sample(_ index: Int) -> Tensor {
    let shape = shape.sample
    let count = shape.count
    return Tensor(shape: shape, values: Array(values[index * count..<(index + 1) * count]))
  }

  /// A batch of samples of one shape: `[N] + sample shape`.
  public init(batch samples: [Tensor]) {
    precondition(!samples.isEmpty, "a batch has at least one sample")
    let shape = samples[0].shape
    precondition(samples.allSatisfy { $0.shape == shape }, "a batch has samples of one shape")
    self.init(shape: shape.batched(samples.count), values: samples.flatMap(\.values))
  }

  /// Calls `body` with the address of the first element; a tensor without elements has none.
  @inlinable package func withPointer<Result>(_ body: (UnsafePointer<Float>) throws -> Result)
    rethrows -> Result
  {
    try values.withUnsafeBufferPointer { buffer in
      guard let elements = buffer.baseAddress else { preconditionFailure("an empty tensor") }
      return try body(elements)
    }
  }

  /// Calls `body` with the address of the first element, to be changed in place.
  @inlinable package mutating func withMutablePointer<Result>(
    _ body: (UnsafeMutablePointer<Float>) throws -> Result
  ) rethrows -> Result {
    try values.withUnsafeMutableBufferPointer { buffer in
      guard let elements = buffer.baseAddress else { preconditionFailure("an empty tensor") }
      return try body(elements)
    }
  }
}
