import CTonoKernels
import TonoCore

extension ConvolutionTraining {
  /// The kernel as it stands and as kernels take it, each filter by the sign of its gamma.
  struct Weights {
    /// 1, or −1 for a filter whose gamma is negative.
    var signs: [Float]
    /// `[filters, channels, rows, columns]`.
    var kernel: [Float] = []
    /// `[rows, columns, 1, output cell]` of a first block, or `[8·8, cell, output cell]`.
    let forward: AlignedBuffer<Float>
    /// `[8·8, output cell, cell]`: the same, turned over.
    let adjoint: AlignedBuffer<Float>
    /// Zeros for kernels that add a bias.
    let noBias: AlignedBuffer<Float>

    init(_ shape: Geometry) {
      signs = Array(repeating: 1, count: shape.filters)
      let filtered = 64 * shape.cell * shape.outputCell
      forward = AlignedBuffer(
        count: shape.isFirst ? shape.kernelCount * shape.outputCell : filtered)
      adjoint = AlignedBuffer(count: shape.isFirst ? 0 : filtered)
      noBias = AlignedBuffer(count: max(shape.cell, shape.outputCell))
    }
  }

  func adopt(_ network: Network, _ threads: TrainingThreads) {
    guard let convolution = try? network.node(block.name).layer as? Conv2D else { return }
    let layer = block.normalization.flatMap {
      try? network.node($0.name).layer as? BatchNormalization
    }
    normalization.adopt(layer, bias: convolution.bias)
    weights.kernel = convolution.kernel.values
    weights.signs = layer?.gamma.map { $0 < 0 ? -1 : 1 } ?? weights.signs
    let (shape, weights) = (shape, weights)
    if shape.isFirst {
      for filter in 0..<shape.filters {
        for index in 0..<shape.kernelCount {
          weights.forward.start[index * shape.outputCell + filter] =
            weights.signs[filter] * weights.kernel[filter * shape.kernelCount + index]
        }
      }
      return
    }
    threads.forEach(shape.filters) { [self] filter, _ in
      let plane = shape.cell * shape.outputCell
      Winograd.withKernels(shape.kernel) { kernels in
        tono_winograd_transform(
          kernels, filterKernels(filter), Int64(shape.kernelCount), Int32(shape.channels),
          Double(weights.signs[filter]), weights.forward.start + filter, Int64(shape.outputCell),
          Int64(plane))
      }
      for point in 0..<64 {
        let forward = weights.forward.start + point * plane + filter
        let adjoint = weights.adjoint.start + point * plane + filter * shape.cell
        for channel in 0..<shape.channels {
          adjoint[channel] = forward[channel * shape.outputCell]
        }
      }
    }
  }

  /// A filter's kernels, one for each channel.
  private func filterKernels(_ filter: Int) -> [Float] {
    let count = shape.channels * shape.kernelCount
    return Array(weights.kernel[filter * count..<(filter + 1) * count])
  }

  /// The weight gradient out of the sums of all groups, in their order.
  func weightGradient(_ state: TrainingState) -> Tensor {
    shape.isFirst ? patchGradient(state.count) : filteredGradient(state.threads)
  }

  /// factor·(sparse sums) + constant·Σp + slope·(Σ ppᵀ)·w: see ``Normalization/Slopes``.
  private func patchGradient(_ count: Int) -> Tensor {
    let (shape, taps) = (shape, shape.kernelCount)
    var patches = [Double](repeating: 0, count: shape.patchCount)
    if normalization.layer != nil {
      for sample in 0..<count {
        let sums = buffers.patches.start + sample * shape.patchCount
        for index in patches.indices { patches[index] += sums[index] }
      }
    }
    let slopes = normalization.slopes
    return Tensor(shape: block.convolution.kernel.shape) { gradient in
      for filter in 0..<shape.filters {
        let sign = Double(weights.signs[filter])
        for tap in 0..<taps {
          let place =
            (filter * shape.kernel.rows + tap / shape.kernel.columns) * 8
            + tap % shape.kernel.columns
          var sum = 0.0
          for group in 0..<Self.groups {
            sum +=
              buffers.patchSums.start[
                group * shape.outputCell * shape.kernel.rows * 8 + place]
          }
          var product = 0.0
          for other in 0..<taps {
            product += patches[tap * taps + other] * Double(weights.kernel[filter * taps + other])
          }
          sum =
            slopes.factor[filter] * sum + slopes.constant[filter] * patches[taps * taps + tap]
            + slopes.slope[filter] * sign * product
          gradient[filter * taps + tap] = Float(sign * sum)
        }
      }
    }
  }

  /// Gᵀ·(the sums of transformed products)·G.
  private func filteredGradient(_ threads: TrainingThreads) -> Tensor {
    let shape = shape
    let plane = shape.cell * shape.outputCell
    let sums = buffers.products.start
    threads.forEach(64) { point, _ in
      let total = sums + point * plane
      for group in 1..<Self.groups {
        let part = sums + (group * 64 + point) * plane
        for index in 0..<plane { total[index] += part[index] }
      }
    }
    return Tensor(shape: block.convolution.kernel.shape) { gradient in
      threads.forEach(shape.filters) { [self] filter, _ in
        Winograd.withKernels(shape.kernel) { kernels in
          tono_winograd_transform_adjoint(
            kernels, sums + filter, Int64(shape.outputCell), Int64(plane), Int32(shape.channels),
            Double(weights.signs[filter]), gradient + filter * shape.channels * shape.kernelCount,
            Int64(shape.kernelCount))
        }
      }
    }
  }
}
