import TonoCore

/// What a forward pass in training mode computed and must remember for the way back.
public struct TrainingPass: Sendable {
  /// The batch of every input and node on the way.
  public let activations: Activations
  /// Per layer in training mode what this batch ran under.
  public let conditions: [String: BatchConditions]
  /// Per batch normalization the statistics of this batch.
  public var statistics: [String: ChannelStatistics] { conditions.compactMapValues(\.statistics) }
  /// Per dropout layer what its batch was multiplied by.
  public var masks: [String: Tensor] { conditions.compactMapValues(\.mask) }

  /// The batch of an input or node that the pass visited, `[N] + shape`.
  public subscript(name: String) -> Tensor { activations[name] }
}

/// Training, one layer after another: the readable reference of what `TrainingProgram` computes.
extension Network {
  /// Runs a batch in training mode as far as the targets: batch normalization by the batch's own
  /// statistics, dropout with masks that are drawn in the order of the nodes.
  ///
  /// - Parameters:
  ///   - batch: per input name a tensor `[N] + input shape`.
  ///   - targets: names of the nodes wanted.
  ///   - random: where dropout draws from; networks without dropout leave it as it is.
  /// - Returns: the batch of every input and node on the way, and what the way back needs.
  /// - Throws: `NetworkError` if a target is unknown, or an input is missing or has another shape.
  public func trainingPass(
    _ batch: [String: Tensor], to targets: [String], using random: inout some RandomNumberGenerator
  ) throws -> TrainingPass {
    let path = try path(to: targets)
    var values = try checked(batch, for: targets)
    var conditions: [String: BatchConditions] = [:]
    for node in path {
      let inputs = node.inputs.compactMap { values[$0] }
      if let layer = node.layer as? any TrainingModeLayer {
        var ofBatch = BatchConditions(mask: layer.draw(inputs[0].shape, using: &random))
        values[node.name] = layer.forward(inputs[0], under: &ofBatch)
        conditions[node.name] = ofBatch
      } else {
        values[node.name] = node.layer.forward(inputs)
      }
    }
    return TrainingPass(
      activations: Activations(values: values, path: path), conditions: conditions)
  }

  /// The gradient of a scalar with respect to every parameter that the pass depends on.
  ///
  /// - Parameters:
  ///   - seeds: per node name the scalar's gradient with respect to that node, `[N] + node shape`.
  ///   - pass: the forward pass, which must have reached every node in `seeds`.
  /// - Returns: a tensor of the parameter's shape for each; none for those no seed depends on.
  public func parameterGradients(
    _ seeds: [String: Tensor], through pass: TrainingPass
  ) -> [ParameterName: Tensor] {
    var gradients = seeds
    var found: [ParameterName: Tensor] = [:]
    for node in pass.activations.path.reversed() {
      guard let dOutput = gradients.removeValue(forKey: node.name) else { continue }
      let inputs = node.inputs.map { pass[$0] }
      var parameterGradients: [String: Tensor] = [:]
      let dInputs: [Tensor]
      if let layer = node.layer as? any TrainingModeLayer,
        let ofBatch = pass.conditions[node.name]
      {
        let result = layer.backward(dOutput, input: inputs[0], under: ofBatch)
        (dInputs, parameterGradients) = ([result.dInput], result.parameterGradients)
      } else {
        if let layer = node.layer as? any TrainableLayer {
          parameterGradients = layer.parameterGradients(
            dOutput, inputs: inputs, output: pass[node.name])
        }
        dInputs = node.layer.backward(dOutput, inputs: inputs, output: pass[node.name])
      }
      for (name, gradient) in parameterGradients {
        found[ParameterName(node: node.name, parameter: name)] = gradient
      }
      for (name, dInput) in zip(node.inputs, dInputs) {
        if gradients[name] == nil { gradients[name] = dInput } else { gradients[name]?.add(dInput) }
      }
    }
    return found
  }

  /// The same network with the statistics of its batch normalizations moved towards those of a
  /// batch; see ``BatchNormalization/adopting(_:momentum:)``.
  ///
  /// - Throws: `NetworkError` if there is no node of a name.
  public func adopting(
    _ statistics: [String: ChannelStatistics], momentum: Double
  ) throws -> Network {
    for name in statistics.keys { _ = try node(name) }
    return try mapLayers { node in
      guard let ofBatch = statistics[node.name],
        let layer = node.layer as? any TrainingModeLayer
      else { return node.layer }
      return layer.adopting(ofBatch, momentum: momentum)
    }
  }
}
