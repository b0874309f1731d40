import TonoCore

/// 1 where a is greater than b, else 0; no gradient goes through it.
public struct Greater: BinaryLayer {
  /// Whether equals count as greater.
  public let orEqual: Bool
  /// A comparison.
  public init(orEqual: Bool = false) { self.orEqual = orEqual }
  /// `Greater` or `GreaterOrEqual`, in ONNX' terms.
  public var kind: String { orEqual ? "GreaterOrEqual" : "Greater" }
  /// No: it has no gradient anywhere, whatever wakes up before it.
  public var handsZerosOn: Bool { false }
  /// No: it never wakes up.
  public var canSleep: Bool { false }
  /// 1 or 0.
  public func value(_ a: Float, _ b: Float) -> Float { a > b || orEqual && a == b ? 1 : 0 }
  /// 0 and 0.
  public func slopes(_ a: Float, _ b: Float, _ y: Float) -> (a: Float, b: Float) { (0, 0) }
}

/// The second input where the first is not 0, the third elsewhere; an axis of extent 1 repeats along
/// that of the others.
public struct Where: Layer {
  /// A choice between two inputs.
  public init() {}

  /// `Where`, in ONNX' terms.
  public var kind: String { "Where" }

  /// Cell by cell.
  public var role: LayerRole { .merging }

  /// Yes: what is not chosen has no gradient.
  public var canSleep: Bool { true }

  /// The inputs' shape, along each axis the longest extent.
  public func outputShape(_ inputs: [Shape]) throws -> Shape {
    guard inputs.count == 3 else {
      throw ShapeError("\(kind) takes three inputs, got \(inputs.count)")
    }
    return try broadcastShape(of: inputs, for: kind)
  }

  /// The elements chosen.
  public func forward(_ inputs: [Tensor]) -> Tensor {
    let extents = inputs[0].shape.extents.indices.map { axis in
      inputs.map { $0.shape[axis] }.first { $0 != 1 } ?? 1
    }
    let all = inputs.map { $0.broadcast(to: Shape(extents)) }
    var output = all[1]
    for index in output.values.indices where all[0].values[index] == 0 {
      output.values[index] = all[2].values[index]
    }
    return output
  }

  /// The gradient where each was chosen, summed along the axes that repeat; none for the condition.
  public func backward(_ dOutput: Tensor, inputs: [Tensor], output: Tensor) -> [Tensor] {
    let condition = inputs[0].broadcast(to: output.shape)
    var (dFirst, dSecond) = (dOutput, dOutput)
    for index in dOutput.values.indices {
      if condition.values[index] == 0 {
        dFirst.values[index] = 0
      } else {
        dSecond.values[index] = 0
      }
    }
    return [
      Tensor(shape: inputs[0].shape), dFirst.summed(to: inputs[1].shape),
      dSecond.summed(to: inputs[2].shape),
    ]
  }

  /// The same cells of each input; the only one along an axis that repeats.
  public func inputRegions(of output: Region, inputs: [Shape]) -> [Region] {
    inputs.map(output.unbroadcast)
  }
}
