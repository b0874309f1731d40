import TonoNetwork

/// `kernel` `[O, C ÷ groups, kernel rows, kernel columns]`, `bias` `[O]` or none, `strides` and
/// `dilation` (1 × 1), `groups` (1), `padding` (`valid`).
extension Conv2D: DescribedLayer {
  var layerDescription: LayerDescription {
    var description = LayerDescription(window.settings, weights: ["kernel": kernel])
    if groups != 1 { description.settings["groups"] = JSONValue(groups) }
    description.add("bias", bias)
    return description
  }

  init(from decoder: inout LayerDecoder) throws {
    let kernel = try decoder.tensor("kernel", rank: 4)
    let groups = try decoder.integer("groups", default: 1, minimum: 1)
    guard kernel.shape[0] % groups == 0 else {
      throw decoder.failure(
        "has \(groups) groups, which do not divide its \(kernel.shape[0]) channels of output")
    }
    let dilation = try decoder.pair("dilation", default: .one)
    guard max(dilation.rows, dilation.columns) <= 1_000_000 / max(kernel.shape[2], kernel.shape[3])
    else { throw decoder.failure("has a window of more than a million cells; correct 'dilation'") }
    self.init(
      kernel: kernel, bias: try decoder.optionalVector("bias", count: kernel.shape[0]),
      strides: try decoder.pair("strides", default: .one), dilation: dilation, groups: groups,
      padding: try decoder.padding())
  }
}

/// `kernel` `[D, E]`, `bias` `[E]` or none.
extension Dense: DescribedLayer {
  var layerDescription: LayerDescription {
    var description = LayerDescription(weights: ["kernel": weights])
    description.add("bias", bias)
    return description
  }

  init(from decoder: inout LayerDecoder) throws {
    let kernel = try decoder.tensor("kernel", rank: 2)
    self.init(
      weights: kernel, bias: try decoder.optionalVector("bias", count: kernel.shape[1]))
  }
}

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

extension LayerDescription {
  /// A description with these settings and arrays.
  init(_ settings: [String: JSONValue], weights: [String: Tensor] = [:]) {
    self.init(settings: settings, weights: weights)
  }

  /// Adds an array of one axis, if there is one.
  mutating func add(_ role: String, _ values: [Float]?) {
    guard let values else { return }
    weights[role] = Tensor(shape: [values.count], values: values)
  }
}

extension Window2D {
  /// Strides, dilation and padding where they are not 1 and `valid`.
  var settings: [String: JSONValue] {
    var settings: [String: JSONValue] = [:]
    if strides != .one { settings["strides"] = strides.json }
    if dilation != .one { settings["dilation"] = dilation.json }
    settings["padding"] = padding.json
    return settings
  }
}

extension Pair {
  /// `[rows, columns]`.
  var json: JSONValue { .array([JSONValue(rows), JSONValue(columns)]) }
}

extension Padding {
  /// `"same"` or `[top, bottom, left, right]`; nothing for `valid`.
  fileprivate var json: JSONValue? {
    switch self {
    case .valid: nil
    case .same: .string("same")
    case .explicit(let top, let bottom, let left, let right):
      .array([top, bottom, left, right].map { JSONValue($0) })
    }
  }
}
