import TonoCore

/// Dropout, which only acts in training: in inference it hands its input on.
///
/// Source: Srivastava et al., "Dropout", 2014; as everywhere today, what is kept is scaled up in
/// training, not down in inference.
public struct Dropout: UnaryLayer {
  /// The share of elements that training drops.
  public let rate: Float

  /// A layer that drops a share `rate` of elements in training, and none in inference.
  public init(rate: Float) { self.rate = rate }

  /// `Dropout`, in Keras' terms.
  public var kind: String { "Dropout" }
  /// Its input, in inference.
  public var role: LayerRole { .view }
  /// The input's own shape.
  public func outputShape(_ input: Shape) throws -> Shape { input }
  /// The input.
  public func forward(_ input: Tensor) -> Tensor { input }
  /// The gradient.
  public func backward(_ dOutput: Tensor, input: Tensor, output: Tensor) -> Tensor { dOutput }
  /// The same cells.
  public func inputRegion(of output: Region, input: Shape) -> Region { output }

  /// What training multiplies a batch by, element by element: zero for a share `rate`, drawn one by
  /// one, and 1 ÷ (1 − rate) for the rest.
  public func mask(_ shape: Shape, using random: inout some RandomNumberGenerator) -> Tensor {
    let kept = 1 / (1 - rate)
    return Tensor(
      shape: shape,
      values: (0..<shape.count).map { _ in
        Float.random(in: 0..<1, using: &random) < rate ? 0 : kept
      })
  }
}
