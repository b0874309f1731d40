import Foundation
import TonoCore
import TonoFiles
import TonoNetwork

/// Builds a channels-first network from a Keras model and its weights.
///
/// Models inside models are unfolded: their layers become nodes of the one network.
struct KerasNetwork {
  /// The model.
  let model: KerasModel

  /// Its arrays.
  let weights: KerasWeights

  /// Whether convolutions slide mirrored kernels, as the Theano backend's do.
  let flipsKernels: Bool

  /// The file, for messages.
  let url: URL

  /// Whether functions are those of Keras 3 where it has others.
  let isKeras3: Bool

  /// Whether every tensor of three axes is a map that Keras thinks of as `[H, W, C]`.
  let isChannelsLast: Bool

  /// The largest sample of a node, in elements (4 GB): more is a damaged file.
  private static let largestSample = 1 << 30

  /// The most calls of layers: a small file can ask for any number by nesting models.
  private static let mostCalls = 100_000

  private var inputs: [Network.Input] = []
  private var nodes: [Network.Node] = []
  private var callCount = 0
  private var names: KerasNames

  /// A builder that has not begun.
  ///
  /// - Throws: `ModelError` if the format of the maps is none that Keras has.
  init(
    model: KerasModel, weights: KerasWeights, flipsKernels: Bool, url: URL, isKeras3: Bool = false
  ) throws {
    self.isKeras3 = isKeras3
    isChannelsLast = try model.firstFormat(in: url) == .channelsLast
    self.model = model
    self.weights = weights
    self.flipsKernels = flipsKernels
    self.url = url
    names = KerasNames(of: model)
  }

  /// The network.
  ///
  /// - Throws: `ModelError` if a layer is unknown or does not fit, or the graph is not one.
  mutating func build() throws -> Network {
    let outputs = try run(model, on: nil, models: [], suffix: "")
    do {
      return try Network(inputs: inputs, nodes: nodes, outputs: outputs.map(\.name))
    } catch let error as NetworkError {
      throw ModelError(url, error.description)
    }
  }

  // MARK: - The graph

  /// The outputs of a model: calls each layer as soon as what it is called on is known.
  ///
  /// The `arguments` are what the model is called on; the outermost has none, its inputs become those
  /// of the network. `models` are the names of this model and those around it, without the
  /// outermost; `suffix` tells this call from the first one of the same model.
  private mutating func run(
    _ model: KerasModel, on arguments: [KerasValue]?, models: [String], suffix: String
  ) throws -> [KerasValue] {
    let firstCalls = model.firstCalls
    var results: [KerasCallID: [KerasValue]] = [:]
    func value(of tensor: KerasTensor) throws -> KerasValue? {
      let id = KerasCallID(tensor, firstCalls: firstCalls)
      guard let values = results[id] else { return nil }
      guard tensor.result < values.count else {
        throw ModelError(url, "layer '\(tensor.layer)' has no output \(tensor.result)")
      }
      return values[tensor.result]
    }

    let entries = try enter(model, arguments)
    for (tensor, value) in zip(model.inputs, entries) {
      results[KerasCallID(tensor, firstCalls: firstCalls)] = [value]
    }
    var waiting = model.layers.flatMap { layer in
      layer.calls.enumerated().map { (layer: layer, index: $0, tensors: $1) }
    }
    while !waiting.isEmpty {
      var blocked: [(layer: KerasLayer, index: Int, tensors: [KerasTensor])] = []
      for call in waiting {
        let values = try call.tensors.compactMap(value)
        guard values.count == call.tensors.count else {
          blocked.append(call)
          continue
        }
        results[KerasCallID(layer: call.layer.name, index: call.index)] = try self.call(
          KerasCall(
            layer: call.layer, inputs: values, models: models,
            suffix: suffix + (call.index == 0 ? "" : ".\(call.index + 1)"), url: url))
      }
      guard blocked.count < waiting.count else {
        throw ModelError(
          url,
          "layer '\(blocked[0].layer.name)' depends on itself or on a layer that is not there;"
            + " the architecture is damaged")
      }
      waiting = blocked
    }
    return try model.outputs.map { tensor in
      guard let value = try value(of: tensor) else {
        throw ModelError(url, "model '\(model.name)' has no layer for its output '\(tensor.layer)'")
      }
      return value
    }
  }

  /// What enters a model: the arguments of a call, or the inputs of the network.
  private mutating func enter(
    _ model: KerasModel, _ arguments: [KerasValue]?
  ) throws -> [KerasValue] {
    if let arguments {
      guard arguments.count == model.inputs.count else {
        throw ModelError(
          url,
          "model '\(model.name)' has \(model.inputs.count) inputs, but is called on"
            + " \(arguments.count)")
      }
      return arguments
    }
    guard !model.inputs.isEmpty else { throw ModelError(url, "the model has no inputs") }
    return try model.inputs.map { tensor in
      let shape = try inputShape(of: tensor.layer)
      let isChannelsLast = self.isChannelsLast && shape.rank == 3
      let input = Network.Input(
        name: names.take(tensor.layer, models: [], suffix: ""),
        shape: isChannelsLast ? [shape[2], shape[0], shape[1]] : shape)
      inputs.append(input)
      return KerasValue(name: input.name, shape: input.shape, isChannelsLast: isChannelsLast)
    }
  }

  /// The shape of one sample of an input of the outermost model, in Keras' order.
  private func inputShape(of name: String) throws -> Shape {
    let layer = model.layers.first { $0.name == name && $0.kind == "InputLayer" }
    guard let settings = layer?.settings else {
      throw ModelError(url, "the model's input '\(name)' is not among its layers")
    }
    let batchShape = settings["batch_input_shape"].array ?? settings["batch_shape"].array
    guard let extents = batchShape?.dropFirst(), !extents.isEmpty else {
      throw ModelError(
        url, "input '\(name)' has no shape; give the first layer an input_shape and save again")
    }
    let shape = try extents.map { extent in
      guard let extent = extent.integer, extent > 0 else {
        throw ModelError(
          url,
          "input '\(name)' has an axis without a fixed extent; build the model with a fixed"
            + " input shape and save again")
      }
      return extent
    }
    try checkSize(shape, of: name)
    return Shape(shape)
  }

  /// Calls a layer or a model inside.
  private mutating func call(_ call: KerasCall) throws -> [KerasValue] {
    callCount += 1
    guard callCount <= Self.mostCalls else {
      throw ModelError(url, "the model calls more than \(Self.mostCalls) layers")
    }
    guard let model = call.layer.model else { return [try apply(call)] }
    return try run(
      model, on: call.inputs, models: call.models + [call.layer.name], suffix: call.suffix)
  }

  // MARK: - Nodes

  /// Adds a node that reads some values.
  ///
  /// A `part` is appended to the layer's name where a layer becomes several nodes; `isChannelsLast`
  /// says whether the output is a map that Keras thinks of as `[H, W, C]`.
  mutating func add(
    _ layer: any Layer, part: String = "", for call: KerasCall, reading inputs: [KerasValue],
    isChannelsLast: Bool = false
  ) throws -> KerasValue {
    let shape: Shape
    do {
      shape = try layer.outputShape(inputs.map(\.shape))
    } catch let error as ShapeError {
      throw call.failure("does not fit its inputs: \(error)")
    }
    try checkSize(shape.extents, of: call.layer.name)
    let name = names.take(
      call.layer.name, part: part, models: call.models, suffix: call.suffix)
    nodes.append(Network.Node(name: name, layer: layer, inputs: inputs.map(\.name)))
    return KerasValue(name: name, shape: shape, isChannelsLast: isChannelsLast)
  }

  /// Brings the axes of a value into another order, with a node in front of the layer if need be.
  mutating func reordered(
    _ value: KerasValue, _ axes: [Int], for call: KerasCall, isChannelsLast: Bool = false
  ) throws -> KerasValue {
    if axes == Array(axes.indices) { return value }
    return try add(
      Permute(axes: axes), part: "_permute", for: call, reading: [value],
      isChannelsLast: isChannelsLast)
  }

  /// Brings a map that Keras thinks of as `[H, W, C]`, or as `[C, H, W]`, into the latter order.
  mutating func asMap(
    _ value: KerasValue, isChannelsLast: Bool, for call: KerasCall
  ) throws -> KerasValue {
    guard value.shape.rank == 3 else {
      throw call.failure("expects maps of three axes, got \(value.kerasShape)")
    }
    if value.isChannelsLast == isChannelsLast { return value }
    return try reordered(
      value, isChannelsLast ? [2, 0, 1] : value.axes, for: call, isChannelsLast: isChannelsLast)
  }

  /// Refuses tensors that no memory holds.
  private func checkSize(_ extents: [Int], of name: String) throws {
    var count = 1
    for extent in extents {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow, product <= Self.largestSample else {
        throw ModelError(url, "layer '\(name)' has an output of more than 2^30 numbers a sample")
      }
      count = product
    }
  }
}

/// One call of one layer of a model.
struct KerasCallID: Hashable {
  /// The layer's name.
  let layer: String
  /// The call's number from 0.
  let index: Int

  /// The call of a number, counted from 0.
  init(layer: String, index: Int) {
    self.layer = layer
    self.index = index
  }

  /// The call that made a tensor.
  init(_ tensor: KerasTensor, firstCalls: [String: Int]) {
    self.init(layer: tensor.layer, index: tensor.call - (firstCalls[tensor.layer] ?? 0))
  }
}

extension KerasModel {
  /// The number that Keras gives each layer's first call.
  ///
  /// Every call in a file is read by something. A model inside a model was called once when it was
  /// made, so that its calls in the file mostly count from 1.
  fileprivate var firstCalls: [String: Int] {
    let read = layers.flatMap { $0.calls.flatMap(\.self) } + inputs + outputs
    return Dictionary(read.map { ($0.layer, $0.call) }, uniquingKeysWith: min)
  }
}
