import TonoCore

/// Batch normalization as it works in training: with the statistics of the batch itself.
///
/// Source: Ioffe & Szegedy, "Batch Normalization", 2015, algorithm 1 and section 3.
extension BatchNormalization {
  /// The batch `[N, C, …]` normalized by its own statistics.
  public func forward(
    _ input: Tensor, normalizedBy statistics: ChannelStatistics
  ) -> Tensor {
    let scale = scale(under: statistics)
    let shift = scale.indices.map { Double(beta[$0]) - statistics.mean[$0] * scale[$0] }
    return input.affine(scale: scale, shift: shift)
  }

  /// The gradients through the normalization and through the statistics, which depend on the input:
  /// dx = scale·(dy − mean(dy) − x̂·mean(dy·x̂)), dgamma = Σ dy·x̂, dbeta = Σ dy.
  ///
  /// `input` and `statistics` are those of the forward pass; means and sums are over the batch and
  /// all cells of a channel, and x̂ is the normalized input.
  public func backward(
    _ dOutput: Tensor, input: Tensor, normalizedBy statistics: ChannelStatistics
  ) -> (dInput: Tensor, parameterGradients: [String: Tensor]) {
    let sums = sums(dOutput, input: input, under: statistics)
    let count = Double(input.count / input.shape[1])
    let (scale, deviation) = (scale(under: statistics), deviation(of: statistics))
    let dInput = Tensor(shape: input.shape) { dInput in
      input.forEachChannel { channel, elements in
        let (mean, scale) = (statistics.mean[channel], scale[channel])
        let slope = sums.dGamma[channel] / count / deviation[channel]
        let offset = sums.dBeta[channel] / count
        for index in elements {
          let dy = Double(dOutput.values[index])
          let x = Double(input.values[index]) - mean
          dInput[index] = Float(scale * (dy - offset - x * slope))
        }
      }
    }
    return (dInput, sums.parameterGradients)
  }

  /// The same normalization with its mean and variance moved towards those of a batch:
  /// mean ← momentum·mean + (1 − momentum)·(the batch's mean), and the variance alike.
  ///
  /// As in Keras, `momentum` is the share that stays (0.99 by default there; PyTorch's is the other
  /// share), and the variance is that of the population. PyTorch moves it towards the unbiased
  /// estimate, count ÷ (count − 1) times as large, as the paper does: 1e-5 of it for the maps here.
  public func adopting(
    _ statistics: ChannelStatistics, momentum: Double
  ) -> BatchNormalization {
    func moved(_ old: [Float], _ new: [Double]) -> [Float] {
      zip(old, new).map { Float(momentum * Double($0) + (1 - momentum) * $1) }
    }
    return BatchNormalization(
      gamma: gamma, beta: beta, mean: moved(mean, statistics.mean),
      variance: moved(variance, statistics.variance), epsilon: epsilon)
  }

  /// √(variance + epsilon) of each channel.
  func deviation(of statistics: ChannelStatistics) -> [Double] {
    statistics.variance.map { ($0 + Double(epsilon)).squareRoot() }
  }

  /// gamma ÷ √(variance + epsilon) of each channel.
  func scale(under statistics: ChannelStatistics) -> [Double] {
    zip(gamma, deviation(of: statistics)).map { Double($0) / $1 }
  }

  /// The gradients of gamma and beta, in double precision.
  struct ParameterSums {
    var dGamma: [Double]
    var dBeta: [Double]

    var parameterGradients: [String: Tensor] {
      [
        "gamma": Tensor(shape: [dGamma.count], values: dGamma.map(Float.init)),
        "beta": Tensor(shape: [dBeta.count], values: dBeta.map(Float.init)),
      ]
    }
  }

  /// Σ dy·x̂ and Σ dy over the batch and the cells of each channel.
  func sums(
    _ dOutput: Tensor, input: Tensor, under statistics: ChannelStatistics
  ) -> ParameterSums {
    var sums = ParameterSums(
      dGamma: Array(repeating: 0, count: gamma.count),
      dBeta: Array(repeating: 0, count: gamma.count))
    let deviation = deviation(of: statistics)
    input.forEachChannel { channel, elements in
      let (mean, deviation) = (statistics.mean[channel], deviation[channel])
      for index in elements {
        let dy = Double(dOutput.values[index])
        sums.dBeta[channel] += dy
        sums.dGamma[channel] += dy * (Double(input.values[index]) - mean) / deviation
      }
    }
    return sums
  }
}
