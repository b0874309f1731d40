import Foundation
import TonoCore
import TonoFiles

/// Reads the JSON that Keras 2 and 3 write about a model: `model_config` and `to_json()`.
struct KerasModelParser {
  /// The file that the JSON is from, for messages.
  let url: URL

  /// The most models inside one another that are read: building them recurses.
  private static let deepestNesting = 16

  private static let modelKinds: Set = ["Functional", "Model", "Sequential", "Network"]

  /// The model that JSON text describes.
  ///
  /// - Throws: `ModelError` if this is not JSON or not a Keras model.
  func parse(_ text: some Sequence<UInt8>) throws -> KerasModel {
    let json: JSONValue
    do {
      json = try JSONParser.parse(text)
    } catch {
      throw ModelError(
        url, "the model's architecture \(error); write it with model.to_json()")
    }
    guard let kind = json["class_name"].string, !json["config"].isNull else {
      throw ModelError(
        url,
        "the JSON is not a Keras model: it has no 'class_name' and 'config'; write it with"
          + " model.to_json()")
    }
    guard Self.modelKinds.contains(kind) else {
      throw ModelError(
        url,
        "the model is of the class '\(kind)', of which only the name is stored; rebuild it as"
          + " a functional or Sequential model")
    }
    return try model(json, depth: 0)
  }

  /// A model, the outermost or one inside `depth` others.
  private func model(_ json: JSONValue, depth: Int) throws -> KerasModel {
    guard depth < Self.deepestNesting else {
      throw ModelError(url, "more than \(Self.deepestNesting) models are nested in one another")
    }
    let config = json["config"]
    // Before Keras 2.2.3 a Sequential model's configuration was the bare list of layers.
    guard let layers = config["layers"].array ?? config.array else {
      throw ModelError(url, "a model in the file has no list of layers")
    }
    let name = config["name"].string ?? json["name"].string ?? "model"
    let isTrainable = config["trainable"].bool ?? true
    let parsed =
      json["class_name"].string == "Sequential"
      ? try sequential(layers, name: name, config: config, depth: depth)
      : (
        layers: try layers.map {
          try layer($0, calls: try calls($0["inbound_nodes"]), depth: depth)
        },
        inputs: try tensors(config["input_layers"]), outputs: try tensors(config["output_layers"])
      )
    var names: Set<String> = []
    for layer in parsed.layers where !names.insert(layer.name).inserted {
      throw ModelError(url, "model '\(name)' has two layers named '\(layer.name)'")
    }
    guard !parsed.outputs.isEmpty else {
      throw ModelError(url, "model '\(name)' has no outputs")
    }
    return KerasModel(
      name: name, layers: parsed.layers, inputs: parsed.inputs, outputs: parsed.outputs,
      isTrainable: isTrainable)
  }

  /// A chain of layers: each is called once, on the one before.
  ///
  /// An input is put in front if the file has none; its shape stands in the first layer, or is that
  /// of what the model is called on.
  private func sequential(
    _ list: [JSONValue], name: String, config: JSONValue, depth: Int
  ) throws -> (layers: [KerasLayer], inputs: [KerasTensor], outputs: [KerasTensor]) {
    var layers: [KerasLayer] = []
    for json in list {
      if layers.isEmpty, json["class_name"].string != "InputLayer" {
        let first = try layer(json, calls: [], depth: depth)
        let shape = inputShape(of: json) ?? config["build_input_shape"]
        layers.append(
          KerasLayer(
            kind: "InputLayer", name: first.name + "_input",
            settings: .object(["batch_input_shape": shape]), calls: [], model: nil))
      }
      let previous = layers.last.map { KerasTensor(layer: $0.name, call: 0, result: 0) }
      layers.append(try layer(json, calls: previous.map { [[$0]] } ?? [], depth: depth))
    }
    guard let first = layers.first, let last = layers.last else {
      throw ModelError(url, "model '\(name)' has no layers")
    }
    return (
      layers, [KerasTensor(layer: first.name, call: 0, result: 0)],
      [KerasTensor(layer: last.name, call: 0, result: 0)]
    )
  }

  /// The input shape, batch axis included, that a layer or the first layer of a model states.
  private func inputShape(of json: JSONValue) -> JSONValue? {
    let config = json["config"]
    for key in ["batch_input_shape", "batch_shape"] where !config[key].isNull {
      return config[key]
    }
    guard let inner = config["layers"].array ?? config.array, let first = inner.first else {
      return nil
    }
    return inputShape(of: first)
  }

  /// One layer, with the layers inside if it is a model.
  private func layer(
    _ json: JSONValue, calls: [[KerasTensor]], depth: Int
  ) throws -> KerasLayer {
    guard let kind = json["class_name"].string,
      let name = json["config"]["name"].string ?? json["name"].string
    else { throw ModelError(url, "a layer in the architecture has no 'class_name' or no 'name'") }
    guard !name.isEmpty, name != ".", name != "..",
      !name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
    else {
      throw ModelError(url, "a layer has the name '\(name)', which cannot name a folder; rename it")
    }
    return KerasLayer(
      kind: kind, name: name, settings: json["config"], calls: calls,
      model: Self.modelKinds.contains(kind) ? try model(json, depth: depth + 1) : nil)
  }

  /// The calls in `inbound_nodes`.
  private func calls(_ nodes: JSONValue) throws -> [[KerasTensor]] {
    try (nodes.array ?? []).map(tensors)
  }

  /// Every tensor that is named anywhere in a value, in order: `["name", 0, 0]` with or without
  /// arguments behind it, lists of these in any nesting, and Keras 3's `keras_history`.
  private func tensors(_ json: JSONValue) throws -> [KerasTensor] {
    switch json {
    case .array(let elements):
      guard case .string(let layer) = elements.first else { return try elements.flatMap(tensors) }
      guard elements.count >= 3, let call = elements[1].integer, call >= 0,
        let result = elements[2].integer, result >= 0
      else { throw ModelError(url, "a connection to layer '\(layer)' is malformed") }
      return [KerasTensor(layer: layer, call: call, result: result)]
    case .object(let members):
      if let config = members["config"], !config["keras_history"].isNull {
        return try tensors(config["keras_history"])
      }
      return try members["args"].map(tensors) ?? []
    default:
      return []
    }
  }
}
