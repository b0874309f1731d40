#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// ln(1 + eˣ).
public struct Softplus: Activation {
  /// A smooth rectifier that is positive everywhere.
  public init() {}
  /// `Softplus`.
  public var kind: String { "Softplus" }
  /// ln(1 + eˣ), so written that eˣ does not overflow.
  public func value(_ x: Float) -> Float { softplus(x) }
  /// 1 ÷ (1 + e⁻ˣ).
  public func slope(_ x: Float, _ y: Float) -> Float { logistic(x) }
}

/// x ÷ (1 + e⁻ˣ), also called SiLU.
///
/// Ramachandran, Zoph & Le 2017.
public struct Swish: Activation {
  /// x times its own sigmoid.
  public init() {}
  /// `Swish`.
  public var kind: String { "Swish" }
  /// x·σ(x).
  public func value(_ x: Float) -> Float { x * logistic(x) }
  /// σ(x) + x·σ′(x) = σ + y·(1 − σ).
  public func slope(_ x: Float, _ y: Float) -> Float {
    let sigmoid = logistic(x)
    return sigmoid + y * (1 - sigmoid)
  }
}

/// x·Φ(x), Φ being the standard normal distribution.
///
/// Hendrycks & Gimpel 2016, without their approximation by tanh.
public struct GELU: Activation {
  /// A Gaussian error linear unit.
  public init() {}
  /// `GELU`.
  public var kind: String { "GELU" }
  /// x·Φ(x).
  public func value(_ x: Float) -> Float { x * distribution(x) }
  /// Φ(x) + x·φ(x), φ being the normal density.
  public func slope(_ x: Float, _ y: Float) -> Float {
    distribution(x) + x * expf(-x * x / 2) / (2 * Float.pi).squareRoot()
  }
  /// Φ(x).
  private func distribution(_ x: Float) -> Float { erfcf(-x * Float(0.5).squareRoot()) / 2 }
}

/// x·tanh(ln(1 + eˣ)).
///
/// Misra 2019.
public struct Mish: Activation {
  /// x times the hyperbolic tangent of its softplus.
  public init() {}
  /// `Mish`.
  public var kind: String { "Mish" }
  /// x·tanh(softplus x).
  public func value(_ x: Float) -> Float { x * tanhf(softplus(x)) }
  /// t + x·(1 − t²)·σ(x), where t = tanh(softplus x).
  public func slope(_ x: Float, _ y: Float) -> Float {
    let gate = tanhf(softplus(x))
    return gate + x * (1 - gate * gate) * logistic(x)
  }
}

/// eˣ.
public struct Exponential: Activation {
  /// An exponential function.
  public init() {}
  /// `Exponential`.
  public var kind: String { "Exponential" }
  /// eˣ.
  public func value(_ x: Float) -> Float { expf(x) }
  /// y itself.
  public func slope(_ x: Float, _ y: Float) -> Float { y }
}

/// ln(1 + eˣ).
private func softplus(_ x: Float) -> Float { max(x, 0) + log1pf(expf(-abs(x))) }
