import CTonoKernels
import TonoCore

extension ConvolutionTraining {
  func backward(_ state: TrainingState) {
    receiveTensor(state)
    guard isReached else { return }
    let (sums, products) = totalMoments(state.count)
    let (dGamma, dBeta) = normalization.finish(
      sums: sums, products: products,
      count: Double(state.count * shape.map.rows * shape.map.columns), signs: weights.signs)
    let dInput = !readsInput && source == nil ? state.values[block.input]?.shape : nil
    if let dInput {
      // Every sample is written: channels first, as the tensor was read.
      state.add(
        Tensor(shape: dInput) { tensor in sumGroups(state, into: tensor) }, for: block.input)
    } else {
      sumGroups(state, into: nil)
    }
    source?.isReached = true
    report(weightGradient(state), dGamma: dGamma, dBeta: dBeta, to: state)
  }

  /// Takes the gradient with respect to one sample's output: what passes the rectifier takes the
  /// output's place, and is summed for normalization.
  func receive(_ dOutput: UnsafePointer<Float>, _ sample: Int) {
    let (sums, products) = clearedMoments(sample)
    kernels.functions.pointee.training.pointee.rectify_gradient(
      dOutput, pooled(sample), block.rectifies ? 1 : 0, Int64(shape.outputCells),
      Int32(shape.outputCell), output(sample), sums, products)
  }

  /// Takes the gradient from a tensor, if there is one.
  private func receiveTensor(_ state: TrainingState) {
    guard reader == nil, let dOutput = state.gradients.removeValue(forKey: block.output) else {
      return
    }
    isReached = true
    dOutput.withPointer { dOutput in
      state.threads.forEach(state.count) { [self] sample, thread in
        let last = buffers.inputGradients[thread].start
        copyChannelsLast(
          dOutput + sample * shape.filters * shape.outputCells, channels: shape.filters,
          cells: shape.outputCells, cell: shape.outputCell, to: last)
        receive(last, sample)
      }
    }
  }

  /// The weight gradients of each group, and every sample's gradient with respect to the input.
  private func sumGroups(_ state: TrainingState, into dInput: UnsafeMutablePointer<Float>?) {
    state.threads.forEach(Self.groups) { [self] group, thread in
      let count =
        shape.isFirst
        ? shape.outputCell * shape.kernel.rows * 8
        : 64 * shape.cell * shape.outputCell
      if shape.isFirst {
        buffers.patchSums.clear(group * count..<(group + 1) * count)
      } else {
        buffers.products.clear(group * count..<(group + 1) * count)
      }
      for sample in samples(of: group, in: state.count) {
        if shape.isFirst {
          addPatches(sample, thread, to: buffers.patchSums.start + group * count)
        } else {
          propagate(
            sample, thread, sums: buffers.products.start + group * count, into: dInput)
        }
      }
    }
  }

  /// A first block: Σ d·p over the winners of one sample, in single precision, joins the group's.
  private func addPatches(_ sample: Int, _ thread: Int, to sums: UnsafeMutablePointer<Double>) {
    let count = shape.outputCell * shape.kernel.rows * 8
    let ofSample = buffers.scratch[thread]
    ofSample.clear(0..<count)
    var convolution = shape.pooledConvolution
    kernels.functions.pointee.training.pointee.patch_sums(
      &convolution, input(sample), output(sample), winners(sample), Int32(shape.output.rows),
      Int32(shape.output.columns), ofSample.start)
    for index in 0..<count { sums[index] += Double(ofSample.start[index]) }
  }

  /// Other blocks: the gradient of one sample's map, its products with the input, and the gradient
  /// with respect to the input, handed to whom it concerns.
  private func propagate(
    _ sample: Int, _ thread: Int, sums: UnsafeMutablePointer<Float>,
    into tensor: UnsafeMutablePointer<Float>?
  ) {
    let training = kernels.functions.pointee.training.pointee
    let gradient = buffers.mapGradients[thread].start
    var (pooling, convolution) = (shape.pooling, shape.convolution)
    let (rows, columns) = (Int32(shape.map.rows), Int32(shape.map.columns))
    training.spread(
      &pooling, map(sample), output(sample), winners(sample), normalization.factor.start,
      normalization.constant.start, normalization.slope.start, rows, columns, gradient,
      pooling.output_pitch)
    let dInput = buffers.inputGradients[thread]
    let cells = shape.input.rows * shape.input.columns
    if !readsInput { dInput.clear(0..<cells * shape.cell) }
    training.winograd_adjoint(
      &convolution, input(sample), weights.adjoint.start, gradient, rows, columns,
      buffers.scratch[thread].start, sums, readsInput ? nil : dInput.start)
    if let source {
      source.receive(dInput.start, sample)
    } else if let tensor {
      copyChannelsFirst(
        dInput.start, channels: shape.channels, cells: cells, cell: shape.cell,
        to: tensor + sample * shape.channels * cells)
    }
  }

  private func report(
    _ dKernel: Tensor, dGamma: [Double]?, dBeta: [Double], to state: TrainingState
  ) {
    func report(_ node: String, _ parameter: String, _ values: [Double]) {
      state.parameterGradients[ParameterName(node: node, parameter: parameter)] = Tensor(
        shape: [values.count], values: values.map(Float.init))
    }
    state.parameterGradients[ParameterName(node: block.name, parameter: "kernel")] = dKernel
    if let name = block.normalization?.name, let dGamma {
      report(name, "gamma", dGamma)
      report(name, "beta", dBeta)
    }
    if block.convolution.bias != nil {
      report(block.name, "bias", dGamma == nil ? dBeta : dBeta.map { _ in 0 })
    }
  }
}
