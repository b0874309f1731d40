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

extension Tensor {
  /// For each channel of a batch `[N, C, …]` the sum of a function of its elements.
  func channelSums(_ term: (_ element: Double, _ channel: Int) -> Double) -> [Double] {
    var sums = [Double](repeating: 0, count: shape[1])
    forEachChannel { channel, elements in
      sums[channel] += elements.reduce(0) { $0 + term(Double(values[$1]), channel) }
    }
    return sums
  }

  /// Visits the elements of every channel of every sample of a batch `[N, C, …]`.
  func forEachChannel(_ body: (_ channel: Int, _ elements: Range<Int>) -> Void) {
    let cells = count / max(1, shape[0] * shape[1])
    for plane in 0..<shape[0] * shape[1] {
      body(plane % shape[1], plane * cells..<(plane + 1) * cells)
    }
  }
}
