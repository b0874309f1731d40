import TonoCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A layer that combines two inputs element by element, y = f(a, b); an axis of extent 1 repeats
/// along that of the other input.
public protocol BinaryLayer: Layer {
  /// f(a, b).
  func value(_ a: Float, _ b: Float) -> Float

  /// The slopes of f along a and along b, where y = f(a, b).
  func slopes(_ a: Float, _ b: Float, _ y: Float) -> (a: Float, b: Float)
}

extension BinaryLayer {
  /// Cell by cell.
  public var role: LayerRole { .merging }

  /// Whether each input has no slope at some numbers, as the smaller of two in a maximum.
  public var canSleep: Bool {
    let numbers: [Float] = [-1, 0, 1]
    let found = numbers.flatMap { a in numbers.map { b in slopes(a, b, value(a, b)) } }
    return found.contains { $0.a == 0 } && found.contains { $0.b == 0 }
  }

  /// The inputs' shape, along each axis the longer extent.
  public func outputShape(_ inputs: [Shape]) throws -> Shape {
    guard inputs.count == 2 else {
      throw ShapeError("\(kind) takes two inputs, got \(inputs.count)")
    }
    return try broadcastShape(of: inputs, for: kind)
  }

  /// f of every pair of elements.
  public func forward(_ inputs: [Tensor]) -> Tensor {
    let shape = Shape(
      zip(inputs[0].shape.extents, inputs[1].shape.extents).map { $0 == 1 ? $1 : $0 })
    let (a, b) = (inputs[0].broadcast(to: shape), inputs[1].broadcast(to: shape))
    return Tensor(shape: shape, values: zip(a.values, b.values).map(value))
  }

  /// The slopes times the gradient, summed along the axes that repeat.
  public func backward(_ dOutput: Tensor, inputs: [Tensor], output: Tensor) -> [Tensor] {
    let (a, b) = (inputs[0].broadcast(to: output.shape), inputs[1].broadcast(to: output.shape))
    var (dA, dB) = (dOutput, dOutput)
    for index in dOutput.values.indices {
      let slopes = slopes(a.values[index], b.values[index], output.values[index])
      dA.values[index] *= slopes.a
      dB.values[index] *= slopes.b
    }
    return [dA.summed(to: inputs[0].shape), dB.summed(to: inputs[1].shape)]
  }

  /// The same cells of each input; the only one along an axis that repeats.
  public func inputRegions(of output: Region, inputs: [Shape]) -> [Region] {
    inputs.map(output.unbroadcast)
  }
}

/// a − b.
public struct Subtract: BinaryLayer {
  /// A difference.
  public init() {}
  /// `Subtract`, in Keras' terms.
  public var kind: String { "Subtract" }
  /// a − b.
  public func value(_ a: Float, _ b: Float) -> Float { a - b }
  /// 1 and −1.
  public func slopes(_ a: Float, _ b: Float, _ y: Float) -> (a: Float, b: Float) { (1, -1) }
}

/// a ÷ b.
public struct Divide: BinaryLayer {
  /// A quotient.
  public init() {}
  /// `Divide`.
  public var kind: String { "Divide" }
  /// a ÷ b.
  public func value(_ a: Float, _ b: Float) -> Float { a / b }
  /// 1 ÷ b and −y ÷ b.
  public func slopes(_ a: Float, _ b: Float, _ y: Float) -> (a: Float, b: Float) {
    (1 / b, -y / b)
  }
}

/// a raised to the power b.
public struct Power: BinaryLayer {
  /// A power.
  public init() {}
  /// `Power`.
  public var kind: String { "Power" }
  /// a to the b.
  public func value(_ a: Float, _ b: Float) -> Float { powf(a, b) }
  /// b·a to the b − 1, and y·ln a; the latter is 0 where a is not positive.
  public func slopes(_ a: Float, _ b: Float, _ y: Float) -> (a: Float, b: Float) {
    (b == 0 ? 0 : b * powf(a, b - 1), a > 0 ? y * logf(a) : 0)
  }
}

/// The smaller of a and b, and NaN where one is.
public struct Minimum: BinaryLayer {
  /// A minimum.
  public init() {}
  /// `Minimum`, in Keras' terms.
  public var kind: String { "Minimum" }
  /// a or b.
  public func value(_ a: Float, _ b: Float) -> Float { a <= b || a.isNaN ? a : b }
  /// 1 for what is taken, the first of equals, and 0 for the other.
  public func slopes(_ a: Float, _ b: Float, _ y: Float) -> (a: Float, b: Float) {
    a <= b || a.isNaN ? (1, 0) : (0, 1)
  }
}

/// The larger of a and b, and NaN where one is.
public struct Maximum: BinaryLayer {
  /// A maximum.
  public init() {}
  /// `Maximum`, in Keras' terms.
  public var kind: String { "Maximum" }
  /// a or b.
  public func value(_ a: Float, _ b: Float) -> Float { a >= b || a.isNaN ? a : b }
  /// 1 for what is taken, the first of equals, and 0 for the other.
  public func slopes(_ a: Float, _ b: Float, _ y: Float) -> (a: Float, b: Float) {
    a >= b || a.isNaN ? (1, 0) : (0, 1)
  }
}

/// x above zero, slope·x below, with a slope for each channel or element as its second input.
///
/// He, Zhang, Ren & Sun 2015.
public struct PReLU: BinaryLayer {
  /// A rectifier whose leak is trained.
  public init() {}
  /// `PReLU`, in Keras' terms.
  public var kind: String { "PReLU" }
  /// x or slope·x.
  public func value(_ x: Float, _ slope: Float) -> Float { x < 0 ? slope * x : x }
  /// 1 or the slope, and 0 or x.
  public func slopes(_ x: Float, _ slope: Float, _ y: Float) -> (a: Float, b: Float) {
    x > 0 ? (1, 0) : (slope, x)
  }
}
