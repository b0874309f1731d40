#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A layer that maps every element by the same function: y = f(x).
public protocol Activation: UnaryLayer {
  /// f(x).
  func value(_ x: Float) -> Float

  /// f′(x), where y = f(x).
  func slope(_ x: Float, _ y: Float) -> Float
}

extension Activation {
  /// The input's own shape.
  public func outputShape(_ input: Shape) throws -> Shape { input }

  /// f of every element.
  public func forward(_ input: Tensor) -> Tensor {
    let count = input.count
    return Tensor(shape: input.shape) { output in
      input.withPointer { input in
        for index in 0..<count { output[index] = value(input[index]) }
      }
    }
  }

  /// f′ of every element times the gradient that reaches it.
  public func backward(_ dOutput: Tensor, input: Tensor, output: Tensor) -> Tensor {
    let count = input.count
    return Tensor(shape: input.shape) { dInput in
      dOutput.withPointer { dOutput in
        input.withPointer { input in
          output.withPointer { output in
            for index in 0..<count {
              dInput[index] = dOutput[index] * slope(input[index], output[index])
            }
          }
        }
      }
    }
  }

  /// The same cells.
  public func inputRegion(of output: Region, input: Shape) -> Region { output }
}

/// max(x, 0); the slope at 0 is 0, as in TensorFlow and PyTorch.
public struct ReLU: Activation {
  /// A rectifier.
  public init() {}
  /// `ReLU`, in Keras' terms.
  public var kind: String { "ReLU" }
  /// max(x, 0), and NaN where x is.
  public func value(_ x: Float) -> Float { x < 0 ? 0 : x }
  /// 1 above zero, else 0.
  public func slope(_ x: Float, _ y: Float) -> Float { x > 0 ? 1 : 0 }
}

/// x above zero, `negativeSlope`·x below.
public struct LeakyReLU: Activation {
  /// The slope below zero.
  public let negativeSlope: Float
  /// A rectifier that leaks with `slope` below zero.
  public init(slope negativeSlope: Float) { self.negativeSlope = negativeSlope }
  /// `LeakyReLU`, in Keras' terms.
  public var kind: String { "LeakyReLU" }
  /// x or `negativeSlope`·x.
  public func value(_ x: Float) -> Float { x < 0 ? negativeSlope * x : x }
  /// 1 above zero, else `negativeSlope`.
  public func slope(_ x: Float, _ y: Float) -> Float { x > 0 ? 1 : negativeSlope }
}

/// x above zero, alpha·(eˣ − 1) below.
public struct ELU: Activation {
  /// Minus the value far below zero.
  public let alpha: Float
  /// An exponential linear unit that tends to −`alpha`.
  public init(alpha: Float) { self.alpha = alpha }
  /// `ELU`, in Keras' terms.
  public var kind: String { "ELU" }
  /// x or alpha·(eˣ − 1).
  public func value(_ x: Float) -> Float { x < 0 ? alpha * expm1f(x) : x }
  /// 1 above zero, else alpha·eˣ = y + alpha.
  public func slope(_ x: Float, _ y: Float) -> Float { x > 0 ? 1 : y + alpha }
}

/// 1 ÷ (1 + e⁻ˣ).
public struct Sigmoid: Activation {
  /// A logistic function.
  public init() {}
  /// `Sigmoid`.
  public var kind: String { "Sigmoid" }
  /// 1 ÷ (1 + e⁻ˣ).
  public func value(_ x: Float) -> Float { 1 / (1 + expf(-x)) }
  /// y·(1 − y).
  public func slope(_ x: Float, _ y: Float) -> Float { y * (1 - y) }
}

/// The hyperbolic tangent.
public struct Tanh: Activation {
  /// A hyperbolic tangent.
  public init() {}
  /// `Tanh`.
  public var kind: String { "Tanh" }
  /// tanh x.
  public func value(_ x: Float) -> Float { tanhf(x) }
  /// 1 − y².
  public func slope(_ x: Float, _ y: Float) -> Float { 1 - y * y }
}
