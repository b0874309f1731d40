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
  /// Its ends.
  public var flatPart: FlatPart? { .of(self, .saturated, steepestAt: 0) }
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
  /// Its ends.
  public var flatPart: FlatPart? { .of(self, .saturated, steepestAt: 0) }
  /// tanh x.
  public func value(_ x: Float) -> Float { tanhf(x) }
  /// 1 − y².
  public func slope(_ x: Float, _ y: Float) -> Float { 1 - y * y }
}

/// scale·x + shift between 0 and 1: a straight line for a sigmoid.
///
/// Keras 2 has x ÷ 5 + 1 ÷ 2, which is the default here and in ONNX; Keras 3 and PyTorch divide by 6
/// instead.
public struct HardSigmoid: Activation {
  /// The slope between 0 and 1.
  public let scale: Float
  /// The value at 0.
  public let shift: Float
  /// A sigmoid of straight lines.
  public init(scale: Float = 0.2, shift: Float = 0.5) {
    self.scale = scale
    self.shift = shift
  }
  /// `HardSigmoid`.
  public var kind: String { "HardSigmoid" }
  /// Its ends.
  public var flatPart: FlatPart? {
    scale == 0 ? nil : .of(self, .saturated, steepestAt: (0.5 - shift) / scale)
  }
  /// scale·x + shift, kept between 0 and 1.
  public func value(_ x: Float) -> Float {
    let y = scale * x + shift
    return y < 0 ? 0 : y > 1 ? 1 : y
  }
  /// The scale between the ends, else 0.
  public func slope(_ x: Float, _ y: Float) -> Float { y > 0 && y < 1 ? scale : 0 }
}

/// x times a straight line for its sigmoid: x·max(0, min(1, x ÷ 6 + 1 ÷ 2)).
///
/// Howard et al., "Searching for MobileNetV3", 2019.
public struct HardSwish: Activation {
  /// A swish of straight lines.
  public init() {}
  /// `HardSwish`.
  public var kind: String { "HardSwish" }
  /// x times its hard sigmoid.
  public func value(_ x: Float) -> Float { x * gate.value(x) }
  /// The hard sigmoid, and x ÷ 6 between its ends.
  public func slope(_ x: Float, _ y: Float) -> Float {
    let g = gate.value(x)
    return g + x * gate.slope(x, g)
  }
  private var gate: HardSigmoid { HardSigmoid(scale: 1 / 6) }
}

/// x ÷ (1 + |x|).
public struct Softsign: Activation {
  /// A sigmoid that nears ±1 as slowly as 1 ÷ x falls.
  public init() {}
  /// `Softsign`.
  public var kind: String { "Softsign" }
  /// Its ends.
  public var flatPart: FlatPart? { .of(self, .saturated, steepestAt: 0) }
  /// x ÷ (1 + |x|).
  public func value(_ x: Float) -> Float { x / (1 + abs(x)) }
  /// 1 ÷ (1 + |x|)².
  public func slope(_ x: Float, _ y: Float) -> Float { 1 / ((1 + abs(x)) * (1 + abs(x))) }
}

/// 1 ÷ (1 + e⁻ˣ).
func logistic(_ x: Float) -> Float { 1 / (1 + expf(-x)) }
