import TonoCore
import TonoFiles
import TonoNetwork

/// `mean` and `variance` `[C]`, `gamma` (ones) and `beta` (zeros) `[C]`, `epsilon` (1e-5).
extension BatchNormalization: DescribedLayer {
  /// PyTorch's own.
  private static let defaultEpsilon: Float = 1e-5

  var layerDescription: LayerDescription {
    var description = LayerDescription(["epsilon": JSONValue(epsilon)])
    for (role, values) in [
      ("gamma", gamma), ("beta", beta), ("mean", mean), ("variance", variance),
    ] { description.add(role, values) }
    return description
  }

  init(from decoder: inout LayerDecoder) throws {
    let mean = try decoder.tensor("mean", rank: 1).values
    let count = mean.count
    guard let variance = try decoder.optionalVector("variance", count: count) else {
      throw decoder.failure("names no array for its variance; add \"variance\" to its \"weights\"")
    }
    self.init(
      gamma: try decoder.optionalVector("gamma", count: count)
        ?? [Float](repeating: 1, count: count),
      beta: try decoder.optionalVector("beta", count: count) ?? [Float](repeating: 0, count: count),
      mean: mean, variance: variance,
      epsilon: try decoder.number("epsilon", default: Self.defaultEpsilon))
  }
}

/// `gamma` and `beta` `[C]`, `epsilon` (1e-5).
extension InstanceNormalization: DescribedLayer {
  var layerDescription: LayerDescription {
    var description = LayerDescription(["epsilon": JSONValue(epsilon)])
    description.add("gamma", gamma)
    description.add("beta", beta)
    return description
  }

  init(from decoder: inout LayerDecoder) throws {
    let gamma = try decoder.tensor("gamma", rank: 1).values
    self.init(
      gamma: gamma,
      beta: try decoder.optionalVector("beta", count: gamma.count)
        ?? [Float](repeating: 0, count: gamma.count),
      epsilon: try decoder.number("epsilon", default: 1e-5))
  }
}

/// `gamma` and `beta` of the shape of the last axes, which are normalized; `epsilon` (1e-5).
extension LayerNormalization: DescribedLayer {
  var layerDescription: LayerDescription {
    LayerDescription(["epsilon": JSONValue(epsilon)], weights: ["gamma": gamma, "beta": beta])
  }

  init(from decoder: inout LayerDecoder) throws {
    let (gamma, beta) = (try decoder.tensor("gamma"), try decoder.tensor("beta"))
    guard gamma.shape == beta.shape else {
      throw decoder.failure(
        "has a gamma of shape \(gamma.shape) and a beta of shape \(beta.shape); expected one shape")
    }
    self.init(gamma: gamma, beta: beta, epsilon: try decoder.number("epsilon", default: 1e-5))
  }
}

/// `size`: how many channels are summed; `alpha` (1e-4), which is divided by it, `beta` (0.75), `bias`
/// (1).
extension LocalResponseNormalization: DescribedLayer {
  var layerDescription: LayerDescription {
    LayerDescription([
      "size": JSONValue(size), "alpha": JSONValue(alpha), "beta": JSONValue(beta),
      "bias": JSONValue(bias),
    ])
  }

  init(from decoder: inout LayerDecoder) throws {
    self.init(
      size: try decoder.integer("size", default: nil, minimum: 1),
      alpha: try decoder.number("alpha", default: 1e-4),
      beta: try decoder.number("beta", default: 0.75),
      bias: try decoder.number("bias", default: 1))
  }
}
