import TonoCore

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

  /// Each cell by all along the axis.
  public var role: LayerRole { .normalization }

  /// Yes: far ahead of the others, or far behind, an element is 1 or 0 to the last bit.
  public var canSleep: Bool { true }

  /// Where one element has nearly all.
  public var flatPart: FlatPart? { .peak(along: axis) }

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
    input.shape.forEachLine(along: axis + 1) { line in
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
    input.shape.forEachLine(along: axis + 1) { line in
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
}

/// x − ln Σ e^x along one axis: the logarithm of ``Softmax``, without its underflow.
public struct LogSoftmax: UnaryLayer {
  /// The axis of a sample, counted from its outermost.
  public let axis: Int

  /// The logarithm of a softmax along an axis of a sample.
  public init(axis: Int) { self.axis = axis }

  /// `LogSoftmax`.
  public var kind: String { "LogSoftmax" }

  /// Each cell by all along the axis.
  public var role: LayerRole { .normalization }

  /// Yes: far ahead of the others, an element is 0 to the last bit.
  public var canSleep: Bool { true }

  /// The input's own shape.
  public func outputShape(_ input: Shape) throws -> Shape {
    guard (0..<input.rank).contains(axis) else {
      throw ShapeError("LogSoftmax along axis \(axis) does not fit a sample of shape \(input)")
    }
    return input
  }

  /// The largest element is subtracted first, so that e^x cannot overflow.
  public func forward(_ input: Tensor) -> Tensor {
    var output = input
    input.shape.forEachLine(along: axis + 1) { line in
      let peak = line.reduce(-Float.infinity) { max($0, input.values[$1]) }
      let sum = line.reduce(Float(0)) { $0 + expf(input.values[$1] - peak) }
      for index in line { output.values[index] = input.values[index] - peak - logf(sum) }
    }
    return output
  }

  /// dy − e^y·Σ dy along each line.
  public func backward(_ dOutput: Tensor, input: Tensor, output: Tensor) -> Tensor {
    var dInput = dOutput
    input.shape.forEachLine(along: axis + 1) { line in
      let sum = line.reduce(Float(0)) { $0 + dOutput.values[$1] }
      for index in line { dInput.values[index] -= expf(output.values[index]) * sum }
    }
    return dInput
  }

  /// The same cells, and all along the axis.
  public func inputRegion(of output: Region, input: Shape) -> Region {
    Softmax(axis: axis).inputRegion(of: output, input: input)
  }
}

extension Shape {
  /// Visits every line along an axis with the offsets of its elements.
  fileprivate func forEachLine(along axis: Int, _ body: (StrideTo<Int>) -> Void) {
    let length = self[axis]
    let step = extents.dropFirst(axis + 1).reduce(1, *)
    for block in 0..<count / max(1, length * step) {
      for offset in 0..<step {
        let first = block * length * step + offset
        body(stride(from: first, to: first + length * step, by: step))
      }
    }
  }
}
