#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// max(x, 0), or a variant of it: with another slope below, a threshold, or a maximum.
///
/// As Keras defines it, x above `threshold`, but no more than `maximum`, and
/// `negativeSlope`·(x − threshold) below. The slope at the threshold and at the maximum is that of
/// the flat side, as in TensorFlow and PyTorch.
public struct ReLU: Activation {
  /// The slope below the threshold.
  public let negativeSlope: Float
  /// Where x begins to pass.
  public let threshold: Float
  /// The most that passes.
  public let maximum: Float
  /// A rectifier; ReLU6 is the one of maximum 6.
  public init(negativeSlope: Float = 0, threshold: Float = 0, maximum: Float = .infinity) {
    self.negativeSlope = negativeSlope
    self.threshold = threshold
    self.maximum = maximum
  }
  /// `ReLU`, in Keras' terms.
  public var kind: String { "ReLU" }
  /// Below the threshold, unless it leaks, and from the maximum on.
  public var flatPart: FlatPart? { negativeSlope == 0 ? .of(self, .zero) : nil }
  /// x, `maximum` or `negativeSlope`·(x − threshold), and NaN where x is.
  public func value(_ x: Float) -> Float {
    if x > threshold { return min(x, maximum) }
    return negativeSlope == 0 && x <= threshold ? 0 : negativeSlope * (x - threshold)
  }
  /// `negativeSlope` up to the threshold, 1 above, 0 from the maximum on.
  public func slope(_ x: Float, _ y: Float) -> Float {
    x > threshold ? (x < maximum ? 1 : 0) : negativeSlope
  }
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

/// An ELU whose scale and alpha keep zero mean and unit variance.
///
/// Klambauer, Unterthiner, Mayr & Hochreiter 2017.
public struct SELU: Activation {
  /// The slope above zero.
  public let scale: Float
  /// Minus the value far below zero, over the scale.
  public let alpha: Float
  /// A scaled exponential linear unit, with the paper's numbers unless a file has others.
  public init(alpha: Float = 1.673_263_242_354_377_2, scale: Float = 1.050_700_987_355_480_5) {
    self.alpha = alpha
    self.scale = scale
  }
  /// `SELU`.
  public var kind: String { "SELU" }
  /// scale·x, or scale·alpha·(eˣ − 1) below zero.
  public func value(_ x: Float) -> Float { scale * (x < 0 ? alpha * expm1f(x) : x) }
  /// scale above zero, else scale·alpha·eˣ = y + scale·alpha.
  public func slope(_ x: Float, _ y: Float) -> Float { x > 0 ? scale : y + scale * alpha }
}

/// x above zero, alpha·(e^(x÷alpha) − 1) below: an ELU whose slope is continuous for any alpha.
///
/// Barron 2017.
public struct CELU: Activation {
  /// Minus the value far below zero.
  public let alpha: Float
  /// A continuously differentiable exponential linear unit; alpha is not 0.
  public init(alpha: Float) { self.alpha = alpha }
  /// `CELU`.
  public var kind: String { "CELU" }
  /// x or alpha·(e^(x÷alpha) − 1).
  public func value(_ x: Float) -> Float { x < 0 ? alpha * expm1f(x / alpha) : x }
  /// 1 above zero, else e^(x÷alpha).
  public func slope(_ x: Float, _ y: Float) -> Float { x > 0 ? 1 : expf(x / alpha) }
}
