import TonoCore

/// A layer that holds numbers which training changes.
public protocol TrainableLayer: Layer {
  /// The trained numbers by name, in Keras' terms: `kernel`, `bias`, `gamma`, `beta`.
  var parameters: [String: Tensor] { get }

  /// The gradient of a scalar with respect to each parameter, summed over the batch.
  ///
  /// `dOutput` is the scalar's gradient with respect to the output; `inputs` and `output` are those
  /// of the forward pass. The result has the names and shapes of ``parameters``.
  func parameterGradients(
    _ dOutput: Tensor, inputs: [Tensor], output: Tensor
  ) -> [String: Tensor]

  /// The same layer with other numbers for the parameters that are named; the others stay.
  ///
  /// Each tensor has the shape of the parameter that it replaces.
  func replacing(_ parameters: [String: Tensor]) -> Self
}

/// One trained array of a network: `lid_conv_1/kernel`.
public struct ParameterName: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The node that holds it.
  public let node: String
  /// Its name within the layer.
  public let parameter: String

  /// The array `parameter` of the layer at `node`.
  public init(node: String, parameter: String) {
    self.node = node
    self.parameter = parameter
  }

  /// Both names, joined by a slash.
  public var description: String { "\(node)/\(parameter)" }

  /// In the order of the node names, then of the parameters.
  public static func < (a: ParameterName, b: ParameterName) -> Bool {
    (a.node, a.parameter) < (b.node, b.parameter)
  }
}

extension Network {
  /// Every trained array of every node.
  public var parameters: [ParameterName: Tensor] {
    var parameters: [ParameterName: Tensor] = [:]
    for node in nodes {
      for (name, tensor) in (node.layer as? any TrainableLayer)?.parameters ?? [:] {
        parameters[ParameterName(node: node.name, parameter: name)] = tensor
      }
    }
    return parameters
  }

  /// The same graph with other numbers for the parameters that are named; the others stay.
  ///
  /// - Throws: `NetworkError` if there is no such node or parameter, or it has another shape.
  public func replacing(_ parameters: [ParameterName: Tensor]) throws -> Network {
    var groups: [String: [String: Tensor]] = [:]
    for (name, tensor) in parameters {
      let layer = try node(name.node).layer as? any TrainableLayer
      guard let shape = layer?.parameters[name.parameter]?.shape else {
        throw NetworkError.unknownParameter(name)
      }
      guard tensor.shape == shape else {
        throw NetworkError.parameterShape(name, got: tensor.shape, expected: shape)
      }
      groups[name.node, default: [:]][name.parameter] = tensor
    }
    return try mapLayers { node in
      guard let group = groups[node.name], let layer = node.layer as? any TrainableLayer else {
        return node.layer
      }
      return layer.replacing(group)
    }
  }

  /// The same graph with other layers of the same shapes.
  func mapLayers(_ layer: (Node) -> any Layer) throws -> Network {
    try Network(
      inputs: inputs,
      nodes: nodes.map { Node(name: $0.name, layer: layer($0), inputs: $0.inputs) },
      outputs: outputs, unavailable: unavailable)
  }
}
