import CTonoKernels
import TonoCore

extension ConvolutionTraining {
  func forward(_ state: TrainingState) {
    isReached = false
    if let source {
      state.threads.forEach(state.count) { [self] sample, thread in
        source.activate(sample)
        convolve(sample, thread)
      }
    } else if let tensor = state.values[block.input] {
      tensor.withPointer { tensor in
        state.threads.forEach(state.count) { [self] sample, thread in
          let cells = shape.input.rows * shape.input.columns
          copyChannelsLast(
            tensor + sample * shape.channels * cells, channels: shape.channels, cells: cells,
            cell: shape.cell, to: input(sample))
          convolve(sample, thread)
        }
      }
    }
    observe(state)
    guard reader == nil else { return }
    let output: Shape = [shape.filters, shape.output.rows, shape.output.columns]
    state.values[block.output] = Tensor(shape: output.batched(state.count)) { tensor in
      state.threads.forEach(state.count) { [self] sample, _ in
        activate(sample)
        copyChannelsFirst(
          self.output(sample), channels: shape.filters, cells: shape.outputCells,
          cell: shape.outputCell, to: tensor + sample * output.count)
      }
    }
  }

  /// The pooled map of one sample, and the sums that its statistics need.
  private func convolve(_ sample: Int, _ thread: Int) {
    let (kernels, training) = (
      kernels.functions.pointee, kernels.functions.pointee.training.pointee
    )
    let scratch = buffers.scratch[thread].start
    if shape.isFirst {
      var convolution = shape.pooledConvolution
      kernels.convolve(
        &convolution, input(sample), weights.forward.start, weights.noBias.start,
        tono_rows(first: 0, count: Int32(shape.output.rows)), Int32(shape.output.columns), scratch,
        pooled(sample), winners(sample))
      guard normalization.layer != nil else { return }
      let start = sample * shape.patchCount
      buffers.patches.clear(start..<start + shape.patchCount)
      let products = buffers.patches.start + start
      training.patch_products(
        &convolution, input(sample), Int32(shape.map.rows), Int32(shape.map.columns),
        products + shape.kernelCount * shape.kernelCount, products)
      return
    }
    var (convolution, pooling) = (shape.convolution, shape.pooling)
    let (rows, columns) = (Int32(shape.map.rows), Int32(shape.map.columns))
    training.winograd_map(
      &convolution, input(sample), weights.forward.start, rows, columns, scratch, map(sample))
    if normalization.layer != nil {
      let (sums, squares) = clearedMoments(sample)
      training.moments(
        map(sample), pooling.output_pitch, rows, columns, pooling.output_cell, sums, squares)
    }
    training.pool(
      &pooling, map(sample), weights.noBias.start, Int32(shape.output.rows),
      Int32(shape.output.columns), pooled(sample), winners(sample))
  }

  /// The statistics of the batch's map, from the sums of its samples.
  private func observe(_ state: TrainingState) {
    guard let name = block.normalization?.name else { return }
    let count = Double(state.count * shape.map.rows * shape.map.columns)
    let (sums, squares) = shape.isFirst ? patchMoments(state.count) : totalMoments(state.count)
    state.statistics[name] = normalization.observe(
      means: sums.map { $0 / count }, squares: squares.map { $0 / count }, signs: weights.signs)
  }

  /// w·Σp and wᵀ(Σ ppᵀ)w for each filter.
  private func patchMoments(_ count: Int) -> (sums: [Double], squares: [Double]) {
    let taps = shape.kernelCount
    var patches = [Double](repeating: 0, count: shape.patchCount)
    for sample in 0..<count {
      let sums = buffers.patches.start + sample * shape.patchCount
      for index in patches.indices { patches[index] += sums[index] }
    }
    var (sums, squares) = ([Double](), [Double]())
    for filter in 0..<shape.filters {
      var (sum, square) = (0.0, 0.0)
      for tap in 0..<taps {
        let weight = Double(weights.kernel[filter * taps + tap])
        sum += weight * patches[taps * taps + tap]
        for other in 0..<taps {
          square +=
            weight * patches[tap * taps + other] * Double(weights.kernel[filter * taps + other])
        }
      }
      sums.append(Double(weights.signs[filter]) * sum)
      squares.append(square)
    }
    return (sums, squares)
  }

  /// The output of one sample: its winners, normalized and rectified.
  func activate(_ sample: Int) {
    kernels.functions.pointee.training.pointee.normalize(
      pooled(sample), normalization.scale.start, normalization.shift.start,
      block.rectifies ? 1 : 0, Int64(shape.outputCells), Int32(shape.outputCell), output(sample))
  }
}
