import TonoCore

/// Any layer, by its own readable code, on the whole batch; fully connected ones as one product.
final class LayerTraining: TrainingStep {
  private var node: Network.Node
  /// Whether a gradient with respect to what the layer reads is of use to anyone.
  private let propagates: Bool

  init(_ node: Network.Node, of network: Network) {
    self.node = node
    propagates = !Set(network.inputs.map(\.name)).isSuperset(of: node.inputs)
  }

  func adopt(_ network: Network, _ threads: TrainingThreads) {
    if let same = try? network.node(node.name) { node = same }
  }

  func forward(_ state: TrainingState) {
    let inputs = node.inputs.compactMap { state.values[$0] }
    switch node.layer {
    case let layer as any TrainingModeLayer:
      var conditions = BatchConditions(mask: state.masks[node.name])
      state.values[node.name] = layer.forward(inputs[0], under: &conditions)
      state.statistics[node.name] = conditions.statistics
    case let layer as Dense:
      state.values[node.name] = layer.product(inputs[0])
    default:
      state.values[node.name] = node.layer.forward(inputs)
    }
  }

  func backward(_ state: TrainingState) {
    guard let dOutput = state.gradients.removeValue(forKey: node.name),
      let output = state.values[node.name]
    else { return }
    let inputs = node.inputs.compactMap { state.values[$0] }
    var parameterGradients: [String: Tensor] = [:]
    var dInputs: [Tensor] = []
    if let layer = node.layer as? any TrainingModeLayer {
      let result = layer.backward(
        dOutput, input: inputs[0],
        under: BatchConditions(
          mask: state.masks[node.name], statistics: state.statistics[node.name]))
      (dInputs, parameterGradients) = ([result.dInput], result.parameterGradients)
    } else {
      if let layer = node.layer as? any TrainableLayer {
        parameterGradients = layer.parameterGradients(dOutput, inputs: inputs, output: output)
      }
      if propagates {
        dInputs =
          (node.layer as? Dense).map { [$0.productGradient(dOutput, input: inputs[0])] }
          ?? node.layer.backward(dOutput, inputs: inputs, output: output)
      }
    }
    for (name, gradient) in parameterGradients {
      state.parameterGradients[ParameterName(node: node.name, parameter: name)] = gradient
    }
    if propagates {
      for (name, dInput) in zip(node.inputs, dInputs) { state.add(dInput, for: name) }
    }
  }
}

/// Fully connected layers as one product of matrices for the whole batch.
extension Dense {
  fileprivate func product(_ input: Tensor) -> Tensor {
    let (length, width) = (weights.shape[0], weights.shape[1])
    let vectors = input.count / length
    return Tensor(shape: Shape(input.shape.extents.dropLast() + [width])) { output in
      input.withPointer { input in
        weights.withPointer { weights in
          BLAS.multiply(
            input, transposed: false, weights, transposed: false, rows: vectors, columns: width,
            depth: length, into: output)
        }
      }
      guard let bias else { return }
      for vector in 0..<vectors {
        for index in 0..<width { output[vector * width + index] += bias[index] }
      }
    }
  }

  fileprivate func productGradient(_ dOutput: Tensor, input: Tensor) -> Tensor {
    let (length, width) = (weights.shape[0], weights.shape[1])
    return Tensor(shape: input.shape) { dInput in
      dOutput.withPointer { dOutput in
        weights.withPointer { weights in
          BLAS.multiply(
            dOutput, transposed: false, weights, transposed: true, rows: input.count / length,
            columns: length, depth: width, into: dInput)
        }
      }
    }
  }
}
