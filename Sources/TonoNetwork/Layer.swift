import TonoCore

/// One operation of a network: a value with frozen weights, forward and backward side by side.
///
/// Tensors carry a batch axis `N` in front; shapes and regions describe one sample and leave it
/// out. Every sample of a batch is computed alone, by the same instructions in the same order, so
/// that its result does not depend on its companions.
public protocol Layer: Sendable {
  /// The name of the kind of layer, in Keras' terms: `Conv2D`, `MaxPooling2D`.
  var kind: String { get }

  /// How many trained numbers the layer holds.
  var parameterCount: Int { get }

  /// The shape of one sample of the output.
  ///
  /// - Throws: `ShapeError` if the layer cannot take inputs of these shapes.
  func outputShape(_ inputs: [Shape]) throws -> Shape

  /// The output for a batch of inputs, each `[N] + input shape`.
  func forward(_ inputs: [Tensor]) -> Tensor

  /// The gradient with respect to each input, given the one with respect to the output.
  ///
  /// `inputs` and `output` are those of the forward pass.
  func backward(_ dOutput: Tensor, inputs: [Tensor], output: Tensor) -> [Tensor]

  /// The cells of each input that cells of the output look at: a bounding box.
  func inputRegions(of output: Region, inputs: [Shape]) -> [Region]

  // MARK: - What the layer is; see the defaults

  /// What the layer does, as far as others must know.
  var role: LayerRole { get }

  /// Whether it is a mere passage: where all that its cells are made of is at zero and has no gradient,
  /// neither have they, and once one of those wakes up, so do they.
  var handsZerosOn: Bool { get }

  /// Whether it is a gate: where its input is in a flat part of it, such as a ReLU's below zero, no
  /// gradient comes through, or one that rounds to zero.
  var canSleep: Bool { get }

  /// Where it has next to no slope to climb, if anywhere that is worth telling.
  var flatPart: FlatPart? { get }

  /// What its input was like in training, if it keeps that.
  var trainedStatistics: TrainedStatistics? { get }

  /// About how many multiplications or comparisons one cell of the output takes, for inputs of these
  /// shapes.
  func workPerCell(_ inputs: [Shape]) -> Int
}

extension Layer {
  /// No trained numbers, unless the layer says otherwise.
  public var parameterCount: Int { 0 }
}

/// A layer with exactly one input.
public protocol UnaryLayer: Layer {
  /// The shape of one sample of the output.
  ///
  /// - Throws: `ShapeError` if the layer cannot take an input of this shape.
  func outputShape(_ input: Shape) throws -> Shape

  /// The output for a batch `[N] + input shape`.
  func forward(_ input: Tensor) -> Tensor

  /// The gradient with respect to the input, given the one with respect to the output.
  func backward(_ dOutput: Tensor, input: Tensor, output: Tensor) -> Tensor

  /// The cells of the input that cells of the output look at: a bounding box.
  func inputRegion(of output: Region, input: Shape) -> Region
}

extension UnaryLayer {
  /// The shape of one sample of the output.
  ///
  /// - Throws: `ShapeError` if there is not exactly one input, or the layer cannot take it.
  public func outputShape(_ inputs: [Shape]) throws -> Shape {
    guard inputs.count == 1 else {
      throw ShapeError("\(kind) takes one input, got \(inputs.count)")
    }
    return try outputShape(inputs[0])
  }

  /// The output for the only input, a batch `[N] + input shape`.
  public func forward(_ inputs: [Tensor]) -> Tensor { forward(inputs[0]) }

  /// The gradient with respect to the only input.
  public func backward(_ dOutput: Tensor, inputs: [Tensor], output: Tensor) -> [Tensor] {
    [backward(dOutput, input: inputs[0], output: output)]
  }

  /// The cells of the only input that cells of the output look at.
  public func inputRegions(of output: Region, inputs: [Shape]) -> [Region] {
    [inputRegion(of: output, input: inputs[0])]
  }
}
