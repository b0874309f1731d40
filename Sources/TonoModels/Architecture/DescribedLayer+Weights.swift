import TonoCore
import TonoFiles
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
    try self.init(from: &decoder, hasBias: true)
  }

  fileprivate init(from decoder: inout LayerDecoder, hasBias: Bool) throws {
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
      kernel: kernel,
      bias: hasBias ? try decoder.optionalVector("bias", count: kernel.shape[0]) : nil,
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

/// The adjoint of a convolution: `kernel` `[C, O ÷ groups, kernel rows, kernel columns]`, `bias` `[O]` or
/// none, `output`: its rows and columns; `strides`, `dilation` (1 × 1), `groups` (1) and `padding`
/// (`valid`) are those of the convolution from the output to the input.
extension ConvTranspose2D: DescribedLayer {
  var layerDescription: LayerDescription {
    var description = convolution.layerDescription
    description.settings["output"] = output.json
    description.add("bias", bias)
    return description
  }

  init(from decoder: inout LayerDecoder) throws {
    let convolution = try Conv2D(from: &decoder, hasBias: false)
    let output = try decoder.extents("output")
    guard output.count == 2 else {
      throw decoder.failure(
        setting: "output", expected: "two whole numbers of at least 1: rows and columns")
    }
    self.init(
      adjointOf: convolution,
      bias: try decoder.optionalVector(
        "bias", count: convolution.kernel.shape[1] * convolution.groups),
      output: Pair(rows: output[0], columns: output[1]))
  }
}

/// `value`, of any shape: the numbers of one sample, whatever the one input is.
extension Constant: DescribedLayer {
  var layerDescription: LayerDescription { LayerDescription(weights: ["value": value]) }

  init(from decoder: inout LayerDecoder) throws {
    self.init(try decoder.tensor("value"))
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
