#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// scale·x + shift, with one pair of numbers for all elements.
public struct Affine: Activation {
  /// What x is multiplied by.
  public let scale: Float
  /// What is added to it.
  public let shift: Float
  /// A straight line.
  public init(scale: Float = 1, shift: Float = 0) {
    self.scale = scale
    self.shift = shift
  }
  /// `Affine`.
  public var kind: String { "Affine" }
  /// scale·x + shift.
  public func value(_ x: Float) -> Float { scale * x + shift }
  /// The scale.
  public func slope(_ x: Float, _ y: Float) -> Float { scale }
}

/// x raised to a constant power.
public struct ConstantPower: Activation {
  /// The exponent.
  public let exponent: Float
  /// A power of this exponent.
  public init(exponent: Float) { self.exponent = exponent }
  /// `Power`.
  public var kind: String { "Power" }
  /// x to the exponent; NaN for a negative x and a fraction.
  public func value(_ x: Float) -> Float { exponent == 2 ? x * x : powf(x, exponent) }
  /// exponent·x to the exponent − 1.
  public func slope(_ x: Float, _ y: Float) -> Float {
    exponent == 0 ? 0 : exponent * (exponent == 2 ? x : powf(x, exponent - 1))
  }
}

/// √x.
public struct SquareRoot: Activation {
  /// A square root.
  public init() {}
  /// `SquareRoot`.
  public var kind: String { "SquareRoot" }
  /// √x.
  public func value(_ x: Float) -> Float { x.squareRoot() }
  /// 1 ÷ (2·√x).
  public func slope(_ x: Float, _ y: Float) -> Float { 0.5 / y }
}

/// ln x.
public struct Logarithm: Activation {
  /// A natural logarithm.
  public init() {}
  /// `Logarithm`.
  public var kind: String { "Logarithm" }
  /// ln x.
  public func value(_ x: Float) -> Float { logf(x) }
  /// 1 ÷ x.
  public func slope(_ x: Float, _ y: Float) -> Float { 1 / x }
}

/// |x|.
public struct AbsoluteValue: Activation {
  /// An absolute value.
  public init() {}
  /// `AbsoluteValue`.
  public var kind: String { "AbsoluteValue" }
  /// |x|.
  public func value(_ x: Float) -> Float { abs(x) }
  /// The sign of x; 0 at 0, as in PyTorch.
  public func slope(_ x: Float, _ y: Float) -> Float { x > 0 ? 1 : x < 0 ? -1 : 0 }
}

/// 1 ÷ x.
public struct Reciprocal: Activation {
  /// A reciprocal.
  public init() {}
  /// `Reciprocal`.
  public var kind: String { "Reciprocal" }
  /// 1 ÷ x.
  public func value(_ x: Float) -> Float { 1 / x }
  /// −1 ÷ x².
  public func slope(_ x: Float, _ y: Float) -> Float { -y * y }
}

/// The Gaussian error function, of which exporters make GELU.
public struct ErrorFunction: Activation {
  /// An error function.
  public init() {}
  /// `ErrorFunction`.
  public var kind: String { "ErrorFunction" }
  /// Its ends.
  public var flatPart: FlatPart? { .of(self, .saturated, steepestAt: 0) }
  /// erf x.
  public func value(_ x: Float) -> Float { erff(x) }
  /// 2 ÷ √π · e to the −x².
  public func slope(_ x: Float, _ y: Float) -> Float {
    2 / Float.pi.squareRoot() * expf(-x * x)
  }
}

/// x kept between two bounds.
public struct Clip: Activation {
  /// The least that passes.
  public let minimum: Float
  /// The most that passes, which wins over the least.
  public let maximum: Float
  /// A clip to these bounds; none by default.
  public init(minimum: Float = -.infinity, maximum: Float = .infinity) {
    self.minimum = minimum
    self.maximum = maximum
  }
  /// `Clip`.
  public var kind: String { "Clip" }
  /// Its bounds; a clip to 0 and more is a rectifier, with a maximum or without.
  public var flatPart: FlatPart? { .of(self, minimum == 0 ? .zero : .saturated) }
  /// x or a bound; NaN where x is.
  public func value(_ x: Float) -> Float {
    let raised = x < minimum ? minimum : x
    return raised > maximum ? maximum : raised
  }
  /// 1 between the bounds, else 0.
  public func slope(_ x: Float, _ y: Float) -> Float { x >= minimum && x <= maximum ? 1 : 0 }
}
