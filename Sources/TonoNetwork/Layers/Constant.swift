import TonoCore

/// The same numbers for every sample, whatever it reads: an output that depends on no input.
public struct Constant: Layer {
  /// The numbers of one sample.
  public let value: Tensor

  /// A layer that gives `value`; it may read an input, so as to know how many samples there are.
  public init(_ value: Tensor) { self.value = value }

  /// `Constant`.
  public var kind: String { "Constant" }

  /// It reads nothing.
  public var role: LayerRole { .constant }

  /// The numbers.
  public var parameterCount: Int { value.count }

  /// The value's shape.
  public func outputShape(_ inputs: [Shape]) throws -> Shape { value.shape }

  /// The value for each sample; once if nothing is read.
  public func forward(_ inputs: [Tensor]) -> Tensor {
    Tensor(batch: Array(repeating: value, count: inputs.first?.shape[0] ?? 1))
  }

  /// Zeros.
  public func backward(_ dOutput: Tensor, inputs: [Tensor], output: Tensor) -> [Tensor] {
    inputs.map { Tensor(shape: $0.shape) }
  }

  /// No cells.
  public func inputRegions(of output: Region, inputs: [Shape]) -> [Region] {
    inputs.map { Region($0.extents.map { _ in 0..<0 }) }
  }
}
