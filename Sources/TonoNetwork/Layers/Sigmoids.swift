#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// 1 ÷ (1 + e⁻ˣ).
public struct Sigmoid: Activation {
  /// A logistic function.
  public init() {}
  /// `Sigmoid`.
  public var kind: String { "Sigmoid" }
  /// 1 ÷ (1 + e⁻ˣ).
  public func value(_ x: Float) -> Float { logistic(x) }
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

/// slope·x + 1 ÷ 2 between 0 and 1: the straight line that some have for a sigmoid.
///
/// Keras 2 has a slope of 1 ÷ 5; Keras 3 and PyTorch have 1 ÷ 6.
public struct HardSigmoid: Activation {
  /// The slope between the ends, which are at ±1 ÷ (2·slope).
  public let slope: Float
  /// A sigmoid of straight lines.
  public init(slope: Float = 0.2) { self.slope = slope }
  /// `HardSigmoid`.
  public var kind: String { "HardSigmoid" }
  /// slope·x + 1 ÷ 2, kept between 0 and 1.
  public func value(_ x: Float) -> Float {
    x < -0.5 / slope ? 0 : x > 0.5 / slope ? 1 : slope * x + 0.5
  }
  /// `slope` between the ends, else 0.
  public func slope(_ x: Float, _ y: Float) -> Float { abs(x) < 0.5 / slope ? slope : 0 }
}

/// x ÷ (1 + |x|).
public struct Softsign: Activation {
  /// A sigmoid that nears ±1 as slowly as 1 ÷ x falls.
  public init() {}
  /// `Softsign`.
  public var kind: String { "Softsign" }
  /// x ÷ (1 + |x|).
  public func value(_ x: Float) -> Float { x / (1 + abs(x)) }
  /// 1 ÷ (1 + |x|)².
  public func slope(_ x: Float, _ y: Float) -> Float { 1 / ((1 + abs(x)) * (1 + abs(x))) }
}

/// 1 ÷ (1 + e⁻ˣ).
func logistic(_ x: Float) -> Float { 1 / (1 + expf(-x)) }
