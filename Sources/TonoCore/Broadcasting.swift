/// Broadcasting as Keras and NumPy do it: an axis of extent 1 repeats along that of other inputs.
///
/// - Throws: `ShapeError` if the shapes differ in rank, or along an axis on which neither is 1.
package func broadcastShape(of shapes: [Shape], for kind: String) throws -> Shape {
  guard let first = shapes.first, shapes.allSatisfy({ $0.rank == first.rank }) else {
    throw ShapeError("\(kind) expects inputs of the same rank, got \(shapes)")
  }
  let extents = (0..<first.rank).map { axis in
    shapes.map { $0[axis] }.first { $0 != 1 } ?? 1
  }
  guard shapes.allSatisfy({ zip($0.extents, extents).allSatisfy { $0 == 1 || $0 == $1 } }) else {
    throw ShapeError("\(kind) expects inputs whose axes are equally long or 1, got \(shapes)")
  }
  return Shape(extents)
}

extension Tensor {
  /// The tensor repeated along its axes of extent 1 until it has this shape.
  package func broadcast(to shape: Shape) -> Tensor {
    if shape == self.shape { return self }
    return Tensor(
      shape: shape, values: self.shape.broadcastOffsets(to: shape).map { values[$0] })
  }

  /// The adjoint of `broadcast(to:)`: the sums over the axes along which this shape is 1.
  package func summed(to shape: Shape) -> Tensor {
    if shape == self.shape { return self }
    var sums = [Double](repeating: 0, count: shape.count)
    for (value, offset) in zip(values, shape.broadcastOffsets(to: self.shape)) {
      sums[offset] += Double(value)
    }
    return Tensor(shape: shape, values: sums.map(Float.init))
  }
}

extension Region {
  /// The cells of a sample of this shape that a box of what it is broadcast to looks at.
  package func unbroadcast(to shape: Shape) -> Region {
    Region(
      zip(ranges, shape.extents).map { range, extent in
        extent == 1 && !range.isEmpty ? 0..<1 : range
      })
  }
}

extension Shape {
  /// For each element of the larger shape, in row-major order, the offset of the one it repeats.
  package func broadcastOffsets(to shape: Shape) -> [Int] {
    zip(extents, shape.extents).reduce([0]) { offsets, axis in
      offsets.flatMap { offset in
        (0..<axis.1).map { offset * axis.0 + (axis.0 == 1 ? 0 : $0) }
      }
    }
  }
}
