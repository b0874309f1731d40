/// Dropout, which only acts in training: here it hands its input on.
public struct Dropout: UnaryLayer {
  /// The share of elements that training drops.
  public let rate: Float

  /// A layer that drops a share `rate` of elements in training, and none here.
  public init(rate: Float) { self.rate = rate }

  /// `Dropout`, in Keras' terms.
  public var kind: String { "Dropout" }
  /// The input's own shape.
  public func outputShape(_ input: Shape) throws -> Shape { input }
  /// The input.
  public func forward(_ input: Tensor) -> Tensor { input }
  /// The gradient.
  public func backward(_ dOutput: Tensor, input: Tensor, output: Tensor) -> Tensor { dOutput }
  /// The same cells.
  public func inputRegion(of output: Region, input: Shape) -> Region { output }
}
