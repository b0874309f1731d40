import TonoCore

/// A layer some of whose inputs are constants: numbers that stand in the file.
public struct WithConstants: Layer {
  /// The layer.
  public let layer: any Layer
  /// Per place among the layer's inputs one sample, the same for every sample of a batch.
  public let constants: [Int: Tensor]

  /// A layer that finds these constants at their places among its inputs.
  public init(_ layer: any Layer, _ constants: [Int: Tensor]) {
    self.layer = layer
    self.constants = constants
  }

  /// The layer's own.
  public var kind: String { layer.kind }

  /// The layer's own; constants beside the inputs are padding.
  public var role: LayerRole { layer.role == .arrangement ? .padding : layer.role }

  /// As the layer does.
  public var handsZerosOn: Bool { layer.handsZerosOn }

  /// As the layer can.
  public var canSleep: Bool { layer.canSleep }

  /// The layer's own, for the constants too.
  public func workPerCell(_ inputs: [Shape]) -> Int {
    layer.workPerCell(all(inputs) { $0.shape })
  }

  /// The layer's own and the constants.
  public var parameterCount: Int {
    layer.parameterCount + constants.values.reduce(0) { $0 + $1.count }
  }

  /// The layer's output shape.
  public func outputShape(_ inputs: [Shape]) throws -> Shape {
    try layer.outputShape(all(inputs) { $0.shape })
  }

  /// The layer's output.
  public func forward(_ inputs: [Tensor]) -> Tensor { layer.forward(batches(inputs)) }

  /// The layer's gradients but those of the constants.
  public func backward(_ dOutput: Tensor, inputs: [Tensor], output: Tensor) -> [Tensor] {
    given(layer.backward(dOutput, inputs: batches(inputs), output: output))
  }

  /// The layer's regions but those of the constants.
  public func inputRegions(of output: Region, inputs: [Shape]) -> [Region] {
    given(layer.inputRegions(of: output, inputs: all(inputs) { $0.shape }))
  }

  private func batches(_ inputs: [Tensor]) -> [Tensor] {
    let count = inputs.first?.shape[0] ?? 1
    return all(inputs) { constant in
      Tensor(
        shape: constant.shape.batched(count),
        values: count == 1
          ? constant.values : Array(repeatElement(constant.values, count: count).joined()))
    }
  }

  /// What is given and what is constant, in the layer's order.
  private func all<Value>(_ given: [Value], _ constant: (Tensor) -> Value) -> [Value] {
    var rest = given[...]
    return (0..<given.count + constants.count).compactMap { place in
      constants[place].map(constant) ?? rest.popFirst()
    }
  }

  /// What belongs to the inputs that are given.
  private func given<Value>(_ all: [Value]) -> [Value] {
    all.indices.filter { constants[$0] == nil }.map { all[$0] }
  }
}
