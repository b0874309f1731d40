import TonoCore

/// A layer that works otherwise in training than in inference: by the batch as a whole, or by chance.
public protocol TrainingModeLayer: UnaryLayer {
  /// What is drawn for a batch `[N] + shape` before it runs, if anything.
  func draw(_ batch: Shape, using random: inout some RandomNumberGenerator) -> Tensor?

  /// The output for a batch `[N] + shape`, given what was drawn for it; what is found in the batch is
  /// added to the conditions.
  func forward(_ input: Tensor, under conditions: inout BatchConditions) -> Tensor

  /// The gradients with respect to the input and to the parameters, under the conditions that the
  /// forward pass left.
  func backward(
    _ dOutput: Tensor, input: Tensor, under conditions: BatchConditions
  ) -> (dInput: Tensor, parameterGradients: [String: Tensor])

  /// The same layer with what it keeps of training moved towards a batch's; `momentum` is the share that
  /// stays.
  func adopting(_ statistics: ChannelStatistics, momentum: Double) -> Self
}

extension TrainingModeLayer {
  /// Nothing.
  public func draw(_ batch: Shape, using random: inout some RandomNumberGenerator) -> Tensor? {
    nil
  }

  /// The layer itself, which keeps nothing.
  public func adopting(_ statistics: ChannelStatistics, momentum: Double) -> Self { self }
}

/// What a layer in training mode runs a batch under, and needs on the way back.
public struct BatchConditions: Sendable {
  /// What was drawn: for dropout the factor of each element.
  public var mask: Tensor?
  /// What was found in the batch.
  public var statistics: ChannelStatistics?

  /// Conditions, of which none need be known before the batch runs.
  public init(mask: Tensor? = nil, statistics: ChannelStatistics? = nil) {
    self.mask = mask
    self.statistics = statistics
  }
}

extension BatchNormalization: TrainingModeLayer {
  /// The batch normalized by its own statistics, which are found.
  public func forward(_ input: Tensor, under conditions: inout BatchConditions) -> Tensor {
    let statistics = ChannelStatistics(of: input)
    conditions.statistics = statistics
    return forward(input, normalizedBy: statistics)
  }

  /// The gradients through the statistics too.
  public func backward(
    _ dOutput: Tensor, input: Tensor, under conditions: BatchConditions
  ) -> (dInput: Tensor, parameterGradients: [String: Tensor]) {
    backward(
      dOutput, input: input,
      normalizedBy: conditions.statistics ?? ChannelStatistics(of: input))
  }
}

extension Dropout: TrainingModeLayer {
  /// The mask of a batch.
  public func draw(_ batch: Shape, using random: inout some RandomNumberGenerator) -> Tensor? {
    mask(batch, using: &random)
  }

  /// The batch times its mask.
  public func forward(_ input: Tensor, under conditions: inout BatchConditions) -> Tensor {
    conditions.mask.map(input.times) ?? input
  }

  /// The gradient times the mask.
  public func backward(
    _ dOutput: Tensor, input: Tensor, under conditions: BatchConditions
  ) -> (dInput: Tensor, parameterGradients: [String: Tensor]) {
    (conditions.mask.map(dOutput.times) ?? dOutput, [:])
  }
}
