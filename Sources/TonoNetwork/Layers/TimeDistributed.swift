import TonoCore

/// A layer applied to each part of a sample along its outermost axis: `[T] + shape`.
///
/// As Keras' layer of that name; here also for batches that a file has made a part of its samples.
public struct TimeDistributed: Layer {
  /// What is applied to each part.
  public let layer: any Layer

  /// `layer` applied to each part of its inputs.
  public init(_ layer: any Layer) { self.layer = layer }

  /// The layer's own.
  public var kind: String { layer.kind }

  /// The layer's own.
  public var role: LayerRole { layer.role }

  /// As the layer does.
  public var handsZerosOn: Bool { layer.handsZerosOn }

  /// As the layer can.
  public var canSleep: Bool { layer.canSleep }

  /// The layer's own.
  public var flatPart: FlatPart? { layer.flatPart?.ofParts }

  /// The layer's own for a part.
  public func workPerCell(_ inputs: [Shape]) -> Int { layer.workPerCell(inputs.map(\.sample)) }

  /// The layer's own: its weights are shared by all parts.
  public var parameterCount: Int { layer.parameterCount }

  /// The parts' outputs, one after another.
  public func outputShape(_ inputs: [Shape]) throws -> Shape {
    guard let first = inputs.first, first.rank > 0,
      inputs.allSatisfy({ $0.rank > 0 && $0[0] == first[0] })
    else { throw ShapeError("\(kind) expects inputs of as many parts, got \(inputs)") }
    return try layer.outputShape(inputs.map(\.sample)).batched(first[0])
  }

  /// The layer's outputs.
  public func forward(_ inputs: [Tensor]) -> Tensor {
    layer.forward(inputs.map(\.parts)).gathered(inputs[0].shape[1])
  }

  /// The layer's gradients.
  public func backward(_ dOutput: Tensor, inputs: [Tensor], output: Tensor) -> [Tensor] {
    layer.backward(dOutput.parts, inputs: inputs.map(\.parts), output: output.parts).map {
      $0.gathered(inputs[0].shape[1])
    }
  }

  /// The layer's regions in the same parts.
  public func inputRegions(of output: Region, inputs: [Shape]) -> [Region] {
    layer.inputRegions(
      of: Region(Array(output.ranges.dropFirst())), inputs: inputs.map(\.sample)
    ).map { Region([output.ranges[0]] + $0.ranges) }
  }
}
