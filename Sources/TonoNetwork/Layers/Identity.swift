/// The input itself: what files call an identity, or a cast between kinds of floating-point numbers.
public struct Identity: Activation {
  /// A layer that hands its input on.
  public init() {}
  /// `Identity`.
  public var kind: String { "Identity" }
  /// Its input.
  public var role: LayerRole { .view }
  /// x.
  public func value(_ x: Float) -> Float { x }
  /// 1.
  public func slope(_ x: Float, _ y: Float) -> Float { 1 }
}
