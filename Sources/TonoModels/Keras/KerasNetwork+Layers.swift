import Foundation
import TonoCore
import TonoFiles
import TonoNetwork

/// The classes of layers, and what they become.
extension KerasNetwork {
  /// The classes that can be read, in the order in which people look for them.
  static let knownKinds = [
    "InputLayer", "Conv2D", "DepthwiseConv2D", "SeparableConv2D", "Dense", "BatchNormalization",
    "Activation", "ReLU", "LeakyReLU", "ELU", "Softmax", "MaxPooling2D", "AveragePooling2D",
    "GlobalMaxPooling2D", "GlobalAveragePooling2D", "Flatten", "Reshape", "Permute",
    "ZeroPadding2D", "Concatenate", "Add", "Multiply", "Dropout", "SpatialDropout2D",
    "GaussianDropout", "AlphaDropout", "GaussianNoise", "ActivityRegularization",
  ]

  /// Adds the nodes of one layer.
  ///
  /// - Returns: the layer's output.
  /// - Throws: `ModelError` if its class is unknown, or its settings, weights or inputs do not fit.
  mutating func apply(_ call: KerasCall) throws -> KerasValue {
    switch call.layer.kind {
    case "Conv2D": try convolution(call)
    case "DepthwiseConv2D": try depthwiseConvolution(call)
    case "SeparableConv2D": try separableConvolution(call)
    case "Dense": try dense(call)
    case "BatchNormalization": try batchNormalization(call)
    case "Activation", "ReLU", "LeakyReLU", "ELU", "Softmax": try activation(call)
    case "MaxPooling2D", "AveragePooling2D": try pooling(call)
    case "GlobalMaxPooling2D", "GlobalAveragePooling2D": try globalPooling(call)
    case "Flatten": try flatten(call)
    case "Reshape": try reshape(call)
    case "Permute": try permute(call)
    case "ZeroPadding2D": try zeroPadding(call)
    case "Concatenate": try concatenate(call)
    case "Add": try merge(call, by: Add())
    case "Multiply": try merge(call, by: Multiply())
    case "Dropout", "SpatialDropout2D", "GaussianDropout", "AlphaDropout", "GaussianNoise",
      "ActivityRegularization":
      try dropout(call)
    case let kind:
      throw ModelError(
        url,
        "layer '\(call.layer.name)' is of the unknown class '\(kind)'; the known classes are"
          + " \(Self.knownKinds.joined(separator: ", ")), and models of these")
    }
  }

  // MARK: - Activations

  /// An activation as a layer of its own.
  private mutating func activation(_ call: KerasCall) throws -> KerasValue {
    let input = try call.input()
    let layer: any Layer
    switch call.layer.kind {
    case "ReLU":
      layer = ReLU(
        negativeSlope: try call.number("negative_slope", default: 0),
        threshold: try call.number("threshold", default: 0),
        maximum: try call.number("max_value", default: .infinity))
    case "LeakyReLU":
      // Keras 2 calls the slope `alpha`.
      let alpha = try call.number("alpha", default: 0.3)
      layer = LeakyReLU(slope: try call.number("negative_slope", default: Double(alpha)))
    case "ELU":
      layer = ELU(alpha: try call.number("alpha", default: 1))
    case "Softmax":
      layer = try softmax(of: input, axis: call.axis("axis", default: -1), call)
    default:
      // A linear activation is a layer all the same: the file has a name for it.
      layer = try function(of: input, call) ?? Dropout(rate: 0)
    }
    return try add(layer, for: call, reading: [input], isChannelsLast: input.isChannelsLast)
  }

  /// Adds a layer that has an activation of its own: as two nodes, NAME_pre and NAME, unless the
  /// activation is linear.
  mutating func addActivated(
    _ layer: any Layer, for call: KerasCall, reading input: KerasValue, isChannelsLast: Bool = false
  ) throws -> KerasValue {
    let isLinear = try function(of: input, call) == nil
    let output = try add(
      layer, part: isLinear ? "" : "_pre", for: call, reading: [input],
      isChannelsLast: isChannelsLast)
    guard let function = try function(of: output, call) else { return output }
    return try add(function, for: call, reading: [output], isChannelsLast: isChannelsLast)
  }

  /// The setting `activation`: a function by its name, or nothing if it is linear.
  private func function(of value: KerasValue, _ call: KerasCall) throws -> (any Layer)? {
    let setting = call.settings["activation"]
    let name = setting.string ?? setting["config"].string ?? setting["class_name"].string
    if setting.isNull || name == "linear" { return nil }
    if name == "softmax" { return try softmax(of: value, axis: -1, call) }
    if name == "hard_sigmoid", isKeras3 { return HardSigmoid(scale: 1 / 6) }
    guard let name, let function = Self.functions[name] else {
      let known = ["linear", "softmax"] + Self.functions.keys.sorted()
      throw call.failure(
        "has the unknown activation '\(name ?? "")'; the known ones are"
          + " \(known.joined(separator: ", "))")
    }
    return function
  }

  /// The activations that map each element by itself, by Keras' names.
  private static let functions: [String: any Activation] = [
    "elu": ELU(alpha: 1), "exponential": Exponential(), "gelu": GELU(),
    "hard_sigmoid": HardSigmoid(),
    // 0.2 is the slope of the function, though the layer's is 0.3.
    "leaky_relu": LeakyReLU(slope: 0.2), "mish": Mish(), "relu": ReLU(),
    "relu6": ReLU(maximum: 6), "selu": SELU(), "sigmoid": Sigmoid(), "silu": Swish(),
    "softplus": Softplus(), "softsign": Softsign(), "swish": Swish(), "tanh": Tanh(),
  ]

  private func softmax(of value: KerasValue, axis: Int, _ call: KerasCall) throws -> Softmax {
    guard let axis = value.axis(keras: axis) else {
      throw call.failure("has a softmax over axis \(axis) of \(value.kerasShape)")
    }
    return Softmax(axis: axis)
  }

  // MARK: - Pooling

  private mutating func pooling(_ call: KerasCall) throws -> KerasValue {
    let isChannelsLast = try call.isChannelsLast()
    let input = try asMap(try call.input(), isChannelsLast: isChannelsLast, for: call)
    let window = try call.pair("pool_size", default: Pair(rows: 2, columns: 2))
    let strides = try call.pair("strides", default: window)
    let padding = try call.padding()
    let layer: any Layer =
      call.layer.kind == "MaxPooling2D"
      ? MaxPooling2D(window: window, strides: strides, padding: padding)
      : AveragePooling2D(window: window, strides: strides, padding: padding)
    return try add(layer, for: call, reading: [input], isChannelsLast: isChannelsLast)
  }

  private mutating func globalPooling(_ call: KerasCall) throws -> KerasValue {
    let isChannelsLast = try call.isChannelsLast()
    let input = try asMap(try call.input(), isChannelsLast: isChannelsLast, for: call)
    let keepsAxes = call.settings["keepdims"].bool ?? false
    let layer: any Layer =
      call.layer.kind == "GlobalMaxPooling2D"
      ? GlobalMaxPooling2D(keepsAxes: keepsAxes) : GlobalAveragePooling2D(keepsAxes: keepsAxes)
    return try add(
      layer, for: call, reading: [input], isChannelsLast: isChannelsLast && keepsAxes)
  }

  // MARK: - Identities

  /// Layers that only do something while a network is trained.
  private mutating func dropout(_ call: KerasCall) throws -> KerasValue {
    let input = try call.input()
    return try add(
      Dropout(rate: try call.number("rate", default: 0)), for: call, reading: [input],
      isChannelsLast: input.isChannelsLast)
  }
}

extension KerasModel {
  /// How Keras thinks of a map.
  enum Format { case channelsFirst, channelsLast }

  /// The classes of layers that slide over maps.
  ///
  /// Flatten has a `data_format` too, but mostly says channels-last behind channels-first layers.
  private static let spatialKinds: Set = [
    "Conv2D", "DepthwiseConv2D", "SeparableConv2D", "MaxPooling2D", "AveragePooling2D",
    "GlobalMaxPooling2D", "GlobalAveragePooling2D", "ZeroPadding2D",
  ]

  /// The format of the first layer that slides over maps, here or in the models inside; that of the
  /// network's inputs therefore.
  func firstFormat(in url: URL) throws -> Format? {
    for layer in layers {
      if let format = try layer.model?.firstFormat(in: url) { return format }
      guard Self.spatialKinds.contains(layer.kind) else { continue }
      let call = KerasCall(layer: layer, inputs: [], models: [], suffix: "", url: url)
      return try call.isChannelsLast() ? .channelsLast : .channelsFirst
    }
    return nil
  }
}
