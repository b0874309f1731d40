import TonoCore
import TonoFiles

/// One array of weights: which layer's, and which of them.
struct KerasVariable: Hashable {
  /// The names of the models around the layer, outermost first, and the layer's own.
  let path: [String]

  /// Keras' name for the array: `kernel`, `bias`, `moving_mean`.
  let role: String
}

extension KerasLayer {
  /// Every name that an array of a known layer can have.
  static let roles: Set = [
    "kernel", "bias", "depthwise_kernel", "pointwise_kernel", "gamma", "beta", "moving_mean",
    "moving_variance",
  ]

  /// The names of the layer's own arrays: those that gradients train, and those that are measured.
  var roles: (trained: [String], measured: [String]) {
    let bias = settings["use_bias"].bool ?? true ? ["bias"] : []
    switch kind {
    case "Conv2D", "Dense": return (["kernel"] + bias, [])
    case "DepthwiseConv2D": return (["depthwise_kernel"] + bias, [])
    case "SeparableConv2D": return (["depthwise_kernel", "pointwise_kernel"] + bias, [])
    case "BatchNormalization":
      let gamma = settings["scale"].bool ?? true ? ["gamma"] : []
      let beta = settings["center"].bool ?? true ? ["beta"] : []
      return (gamma + beta, ["moving_mean", "moving_variance"])
    default: return ([], [])
    }
  }

  /// All arrays of the layer and the layers inside, in the order in which Keras stores them: first
  /// the trainable ones, layer by layer, then the others.
  ///
  /// A frozen layer's arrays all count as not trainable, so that a model saved with some layers
  /// frozen has another order than the same model without.
  func variables(in models: [String] = []) -> [KerasVariable] {
    let (trainable, fixed) = split(in: models)
    return trainable + fixed
  }

  private func split(in models: [String]) -> (trainable: [KerasVariable], fixed: [KerasVariable]) {
    let path = models + [name]
    guard let model else {
      let trained = roles.trained.map { KerasVariable(path: path, role: $0) }
      let measured = roles.measured.map { KerasVariable(path: path, role: $0) }
      return settings["trainable"].bool ?? true ? (trained, measured) : ([], trained + measured)
    }
    let parts = model.layers.map { $0.split(in: path) }
    let trainable = parts.flatMap(\.trainable)
    let fixed = parts.flatMap(\.fixed)
    return model.isTrainable ? (trainable, fixed) : ([], trainable + fixed)
  }
}
