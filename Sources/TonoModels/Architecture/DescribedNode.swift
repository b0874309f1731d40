import TonoCore
import TonoFiles
import TonoNetwork

/// A layer as a node of an ``Architecture`` states it: its kind, settings and arrays, and what is
/// wrapped around it.
///
/// - Constants in place of inputs, ``WithConstants``, are weights `input0`, `input1` …: the places among
///   the layer's inputs, those that the node reads filling the others.
/// - ``TimeDistributed`` is a kind of its own; its setting `layer` is the kind and the settings of the
///   layer inside, whose weights are the node's.
struct DescribedNode {
  /// The kind that applies a layer to parts.
  static let distributedKind = "TimeDistributed"

  /// The kind in the JSON.
  let kind: String
  /// The settings and arrays.
  var description: LayerDescription

  /// What describes a layer; nil if nothing does.
  static func describing(_ layer: any Layer) -> DescribedNode? {
    switch layer {
    case let layer as WithConstants:
      var node = describing(layer.layer)
      for (place, tensor) in layer.constants {
        node?.description.weights[constantRole(place)] = tensor
      }
      return node
    case let layer as TimeDistributed:
      // Constants belong to the outermost layer.
      guard !(layer.layer is WithConstants), let inner = describing(layer.layer) else {
        return nil
      }
      var settings: [String: JSONValue] = ["kind": .string(inner.kind)]
      if !inner.description.settings.isEmpty {
        settings["settings"] = .object(inner.description.settings)
      }
      return DescribedNode(
        kind: distributedKind,
        description: LayerDescription(
          ["layer": .object(settings)], weights: inner.description.weights))
    case let layer as any DescribedLayer:
      return LayerDescription.kind(of: layer).map {
        DescribedNode(kind: $0, description: layer.layerDescription)
      }
    default: return nil
    }
  }

  /// The role of the constant at a place among a layer's inputs.
  static func constantRole(_ place: Int) -> String { "input\(place)" }

  /// The place that a role stands for, if it is that of a constant.
  static func constantPlace(_ role: String) -> Int? {
    guard role.hasPrefix("input"), let place = Int(role.dropFirst(5)), place >= 0,
      constantRole(place) == role
    else { return nil }
    return place
  }
}
