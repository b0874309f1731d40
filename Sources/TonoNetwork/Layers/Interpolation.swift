import TonoCore

/// Weighted sums of cells along one axis: what makes maps larger or smaller by interpolation.
public struct Interpolation: UnaryLayer {
  /// One cell that an output cell is made of.
  public struct Tap: Sendable, Hashable {
    /// The cell's place along the axis.
    public let place: Int
    /// What it counts.
    public let weight: Float

    /// A cell with its weight.
    public init(place: Int, weight: Float) {
      self.place = place
      self.weight = weight
    }
  }

  /// The axis of a sample, counted from its outermost.
  public let axis: Int
  /// What each output cell along the axis is made of.
  public let taps: [[Tap]]

  /// An interpolation along an axis of a sample.
  public init(axis: Int, taps: [[Tap]]) {
    self.axis = axis
    self.taps = taps
  }

  /// `Resize`, in ONNX' terms.
  public var kind: String { "Resize" }

  /// One cell out of a few neighbours.
  public var role: LayerRole { .pooling }

  /// The input's shape with as many cells along the axis as there are sums.
  public func outputShape(_ input: Shape) throws -> Shape {
    guard (0..<input.rank).contains(axis),
      taps.allSatisfy({ $0.allSatisfy { (0..<input[axis]).contains($0.place) } })
    else { throw ShapeError("\(kind) along axis \(axis) does not fit a sample of shape \(input)") }
    var extents = input.extents
    extents[axis] = taps.count
    return Shape(extents)
  }

  /// The weighted sums.
  public func forward(_ input: Tensor) -> Tensor {
    var extents = input.shape.extents
    extents[axis + 1] = taps.count
    var output = Tensor(shape: Shape(extents))
    forEachTap(of: input.shape) { from, to, weight in
      output.values[to] += weight * input.values[from]
    }
    return output
  }

  /// Each cell's part in the sums.
  public func backward(_ dOutput: Tensor, input: Tensor, output: Tensor) -> Tensor {
    var dInput = Tensor(shape: input.shape)
    forEachTap(of: input.shape) { from, to, weight in
      dInput.values[from] += weight * dOutput.values[to]
    }
    return dInput
  }

  /// From the first to the last cell with a weight.
  public func inputRegion(of output: Region, input: Shape) -> Region {
    var ranges = output.ranges
    let places = taps[ranges[axis]].flatMap { $0.filter { $0.weight != 0 }.map(\.place) }
    ranges[axis] = (places.min() ?? 0)..<(places.max().map { $0 + 1 } ?? 0)
    return Region(ranges)
  }

  /// Visits every product of a batch.
  private func forEachTap(of shape: Shape, _ body: (_ from: Int, _ to: Int, Float) -> Void) {
    let inner = shape.extents.dropFirst(axis + 2).reduce(1, *)
    let length = shape[axis + 1]
    for block in 0..<shape.count / max(1, length * inner) {
      for (cell, taps) in taps.enumerated() {
        for tap in taps {
          let from = (block * length + tap.place) * inner
          let to = (block * self.taps.count + cell) * inner
          for index in 0..<inner { body(from + index, to + index, tap.weight) }
        }
      }
    }
  }
}
