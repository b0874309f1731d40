#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// e^x ÷ Σ e^x along one axis.
public struct Softmax: UnaryLayer {
  /// The axis of a sample, counted from its outermost.
  public let axis: Int

  /// A softmax along an axis of a sample; 0 for a vector, or for the channels of a map.
  public init(axis: Int) { self.axis = axis }

  /// `Softmax`, in Keras' terms.
  public var kind: String { "Softmax" }

  /// The input's own shape.
  public func outputShape(_ input: Shape) throws -> Shape {
    guard (0..<input.rank).contains(axis) else {
      throw ShapeError("Softmax along axis \(axis) does not fit a sample of shape \(input)")
    }
    return input
  }

  /// The largest element is subtracted first, so that e^x cannot overflow.
  public func forward(_ input: Tensor) -> Tensor {
    var output = input
    forEachLine(of: input.shape) { line in
      let peak = line.reduce(-Float.infinity) { max($0, input.values[$1]) }
      var sum: Float = 0
      for index in line {
        let value = expf(input.values[index] - peak)
        output.values[index] = value
        sum += value
      }
      for index in line { output.values[index] /= sum }
    }
    return output
  }

  /// y·(dy − Σ y·dy) along each line.
  public func backward(_ dOutput: Tensor, input: Tensor, output: Tensor) -> Tensor {
    var dInput = dOutput
    forEachLine(of: input.shape) { line in
      let mean = line.reduce(Float(0)) { $0 + output.values[$1] * dOutput.values[$1] }
      for index in line {
        dInput.values[index] = output.values[index] * (dOutput.values[index] - mean)
      }
    }
    return dInput
  }

  /// The same cells, and all along the axis.
  public func inputRegion(of output: Region, input: Shape) -> Region {
    guard !output.isEmpty else { return output }
    var ranges = output.ranges
    ranges[axis] = 0..<input[axis]
    return Region(ranges)
  }

  /// Visits every line along the axis of a batch of shape `[N] + sample shape`.
  private func forEachLine(of shape: Shape, _ body: (StrideTo<Int>) -> Void) {
    let length = shape[axis + 1]
    let step = shape.extents.dropFirst(axis + 2).reduce(1, *)
    for block in 0..<shape.count / max(1, length * step) {
      for offset in 0..<step {
        let first = block * length * step + offset
        body(stride(from: first, to: first + length * step, by: step))
      }
    }
  }
}
