import TonoCore

/// Batch normalization with frozen statistics: y = gamma·(x − mean) ÷ √(variance + epsilon) + beta,
/// one set of numbers per channel (the outermost axis of a sample).
///
/// Source: Ioffe & Szegedy, "Batch Normalization", 2015, algorithm 2 (inference).
public struct BatchNormalization: UnaryLayer {
  /// The trained factor per channel.
  public let gamma: [Float]
  /// The trained summand per channel.
  public let beta: [Float]
  /// The mean that each channel had in training.
  public let mean: [Float]
  /// The variance that each channel had in training.
  public let variance: [Float]
  /// What is added to the variance, so that it is never zero.
  public let epsilon: Float
  /// gamma ÷ √(variance + epsilon), per channel.
  public let scale: [Double]
  /// beta − mean·scale, per channel.
  ///
  /// Both are in double precision, and so is the sum: a shift much larger than the result would
  /// round cells of a map together, and a later max-pool could not tell them apart.
  public let shift: [Double]

  /// A normalization with these statistics, one number per channel in each array.
  public init(
    gamma: [Float], beta: [Float], mean: [Float], variance: [Float], epsilon: Float
  ) {
    precondition(
      [gamma.count, beta.count, variance.count].allSatisfy { $0 == mean.count },
      "one number per channel in each array")
    (self.gamma, self.beta, self.mean, self.variance) = (gamma, beta, mean, variance)
    self.epsilon = epsilon
    let scale = zip(gamma, variance).map { gamma, variance in
      Double(gamma) / (Double(variance) + Double(epsilon)).squareRoot()
    }
    shift = mean.indices.map { Double(beta[$0]) - Double(mean[$0]) * scale[$0] }
    self.scale = scale
  }

  /// `BatchNormalization`, in Keras' terms.
  public var kind: String { "BatchNormalization" }

  /// Each channel by its own statistics.
  public var role: LayerRole { .normalization }

  /// Its mean and variance.
  ///
  /// None with an epsilon of zero: ONNX' sums and products with a number for each channel become such
  /// normalizations.
  public var trainedStatistics: TrainedStatistics? {
    guard epsilon > 0 else { return nil }
    return TrainedStatistics(
      channels: ChannelStatistics(mean: mean.map(Double.init), variance: variance.map(Double.init)),
      epsilon: Double(epsilon))
  }

  /// The numbers as they stand in the file: gamma, beta, mean, variance.
  public var parameterCount: Int { 4 * mean.count }

  /// The input's own shape.
  public func outputShape(_ input: Shape) throws -> Shape {
    guard input.rank > 0, input[0] == scale.count else {
      throw ShapeError("BatchNormalization expects \(scale.count) channels, got \(input)")
    }
    return input
  }

  /// scale·x + shift.
  public func forward(_ input: Tensor) -> Tensor { input.affine(scale: scale, shift: shift) }

  /// scale·dy.
  public func backward(_ dOutput: Tensor, input: Tensor, output: Tensor) -> Tensor {
    dOutput.affine(scale: scale, shift: nil)
  }

  /// The same cells.
  public func inputRegion(of output: Region, input: Shape) -> Region { output }
}

extension BatchNormalization: TrainableLayer {
  /// `gamma` and `beta`; the statistics are observed, not trained.
  public var parameters: [String: Tensor] {
    [
      "gamma": Tensor(shape: [gamma.count], values: gamma),
      "beta": Tensor(shape: [beta.count], values: beta),
    ]
  }

  /// Σ dy·(x − mean) ÷ √(variance + epsilon) and Σ dy, with the statistics frozen.
  public func parameterGradients(
    _ dOutput: Tensor, inputs: [Tensor], output: Tensor
  ) -> [String: Tensor] {
    let frozen = ChannelStatistics(mean: mean.map(Double.init), variance: variance.map(Double.init))
    return sums(dOutput, input: inputs[0], under: frozen).parameterGradients
  }

  /// The same normalization with another gamma or beta.
  public func replacing(_ parameters: [String: Tensor]) -> BatchNormalization {
    BatchNormalization(
      gamma: parameters["gamma"]?.values ?? gamma, beta: parameters["beta"]?.values ?? beta,
      mean: mean, variance: variance, epsilon: epsilon)
  }
}
