import TonoCore

/// One number from all cells along some axes: their mean, sum, extreme or norm.
public struct Reduction: UnaryLayer {
  /// What becomes of the cells.
  public enum Operation: String, Sendable {
    /// Σx ÷ count.
    case mean = "ReduceMean"
    /// Σx.
    case sum = "ReduceSum"
    /// The largest; of equals the first takes the gradient.
    case maximum = "ReduceMax"
    /// The smallest; of equals the first takes the gradient.
    case minimum = "ReduceMin"
    /// √Σx².
    case norm = "ReduceL2"
  }

  /// What becomes of the cells.
  public let operation: Operation
  /// The axes of a sample, counted from its outermost.
  public let axes: Set<Int>
  /// Whether the axes stay, with one cell each.
  public let keepsAxes: Bool

  /// A reduction along some axes of a sample.
  public init(_ operation: Operation, axes: Set<Int>, keepsAxes: Bool) {
    self.operation = operation
    self.axes = axes
    self.keepsAxes = keepsAxes
  }

  /// The operation, in ONNX' terms.
  public var kind: String { operation.rawValue }

  /// One cell out of all along some axes.
  public var role: LayerRole { .pooling }

  /// Not a minimum: it stays at zero until all of its cells are awake.
  public var handsZerosOn: Bool { operation != .minimum }

  /// The shape without the axes, or with one cell along each.
  public func outputShape(_ input: Shape) throws -> Shape {
    guard axes.allSatisfy(input.extents.indices.contains) else {
      throw ShapeError("\(kind) along the axes \(axes.sorted()) does not fit \(input)")
    }
    return reduced(input.extents, firstAxis: 0, keepsAxes: keepsAxes)
  }

  /// The reduced cells; sums are taken in double precision.
  public func forward(_ input: Tensor) -> Tensor {
    let groups = groups(of: input.shape)
    let shape = reduced(input.shape.extents, firstAxis: 1, keepsAxes: keepsAxes)
    switch operation {
    case .maximum, .minimum:
      return Tensor(shape: shape, values: winners(in: input, groups).map { input.values[$0] })
    case .mean, .sum, .norm:
      var sums = [Double](repeating: 0, count: shape.count)
      let isNorm = operation == .norm
      for (value, group) in zip(input.values, groups) {
        sums[group] += isNorm ? Double(value) * Double(value) : Double(value)
      }
      let count = operation == .mean ? Double(input.count / max(1, shape.count)) : 1
      return Tensor(
        shape: shape, values: sums.map { Float(isNorm ? $0.squareRoot() : $0 / count) })
    }
  }

  /// The share of each cell in its group's gradient.
  public func backward(_ dOutput: Tensor, input: Tensor, output: Tensor) -> Tensor {
    let groups = groups(of: input.shape)
    var dInput = Tensor(shape: input.shape)
    switch operation {
    case .maximum, .minimum:
      for (group, winner) in winners(in: input, groups).enumerated() {
        dInput.values[winner] = dOutput.values[group]
      }
    case .mean, .sum:
      let count = operation == .mean ? Float(input.count / max(1, output.count)) : 1
      for (index, group) in groups.enumerated() {
        dInput.values[index] = dOutput.values[group] / count
      }
    case .norm:
      for (index, group) in groups.enumerated() where output.values[group] != 0 {
        dInput.values[index] =
          dOutput.values[group] * input.values[index] / output.values[group]
      }
    }
    return dInput
  }

  /// The whole of the axes.
  public func inputRegion(of output: Region, input: Shape) -> Region {
    var rest = output.ranges[...]
    let isEmpty = output.isEmpty
    return Region(
      input.extents.indices.map { axis in
        guard axes.contains(axis) else { return rest.popFirst() ?? 0..<0 }
        if keepsAxes { _ = rest.popFirst() }
        return isEmpty ? 0..<0 : 0..<input[axis]
      })
  }

  private func reduced(_ extents: [Int], firstAxis: Int, keepsAxes: Bool) -> Shape {
    Shape(
      extents.enumerated().compactMap { index, extent in
        axes.contains(index - firstAxis) ? (keepsAxes ? 1 : nil) : extent
      })
  }

  /// For each element of a batch the element of the output that it belongs to.
  private func groups(of shape: Shape) -> [Int] {
    reduced(shape.extents, firstAxis: 1, keepsAxes: true).broadcastOffsets(to: shape)
  }

  /// The place of each group's extreme.
  private func winners(in input: Tensor, _ groups: [Int]) -> [Int] {
    let count = reduced(input.shape.extents, firstAxis: 1, keepsAxes: true).count
    var winners = [Int](repeating: -1, count: count)
    for (index, group) in groups.enumerated() {
      guard winners[group] >= 0 else {
        winners[group] = index
        continue
      }
      let (value, best) = (input.values[index], input.values[winners[group]])
      let isBetter = operation == .maximum ? value > best : value < best
      // A NaN wins, so that it is seen further on.
      if isBetter || value.isNaN && !best.isNaN { winners[group] = index }
    }
    return winners
  }
}
