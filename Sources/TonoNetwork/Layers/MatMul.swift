import TonoCore

/// The matrix product of two inputs along their last two axes: `[…, M, K]`·`[…, K, N]` → `[…, M, N]`.
///
/// Along the axes before them one extent of 1 repeats along that of the other input.
public struct MatMul: Layer {
  /// A matrix product.
  public init() {}

  /// `MatMul`.
  public var kind: String { "MatMul" }

  /// As many as rows and columns are long.
  public func workPerCell(_ inputs: [Shape]) -> Int { inputs[0].extents.last ?? 1 }

  /// `[…, M, N]`.
  public func outputShape(_ inputs: [Shape]) throws -> Shape {
    guard inputs.count == 2, inputs.allSatisfy({ $0.rank >= 2 && $0.rank == inputs[0].rank }),
      inputs[0].extents.last == inputs[1].extents[inputs[1].rank - 2]
    else { throw ShapeError("\(kind) cannot multiply \(inputs)") }
    let leading = try broadcastShape(
      of: inputs.map { Shape(Array($0.extents.dropLast(2))) }, for: kind)
    return Shape(
      leading.extents + [inputs[0][inputs[0].rank - 2], inputs[1][inputs[1].rank - 1]])
  }

  /// The products of the matrices.
  public func forward(_ inputs: [Tensor]) -> Tensor {
    let plan = Plan(inputs[0].shape, inputs[1].shape)
    return Tensor(shape: plan.shape) { output in
      inputs[0].withPointer { a in
        inputs[1].withPointer { b in
          for (index, pair) in plan.pairs.enumerated() {
            BLAS.multiply(
              a + pair.a * plan.rows * plan.depth, transposed: false,
              b + pair.b * plan.depth * plan.columns, transposed: false, rows: plan.rows,
              columns: plan.columns, depth: plan.depth,
              into: output + index * plan.rows * plan.columns)
          }
        }
      }
    }
  }

  /// dC·Bᵀ and Aᵀ·dC, summed along the axes that repeat.
  public func backward(_ dOutput: Tensor, inputs: [Tensor], output: Tensor) -> [Tensor] {
    let plan = Plan(inputs[0].shape, inputs[1].shape)
    var (dA, dB) = (Tensor(shape: inputs[0].shape), Tensor(shape: inputs[1].shape))
    var (partA, partB) = (
      Tensor(shape: [plan.rows, plan.depth]), Tensor(shape: [plan.depth, plan.columns])
    )
    for (index, pair) in plan.pairs.enumerated() {
      dOutput.withPointer { dOutput in
        let dC = dOutput + index * plan.rows * plan.columns
        inputs[1].withPointer { b in
          partA.withMutablePointer {
            BLAS.multiply(
              dC, transposed: false, b + pair.b * plan.depth * plan.columns, transposed: true,
              rows: plan.rows, columns: plan.depth, depth: plan.columns, into: $0)
          }
        }
        inputs[0].withPointer { a in
          partB.withMutablePointer {
            BLAS.multiply(
              a + pair.a * plan.rows * plan.depth, transposed: true, dC, transposed: false,
              rows: plan.depth, columns: plan.columns, depth: plan.rows, into: $0)
          }
        }
      }
      dA.add(partA, at: pair.a * partA.count)
      dB.add(partB, at: pair.b * partB.count)
    }
    return [dA, dB]
  }

  /// The rows and columns that the output cells are products of.
  public func inputRegions(of output: Region, inputs: [Shape]) -> [Region] {
    inputs.enumerated().map { place, shape in
      var ranges = output.ranges
      let inner = shape.rank - (place == 0 ? 1 : 2)
      ranges[inner] = output.isEmpty ? 0..<0 : 0..<shape[inner]
      for axis in 0..<shape.rank - 2 where shape[axis] == 1 && !ranges[axis].isEmpty {
        ranges[axis] = 0..<1
      }
      return Region(ranges)
    }
  }
}

/// Which matrices of two stacks are multiplied.
private struct Plan {
  let shape: Shape
  let rows: Int
  let depth: Int
  let columns: Int
  /// The place of each product's matrices in their stacks.
  let pairs: [(a: Int, b: Int)]

  init(_ a: Shape, _ b: Shape) {
    (rows, depth, columns) = (a[a.rank - 2], a[a.rank - 1], b[b.rank - 1])
    let stacks = [a, b].map { Shape(Array($0.extents.dropLast(2))) }
    let stack = Shape(zip(stacks[0].extents, stacks[1].extents).map { $0 == 1 ? $1 : $0 })
    shape = Shape(stack.extents + [rows, columns])
    pairs = zip(
      stacks[0].broadcastOffsets(to: stack), stacks[1].broadcastOffsets(to: stack)
    ).map { ($0, $1) }
  }
}
