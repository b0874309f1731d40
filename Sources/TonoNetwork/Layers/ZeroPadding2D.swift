import TonoCore

/// A map with a margin of zeros: `[C, H, W]` → `[C, top + H + bottom, left + W + right]`.
public struct ZeroPadding2D: UnaryLayer {
  /// Rows of zeros above the map.
  public let top: Int
  /// Rows of zeros below it.
  public let bottom: Int
  /// Columns of zeros before it.
  public let left: Int
  /// Columns of zeros after it.
  public let right: Int

  /// A margin of these numbers of cells, none of them negative.
  public init(top: Int, bottom: Int, left: Int, right: Int) {
    precondition([top, bottom, left, right].allSatisfy { $0 >= 0 }, "a margin is not negative")
    self.top = top
    self.bottom = bottom
    self.left = left
    self.right = right
  }

  /// `ZeroPadding2D`, in Keras' terms.
  public var kind: String { "ZeroPadding2D" }

  /// Zeros around the map.
  public var role: LayerRole { .padding }

  /// The enlarged map.
  public func outputShape(_ input: Shape) throws -> Shape {
    guard input.rank == 3 else {
      throw ShapeError("ZeroPadding2D expects a map [channels, rows, columns], got \(input)")
    }
    return [input[0], top + input[1] + bottom, left + input[2] + right]
  }

  /// The map within zeros.
  public func forward(_ input: Tensor) -> Tensor {
    let (rows, columns) = (input.shape[2], input.shape[3])
    var output = Tensor(
      shape: [input.shape[0], input.shape[1], top + rows + bottom, left + columns + right])
    forEachRow(of: input.shape) { inner, outer in
      output.values.replaceSubrange(outer, with: input.values[inner])
    }
    return output
  }

  /// The gradient without the margin.
  public func backward(_ dOutput: Tensor, input: Tensor, output: Tensor) -> Tensor {
    var dInput = Tensor(shape: input.shape)
    forEachRow(of: input.shape) { inner, outer in
      dInput.values.replaceSubrange(inner, with: dOutput.values[outer])
    }
    return dInput
  }

  /// The same cells, less the margin.
  public func inputRegion(of output: Region, input: Shape) -> Region {
    func inner(_ range: Range<Int>, _ margin: Int, _ extent: Int) -> Range<Int> {
      (range.lowerBound - margin..<range.upperBound - margin).clamped(to: 0..<extent)
    }
    return Region([
      output.ranges[0], inner(output.ranges[1], top, input[1]),
      inner(output.ranges[2], left, input[2]),
    ])
  }

  /// Visits each row of a batch `[N, C, H, W]`: its place in the map and in the enlarged map.
  private func forEachRow(of shape: Shape, _ body: (Range<Int>, Range<Int>) -> Void) {
    let (rows, columns) = (shape[2], shape[3])
    for plane in 0..<shape[0] * shape[1] {
      for row in 0..<rows {
        let inner = (plane * rows + row) * columns
        let outer =
          (plane * (top + rows + bottom) + top + row) * (left + columns + right) + left
        body(inner..<inner + columns, outer..<outer + columns)
      }
    }
  }
}
