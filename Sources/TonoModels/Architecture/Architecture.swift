import Foundation
import TonoCore
import TonoFiles
import TonoNetwork

/// A network without the numbers of its weights, in this project's own JSON.
///
///     {
///       "version": 1,
///       "inputs": [{"name": "x", "shape": [1, 128, 128]}],
///       "nodes": [
///         {"name": "conv_1", "kind": "Conv2D", "inputs": ["x"],
///          "settings": {"strides": [2, 2]},
///          "weights": {"kernel": "features.0.weight", "bias": "features.0.bias"}},
///         {"name": "flatten", "kind": "Flatten", "inputs": ["conv_1"]},
///         {"name": "fc", "kind": "Dense", "inputs": ["flatten"],
///          "weights": {"kernel": {"name": "classifier.weight", "permute": [1, 0]}}}
///       ],
///       "outputs": ["fc"],
///       "frontEnds": {"x": {…}}
///     }
///
/// Shapes are those of one sample, channels first. Nodes stand in topological order: each after
/// those it reads. ``LayerDescription/kinds`` lists the kinds; each says its own settings and weights,
/// ``DescribedNode`` those of all. A weight
/// is the name of an array of the weights' file, or that and which of the array's axes each axis of
/// the layer's is: PyTorch keeps the kernels of its Linear transposed. `frontEnds` is optional and
/// only carried along.
struct Architecture: Sendable {
  /// The version of the JSON.
  static let version = 1

  /// The most axes of a tensor.
  static let mostAxes = 32

  /// One layer in its place in the graph.
  struct Node: Sendable {
    /// The name, unique among inputs and nodes.
    var name: String
    /// The kind of layer, such as `Conv2D`.
    var kind: String
    /// The names of what it reads, in the layer's order.
    var inputs: [String]
    /// The settings by their names; those left out have their defaults.
    var settings: [String: JSONValue] = [:]
    /// The arrays by their roles, such as `kernel`.
    var weights: [String: WeightReference] = [:]
  }

  /// Where an array of a layer is.
  struct WeightReference: Sendable, Equatable {
    /// The array's name in the file.
    var name: String
    /// Which of its axes each axis of the layer's array is; nothing if they are the same.
    var permutation: [Int]?
  }

  /// The network's inputs.
  var inputs: [Network.Input]
  /// The layers, each after those it reads.
  var nodes: [Node]
  /// The names of the outputs.
  var outputs: [String]
  /// What stands before the inputs, by their names: JSON that is not looked into here.
  var frontEnds: [String: JSONValue] = [:]
}

extension Architecture {
  /// The JSON text, a line for each node.
  var text: String {
    func list(_ lines: [String]) -> String {
      lines.isEmpty
        ? "[]" : "[\n" + lines.map { "    " + $0 }.joined(separator: ",\n") + "\n  ]"
    }
    let inputs = inputs.map { input in
      let shape = JSONValue.array(input.shape.extents.map { JSONValue($0) })
      return "{\"name\": \(JSONValue.string(input.name).text), \"shape\": \(shape.text)}"
    }
    var members = [
      "\"version\": \(Self.version)",
      "\"inputs\": " + list(inputs),
      "\"nodes\": " + list(nodes.map(\.text)),
      "\"outputs\": " + JSONValue.array(outputs.map(JSONValue.string)).text,
    ]
    if !frontEnds.isEmpty { members.append("\"frontEnds\": " + JSONValue.object(frontEnds).text) }
    return "{\n" + members.map { "  " + $0 }.joined(separator: ",\n") + "\n}"
  }
}

extension Architecture.Node {
  fileprivate var text: String {
    var members: [(String, JSONValue)] = [
      ("name", .string(name)), ("kind", .string(kind)),
      ("inputs", .array(inputs.map(JSONValue.string))),
    ]
    if !settings.isEmpty { members.append(("settings", .object(settings))) }
    if !weights.isEmpty { members.append(("weights", .object(weights.mapValues(\.json)))) }
    return "{" + members.map { "\"\($0)\": \($1.text)" }.joined(separator: ", ") + "}"
  }
}

extension Architecture.WeightReference {
  fileprivate var json: JSONValue {
    guard let permutation else { return .string(name) }
    return .object([
      "name": .string(name), "permute": .array(permutation.map { JSONValue($0) }),
    ])
  }
}
