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

/// Hendrycks & Gimpel's own approximation of ``GELU`` by a hyperbolic tangent.
public struct ApproximateGELU: Activation {
  /// A Gaussian error linear unit by tanh.
  public init() {}
  /// `GELU`.
  public var kind: String { "GELU" }
  /// x÷2·(1 + tanh(√(2÷π)·(x + 0.044715·x³))).
  public func value(_ x: Float) -> Float { x / 2 * (1 + tanhf(inner(x))) }
  /// (1 + t)÷2 + x÷2·(1 − t²)·√(2÷π)·(1 + 3·0.044715·x²).
  public func slope(_ x: Float, _ y: Float) -> Float {
    // Far from zero tanh is ±1 to the last bit, while the square overflows.
    if abs(x) > 20 { return x > 0 ? 1 : 0 }
    let t = tanhf(inner(x))
    return (1 + t) / 2 + x / 2 * (1 - t * t) * factor * (1 + 3 * 0.044_715 * x * x)
  }
  private var factor: Float { (2 / Float.pi).squareRoot() }
  private func inner(_ x: Float) -> Float { factor * (x + 0.044_715 * x * x * x) }
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
