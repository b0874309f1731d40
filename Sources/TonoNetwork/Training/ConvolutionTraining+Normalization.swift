import TonoCore

extension ConvolutionTraining {
  /// The batch normalization of a block: its numbers for one batch, in double precision for each
  /// filter, and in single precision for the kernels.
  ///
  /// Without batch normalization the scale is 1 and the shift is the convolution's bias. Of a filter
  /// with a negative gamma, the map and gamma have changed their signs.
  struct Normalization {
    private(set) var layer: BatchNormalization?
    private var bias: [Float] = []
    private var statistics: ChannelStatistics?
    private(set) var slopes = Slopes()

    /// y = scale·x + shift, for each float of a cell.
    let scale: AlignedBuffer<Float>
    let shift: AlignedBuffer<Float>
    /// The slopes, for each float of a cell.
    let factor: AlignedBuffer<Float>
    let constant: AlignedBuffer<Float>
    let slope: AlignedBuffer<Float>

    /// The gradient of the map x: factor·d + constant + slope·x, with the gradient d of what
    /// normalization gave.
    struct Slopes {
      var factor: [Double] = []
      var constant: [Double] = []
      var slope: [Double] = []
    }

    init(filters: Int, cell: Int) {
      scale = AlignedBuffer(count: cell)
      shift = AlignedBuffer(count: cell)
      factor = AlignedBuffer(count: cell)
      constant = AlignedBuffer(count: cell)
      slope = AlignedBuffer(count: cell)
    }

    /// Takes the parameters of a layer, or the bias of a convolution without one.
    mutating func adopt(_ layer: BatchNormalization?, bias: [Float]?) {
      self.layer = layer
      self.bias = bias ?? []
      guard layer == nil else { return }
      for index in 0..<scale.count {
        scale.start[index] = 1
        shift.start[index] = index < self.bias.count ? self.bias[index] : 0
      }
    }

    /// Takes the mean and the mean square of each channel of a batch's map.
    ///
    /// - Returns: the statistics of the convolution's output, bias and sign restored.
    mutating func observe(
      means: [Double], squares: [Double], signs: [Float]
    ) -> ChannelStatistics? {
      guard let layer else { return nil }
      let variances = zip(means, squares).map { max(0, $1 - $0 * $0) }
      let statistics = ChannelStatistics(mean: means, variance: variances)
      self.statistics = statistics
      let deviation = layer.deviation(of: statistics)
      for filter in means.indices {
        let ratio = Double(abs(layer.gamma[filter])) / deviation[filter]
        scale.start[filter] = Float(ratio)
        shift.start[filter] = Float(Double(layer.beta[filter]) - means[filter] * ratio)
      }
      return ChannelStatistics(
        mean: means.indices.map { filter in
          Double(signs[filter]) * means[filter]
            + (bias.isEmpty ? 0 : Double(bias[filter]))
        }, variance: variances)
    }

    /// Takes Σd and Σd·x over the winners; `count` are all cells of a channel in the batch.
    ///
    /// - Returns: the gradients of gamma and beta, or of beta alone (which is the bias) without
    ///   batch normalization.
    mutating func finish(
      sums: [Double], products: [Double], count: Double, signs: [Float]
    ) -> (dGamma: [Double]?, dBeta: [Double]) {
      let filters = sums.indices
      guard let layer, let statistics else {
        slopes = Slopes(
          factor: filters.map { _ in 1 }, constant: filters.map { _ in 0 },
          slope: filters.map { _ in 0 })
        store()
        return (nil, sums)
      }
      let deviation = layer.deviation(of: statistics)
      let dGamma = filters.map {
        (products[$0] - statistics.mean[$0] * sums[$0]) / deviation[$0]
      }
      let factor = filters.map { Double(abs(layer.gamma[$0])) / deviation[$0] }
      let slope = filters.map { -factor[$0] * dGamma[$0] / deviation[$0] / count }
      slopes = Slopes(
        factor: factor,
        constant: filters.map {
          -factor[$0] * sums[$0] / count - slope[$0] * statistics.mean[$0]
        }, slope: slope)
      store()
      return (zip(dGamma, signs).map { $0 * Double($1) }, sums)
    }

    private func store() {
      for filter in slopes.factor.indices {
        factor.start[filter] = Float(slopes.factor[filter])
        constant.start[filter] = Float(slopes.constant[filter])
        slope.start[filter] = Float(slopes.slope[filter])
      }
    }
  }
}
