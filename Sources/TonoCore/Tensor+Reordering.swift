/// The same elements in another order.
extension Tensor {
  /// The tensor with its axes in another order: axis `i` of the result is axis `axes[i]`.
  package func permuted(_ axes: [Int]) -> Tensor {
    let shape = Shape(axes.map { self.shape[$0] })
    let (extents, all) = (shape.extents, self.shape.strides)
    let strides = axes.map { all[$0] }
    guard shape.count > 0 else { return Tensor(shape: shape) }
    return Tensor(shape: shape) { output in
      withPointer { input in
        var row = output
        func copy(_ axis: Int, from source: UnsafePointer<Float>) {
          let (extent, stride) = (extents[axis], strides[axis])
          if axis == extents.count - 1 {
            for index in 0..<extent { row[index] = source[index * stride] }
            row += extent
          } else {
            for index in 0..<extent { copy(axis + 1, from: source + index * stride) }
          }
        }
        copy(0, from: input)
      }
    }
  }

  /// A matrix with its rows as columns.
  package var transposed: Tensor {
    let (rows, columns) = (shape[0], shape[1])
    return Tensor(
      shape: [columns, rows],
      values: (0..<columns).flatMap { column in
        (0..<rows).map { values[$0 * columns + column] }
      })
  }

  /// A kernel `[rows, columns, in, out]` mirrored along rows and columns.
  package func mirrored() -> Tensor {
    let cells = shape[0] * shape[1]
    let cell = count / cells
    return Tensor(
      shape: shape,
      values: (0..<cells).reversed().flatMap { values[$0 * cell..<($0 + 1) * cell] })
  }

  /// A tensor of elements that are in column-major order: the first axis varies fastest.
  package init(shape: Shape, columnMajor elements: [Float]) {
    var strides: [Int] = []
    var stride = 1
    for extent in shape.extents {
      strides.append(stride)
      stride *= extent
    }
    let axes = zip(shape.extents, strides).reversed()
    let values = (0..<elements.count).map { index in
      var (rest, offset) = (index, 0)
      for (extent, stride) in axes {
        offset += rest % extent * stride
        rest /= extent
      }
      return elements[offset]
    }
    self.init(shape: shape, values: values)
  }

  /// The parts of all samples as a batch of their own: `[N, T, …]` → `[N·T, …]`.
  package var parts: Tensor {
    reshaped(Shape([shape[0] * shape[1]] + shape.extents.dropFirst(2)))
  }

  /// A batch of parts as samples of `count` parts: `[N·T, …]` → `[N, T, …]`.
  package func gathered(_ count: Int) -> Tensor {
    reshaped(Shape([shape[0] / count, count] + shape.extents.dropFirst()))
  }
}
