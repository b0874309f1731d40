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

/// x ÷ 5 + 1 ÷ 2 between 0 and 1: the straight line that Keras 2 has for a sigmoid.
///
/// Keras 3 and PyTorch divide by 6 instead.
public struct HardSigmoid: Activation {
  /// A sigmoid of straight lines.
  public init() {}
  /// `HardSigmoid`.
  public var kind: String { "HardSigmoid" }
  /// x ÷ 5 + 1 ÷ 2, kept between 0 and 1.
  public func value(_ x: Float) -> Float { x < -2.5 ? 0 : x > 2.5 ? 1 : 0.2 * x + 0.5 }
  /// 1 ÷ 5 between the ends, else 0.
  public func slope(_ x: Float, _ y: Float) -> Float { abs(x) < 2.5 ? 0.2 : 0 }
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
