import TonoCore
import TonoFiles
import TonoNetwork

/// Normalizations.
extension ONNXNetwork {
  /// BatchNormalization with frozen statistics.
  mutating func batchNormalization(_ call: ONNXCall) throws -> ONNXValue {
    let input = try call.input()
    guard input.shape.count > 1 else {
      throw call.failure("reads a tensor of shape \(call.text(input.shape)); expected channels")
    }
    guard try !call.flag("training_mode"), try call.flag("spatial", default: true) else {
      throw call.unsupported("is in training mode; export the model in evaluation mode")
    }
    let channels = input.shape[1]
    func numbers(_ place: Int, _ role: String) throws -> [Float] {
      guard let array = try call.array(place, role, shape: [channels]) else {
        throw call.failure("has no \(role)")
      }
      return array.values
    }
    let layer = BatchNormalization(
      gamma: try numbers(1, "scale"), beta: try numbers(2, "bias"), mean: try numbers(3, "mean"),
      variance: try numbers(4, "variance"), epsilon: try call.number("epsilon", default: 1e-5))
    return try onChannels(layer, input, call)
  }

  /// A layer on samples `[C, …]` of any number of axes.
  private mutating func onChannels(
    _ layer: any Layer, _ input: ONNXValue, _ call: ONNXCall
  ) throws -> ONNXValue {
    if input.shape[0] == 1 && input.layout.extents.first == input.shape[1] {
      return try add(layer, for: call, reading: [input], shape: input.shape)
    }
    let plain = try plain(input, keepsAll: !input.hasSampleAxis, for: call)
    return try add(
      input.hasSampleAxis ? layer : TimeDistributed(layer), for: call, reading: [plain],
      shape: input.shape)
  }

  /// InstanceNormalization.
  mutating func instanceNormalization(_ call: ONNXCall) throws -> ONNXValue {
    let input = try call.input()
    let map = try ONNXSpatial(input, call)
    guard let gamma = try call.array(1, "scale", shape: [map.channels]),
      let beta = try call.array(2, "bias", shape: [map.channels])
    else { throw call.failure("has no scale or bias") }
    let layer = InstanceNormalization(
      gamma: gamma.values, beta: beta.values, epsilon: try call.number("epsilon", default: 1e-5))
    return try onChannels(layer, input, call)
  }

  /// LayerNormalization along the last axes; the mean and 1 ÷ deviation are outputs of their own.
  mutating func layerNormalization(_ call: ONNXCall) throws -> [ONNXValue] {
    let input = try call.input()
    let axis = try call.axis("axis", default: -1, rank: input.shape.count)
    let normalized = Shape(Array(input.shape[axis...]))
    guard let gamma = try call.array(1, "scale") else { throw call.failure("has no scale") }
    let beta = try call.array(2, "bias")
    let layer = LayerNormalization(
      gamma: try stretched(gamma, to: normalized, call),
      beta: try beta.map { try stretched($0, to: normalized, call) }
        ?? Tensor(shape: normalized),
      epsilon: try call.number("epsilon", default: 1e-5))
    let keepsAll = axis == 0 || !input.hasSampleAxis
    let plain = try plain(input, keepsAll: keepsAll, for: call)
    let output = try add(layer, for: call, reading: [plain], shape: input.shape)
    guard call.outputCount > 1 else { return [output] }
    let axes = Set((axis - (keepsAll ? 0 : 1))..<plain.layout.rank)
    return [output] + (try statistics(of: plain, axes, epsilon: layer.epsilon, call))
  }

  /// The mean along some axes, and 1 ÷ √(variance + epsilon).
  private mutating func statistics(
    of plain: ONNXValue, _ axes: Set<Int>, epsilon: Float, _ call: ONNXCall
  ) throws -> [ONNXValue] {
    let first = plain.shape.count - plain.layout.rank
    let shape = plain.shape.indices.map { axes.contains($0 - first) ? 1 : plain.shape[$0] }
    func step(
      _ layer: any Layer, _ part: String, _ inputs: ONNXValue..., giving shape: [Int]? = nil
    ) throws -> ONNXValue {
      try add(
        layer, part: part, for: call, reading: inputs, shape: shape ?? inputs[0].shape)
    }
    let reduction = Reduction(.mean, axes: axes, keepsAxes: true)
    let mean = try step(reduction, "_mean", plain, giving: shape)
    let centred = try step(Subtract(), "_centred", plain, mean)
    let square = try step(ConstantPower(exponent: 2), "_square", centred)
    let variance = try step(reduction, "_variance", square, giving: shape)
    let shifted = try step(Affine(shift: epsilon), "_shifted", variance)
    return [mean, try step(ConstantPower(exponent: -0.5), "_factor", shifted)]
  }

  /// An array of this shape, or one number for all of it.
  private func stretched(_ tensor: Tensor, to shape: Shape, _ call: ONNXCall) throws -> Tensor {
    if tensor.count == shape.count { return tensor.reshaped(shape) }
    guard tensor.count == 1 else {
      throw call.failure("has a scale or bias of shape \(tensor.shape); expected \(shape)")
    }
    return Tensor(shape: shape, repeating: tensor.values[0])
  }

  /// LRN: local response normalization.
  mutating func localResponseNormalization(_ call: ONNXCall) throws -> ONNXValue {
    let input = try call.input()
    guard input.shape.count > 1 else {
      throw call.failure("reads a tensor of shape \(call.text(input.shape)); expected channels")
    }
    let size = try call.integer("size", default: 0, from: 1)
    guard size > 0 else { throw call.failure("has no attribute 'size'") }
    let layer = LocalResponseNormalization(
      size: size, alpha: try call.number("alpha", default: 1e-4),
      beta: try call.number("beta", default: 0.75), bias: try call.number("bias", default: 1))
    return try onChannels(layer, input, call)
  }
}
