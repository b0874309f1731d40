import TonoCore

/// Several inputs side by side along one axis of their samples.
public struct Concatenate: Layer {
  /// The axis of a sample, counted from its outermost.
  public let axis: Int

  /// A layer that joins its inputs along an axis of a sample.
  public init(axis: Int) { self.axis = axis }

  /// `Concatenate`, in Keras' terms.
  public var kind: String { "Concatenate" }

  /// The same elements side by side.
  public var role: LayerRole { .arrangement }

  /// The inputs' shape, with their extents along the axis added up.
  public func outputShape(_ inputs: [Shape]) throws -> Shape {
    guard let first = inputs.first, (0..<first.rank).contains(axis) else {
      throw ShapeError("Concatenate along axis \(axis) does not fit \(inputs)")
    }
    let rest = inputs.map { $0.extents.enumerated().filter { $0.offset != axis }.map(\.element) }
    guard rest.allSatisfy({ $0 == rest[0] }) else {
      throw ShapeError("Concatenate along axis \(axis) expects equal other axes, got \(inputs)")
    }
    var extents = first.extents
    extents[axis] = inputs.reduce(0) { $0 + $1[axis] }
    return Shape(extents)
  }

  /// The inputs in their order.
  public func forward(_ inputs: [Tensor]) -> Tensor {
    let shapes = inputs.map(\.shape)
    let runs = shapes.map(runLength)
    var extents = shapes[0].extents
    extents[axis + 1] = shapes.reduce(0) { $0 + $1[axis + 1] }
    var values: [Float] = []
    values.reserveCapacity(Shape(extents).count)
    for block in 0..<shapes[0].count / max(1, runs[0]) {
      for (input, run) in zip(inputs, runs) {
        values += input.values[block * run..<(block + 1) * run]
      }
    }
    return Tensor(shape: Shape(extents), values: values)
  }

  /// Each input's own stretch of the gradient.
  public func backward(_ dOutput: Tensor, inputs: [Tensor], output: Tensor) -> [Tensor] {
    let run = runLength(dOutput.shape)
    var offset = 0
    return inputs.map { input in
      let length = runLength(input.shape)
      let starts = stride(from: offset, to: dOutput.count, by: max(1, run))
      offset += length
      return Tensor(
        shape: input.shape, values: starts.flatMap { dOutput.values[$0..<$0 + length] })
    }
  }

  /// Each input's own part of the box; empty where the box does not reach it.
  public func inputRegions(of output: Region, inputs: [Shape]) -> [Region] {
    var offset = 0
    return inputs.map { input in
      var ranges = output.ranges
      ranges[axis] =
        (ranges[axis].lowerBound - offset..<ranges[axis].upperBound - offset)
        .clamped(to: 0..<input[axis])
      offset += input[axis]
      return Region(ranges)
    }
  }

  /// The contiguous elements that one step of the axes before `axis` covers, in a batch.
  private func runLength(_ shape: Shape) -> Int {
    shape.extents.dropFirst(axis + 1).reduce(1, *)
  }
}

/// The sum of its inputs; an axis of extent 1 repeats along that of the others.
public struct Add: Layer {
  /// A layer that adds its inputs.
  public init() {}
  /// `Add`, in Keras' terms.
  public var kind: String { "Add" }
  /// Cell by cell.
  public var role: LayerRole { .merging }
  /// The inputs' shape, along each axis the longest extent.
  public func outputShape(_ inputs: [Shape]) throws -> Shape {
    try broadcastShape(of: inputs, for: kind)
  }
  /// The sum, in the order of the inputs.
  public func forward(_ inputs: [Tensor]) -> Tensor { combine(inputs, by: +) }
  /// The gradient itself, for each input; summed along the axes that repeat.
  public func backward(_ dOutput: Tensor, inputs: [Tensor], output: Tensor) -> [Tensor] {
    inputs.map { dOutput.summed(to: $0.shape) }
  }
  /// The same cells of each input; the only one along an axis that repeats.
  public func inputRegions(of output: Region, inputs: [Shape]) -> [Region] {
    inputs.map(output.unbroadcast)
  }
}

/// The element-wise product of its inputs; an axis of extent 1 repeats along that of the others.
public struct Multiply: Layer {
  /// A layer that multiplies its inputs.
  public init() {}
  /// `Multiply`, in Keras' terms.
  public var kind: String { "Multiply" }
  /// Cell by cell.
  public var role: LayerRole { .merging }
  /// The inputs' shape, along each axis the longest extent.
  public func outputShape(_ inputs: [Shape]) throws -> Shape {
    try broadcastShape(of: inputs, for: kind)
  }
  /// The product, in the order of the inputs.
  public func forward(_ inputs: [Tensor]) -> Tensor { combine(inputs, by: *) }
  /// For each input, the gradient times the product of the others; summed along the axes that
  /// repeat.
  public func backward(_ dOutput: Tensor, inputs: [Tensor], output: Tensor) -> [Tensor] {
    inputs.indices.map { index in
      var factors = inputs
      factors[index] = dOutput
      return combine(factors, by: *).summed(to: inputs[index].shape)
    }
  }
  /// The same cells of each input; the only one along an axis that repeats.
  public func inputRegions(of output: Region, inputs: [Shape]) -> [Region] {
    inputs.map(output.unbroadcast)
  }
}

/// One tensor from several of shapes that fit, element by element and in their order.
private func combine(_ tensors: [Tensor], by operation: (Float, Float) -> Float) -> Tensor {
  tensors.dropFirst().reduce(tensors[0]) { combined, tensor in
    let shape = Shape(zip(combined.shape.extents, tensor.shape.extents).map { $0 == 1 ? $1 : $0 })
    let (a, b) = (combined.broadcast(to: shape), tensor.broadcast(to: shape))
    return Tensor(shape: shape, values: zip(a.values, b.values).map(operation))
  }
}
