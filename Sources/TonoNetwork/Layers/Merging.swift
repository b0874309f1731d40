/// Several inputs side by side along one axis of their samples.
public struct Concatenate: Layer {
  /// The axis of a sample, counted from its outermost.
  public let axis: Int

  /// A layer that joins its inputs along an axis of a sample.
  public init(axis: Int) { self.axis = axis }

  /// `Concatenate`, in Keras' terms.
  public var kind: String { "Concatenate" }

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

/// The sum of inputs of one shape.
public struct Add: Layer {
  /// A layer that adds its inputs.
  public init() {}
  /// `Add`, in Keras' terms.
  public var kind: String { "Add" }
  /// The shape of each input.
  public func outputShape(_ inputs: [Shape]) throws -> Shape { try common(inputs, kind) }
  /// The sum, in the order of the inputs.
  public func forward(_ inputs: [Tensor]) -> Tensor {
    inputs.dropFirst().reduce(inputs[0]) { sum, input in
      Tensor(shape: sum.shape, values: zip(sum.values, input.values).map(+))
    }
  }
  /// The gradient itself, for each input.
  public func backward(_ dOutput: Tensor, inputs: [Tensor], output: Tensor) -> [Tensor] {
    inputs.map { _ in dOutput }
  }
  /// The same cells of each input.
  public func inputRegions(of output: Region, inputs: [Shape]) -> [Region] {
    inputs.map { _ in output }
  }
}

/// The element-wise product of inputs of one shape.
public struct Multiply: Layer {
  /// A layer that multiplies its inputs.
  public init() {}
  /// `Multiply`, in Keras' terms.
  public var kind: String { "Multiply" }
  /// The shape of each input.
  public func outputShape(_ inputs: [Shape]) throws -> Shape { try common(inputs, kind) }
  /// The product, in the order of the inputs.
  public func forward(_ inputs: [Tensor]) -> Tensor { product(of: inputs[...]) }
  /// For each input, the gradient times the product of the others.
  public func backward(_ dOutput: Tensor, inputs: [Tensor], output: Tensor) -> [Tensor] {
    inputs.indices.map { index in
      product(of: inputs[..<index] + [dOutput] + inputs[(index + 1)...])
    }
  }
  /// The same cells of each input.
  public func inputRegions(of output: Region, inputs: [Shape]) -> [Region] {
    inputs.map { _ in output }
  }

  private func product(of factors: ArraySlice<Tensor>) -> Tensor {
    factors.dropFirst().reduce(factors[factors.startIndex]) { product, factor in
      Tensor(shape: product.shape, values: zip(product.values, factor.values).map(*))
    }
  }
}

/// The shape that all inputs have.
private func common(_ inputs: [Shape], _ kind: String) throws -> Shape {
  guard let first = inputs.first, inputs.allSatisfy({ $0 == first }) else {
    throw ShapeError("\(kind) expects inputs of one shape, got \(inputs)")
  }
  return first
}
