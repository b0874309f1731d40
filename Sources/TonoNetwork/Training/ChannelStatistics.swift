import TonoCore

/// The mean and the variance of each channel over a batch and all cells of its maps.
///
/// The variance is that of the population: the sum of squares is divided by the count.
public struct ChannelStatistics: Sendable, Equatable {
  /// The mean of each channel.
  public let mean: [Double]
  /// The population variance of each channel.
  public let variance: [Double]

  /// Statistics of as many channels as there are numbers in each array.
  public init(mean: [Double], variance: [Double]) {
    precondition(mean.count == variance.count, "a mean and a variance for each channel")
    self.mean = mean
    self.variance = variance
  }

  /// The statistics of a batch `[N, C, …]`, in double precision, in two passes.
  public init(of batch: Tensor) {
    let count = Double(batch.count / batch.shape[1])
    let mean = batch.channelSums { x, _ in x }.map { $0 / count }
    self.mean = mean
    variance = batch.channelSums { x, channel in
      (x - mean[channel]) * (x - mean[channel])
    }.map { $0 / count }
  }
}

/// What a layer's input was like in training, channel by channel.
public struct TrainedStatistics: Sendable, Equatable {
  /// The mean and the variance that each channel had.
  public let channels: ChannelStatistics
  /// What the layer adds to a variance.
  public let epsilon: Double

  /// Statistics with what is added to the variances.
  public init(channels: ChannelStatistics, epsilon: Double) {
    self.channels = channels
    self.epsilon = epsilon
  }
}
