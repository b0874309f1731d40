import TonoCore

/// Each channel's map brought to zero mean and unit variance, then scaled and shifted:
/// y = gamma·(x − mean) ÷ √(variance + epsilon) + beta, with the statistics of the map itself.
///
/// Source: Ulyanov, Vedaldi & Lempitsky, "Instance Normalization", 2016.
public struct InstanceNormalization: UnaryLayer {
  /// The trained factor per channel.
  public let gamma: [Float]
  /// The trained summand per channel.
  public let beta: [Float]
  /// What is added to the variance, so that it is never zero.
  public let epsilon: Float

  /// A normalization of maps with one gamma and beta for each channel.
  public init(gamma: [Float], beta: [Float], epsilon: Float) {
    precondition(gamma.count == beta.count, "one number per channel in each array")
    self.gamma = gamma
    self.beta = beta
    self.epsilon = epsilon
  }

  /// `InstanceNormalization`.
  public var kind: String { "InstanceNormalization" }

  /// Each map by its own statistics.
  public var role: LayerRole { .normalization }

  /// gamma and beta.
  public var parameterCount: Int { gamma.count + beta.count }

  /// The input's own shape, `[C, …]`.
  public func outputShape(_ input: Shape) throws -> Shape {
    guard input.rank > 1, input[0] == gamma.count else {
      throw ShapeError("\(kind) expects maps of \(gamma.count) channels, got \(input)")
    }
    return input
  }

  /// The normalized batch.
  public func forward(_ input: Tensor) -> Tensor {
    input.standardized(runs: input.mapCells, epsilon: epsilon)
      .affine(scale: gamma.map(Double.init), shift: beta.map(Double.init))
  }

  /// The gradient, through the statistics too.
  public func backward(_ dOutput: Tensor, input: Tensor, output: Tensor) -> Tensor {
    dOutput.affine(scale: gamma.map(Double.init), shift: nil)
      .throughStandardization(of: input, runs: input.mapCells, epsilon: epsilon)
  }

  /// The whole maps of the channels.
  public func inputRegion(of output: Region, input: Shape) -> Region {
    output.isEmpty
      ? output : Region([output.ranges[0]] + input.extents.dropFirst().map { 0..<$0 })
  }
}

/// The elements along the last axes brought to zero mean and unit variance, then each scaled and
/// shifted by a number of its own.
///
/// Source: Ba, Kiros & Hinton, "Layer Normalization", 2016.
public struct LayerNormalization: UnaryLayer {
  /// The trained factors, in the shape of the axes that are normalized.
  public let gamma: Tensor
  /// The trained summands in the same shape.
  public let beta: Tensor
  /// What is added to the variance, so that it is never zero.
  public let epsilon: Float

  /// A normalization along as many of the last axes as gamma and beta have.
  public init(gamma: Tensor, beta: Tensor, epsilon: Float) {
    precondition(gamma.shape == beta.shape, "gamma and beta are of one shape")
    self.gamma = gamma
    self.beta = beta
    self.epsilon = epsilon
  }

  /// `LayerNormalization`, in Keras' terms.
  public var kind: String { "LayerNormalization" }

  /// Each run of elements by its own statistics.
  public var role: LayerRole { .normalization }

  /// gamma and beta.
  public var parameterCount: Int { 2 * gamma.count }

  /// The input's own shape.
  public func outputShape(_ input: Shape) throws -> Shape {
    guard input.extents.suffix(gamma.shape.rank).elementsEqual(gamma.shape.extents) else {
      throw ShapeError("\(kind) over \(gamma.shape) does not fit a sample of shape \(input)")
    }
    return input
  }

  /// The normalized batch.
  public func forward(_ input: Tensor) -> Tensor {
    var output = input.standardized(runs: gamma.count, epsilon: epsilon)
    for index in output.values.indices {
      let place = index % gamma.count
      output.values[index] = gamma.values[place] * output.values[index] + beta.values[place]
    }
    return output
  }

  /// The gradient, through the statistics too.
  public func backward(_ dOutput: Tensor, input: Tensor, output: Tensor) -> Tensor {
    var scaled = dOutput
    for index in scaled.values.indices { scaled.values[index] *= gamma.values[index % gamma.count] }
    return scaled.throughStandardization(of: input, runs: gamma.count, epsilon: epsilon)
  }

  /// The whole of the axes that are normalized.
  public func inputRegion(of output: Region, input: Shape) -> Region {
    if output.isEmpty { return output }
    let first = input.rank - gamma.shape.rank
    return Region(input.extents.indices.map { $0 < first ? output.ranges[$0] : 0..<input[$0] })
  }
}
