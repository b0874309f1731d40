import Foundation
import TonoCore
import TonoFiles
import TonoNetwork

/// From an architecture and arrays to a network, and back.
extension Architecture {
  /// The largest sample of a node, in elements (4 GB): more is a damaged file.
  private static let largestSample = 1 << 30

  /// The most places along axes that all layers list together.
  private static let mostPlaces = 1 << 24

  /// How many elements a shape has; nothing if they are more than memory holds.
  static func count(of extents: [Int]) -> Int? {
    var count = 1
    for extent in extents {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow, product <= largestSample else { return nil }
      count = product
    }
    return count
  }

  /// The network with these weights.
  ///
  /// Weights that are not finite are no reason to refuse it: each such array gives a warning.
  ///
  /// - Parameters:
  ///   - arrays: the weights.
  ///   - url: the file that the architecture is from, for messages.
  /// - Returns: the network, and a sentence for each oddity.
  /// - Throws: `ModelError` if a layer is unknown or does not fit, or an array is missing.
  func network(
    with arrays: any NamedArrays, url: URL
  ) throws -> (network: Network, warnings: [String]) {
    let aliases = arrays.aliases
    var shapes = Dictionary(inputs.map { ($0.name, $0.shape) }, uniquingKeysWith: { $1 })
    for input in inputs where Self.count(of: input.shape.extents) == nil {
      throw ModelError(url, "input '\(input.name)' has more than 2^30 numbers; correct its shape")
    }
    guard shapes.count == inputs.count else {
      throw ModelError(url, "two inputs in the architecture have one name; rename one")
    }
    var warnings: [String] = []
    var nodes: [Network.Node] = []
    var mostPlaces = Self.mostPlaces
    for node in self.nodes {
      guard shapes[node.name] == nil else {
        throw ModelError(
          url, "the name '\(node.name)' stands twice in the architecture; rename one")
      }
      let read = node.inputs.compactMap { shapes[$0] }
      guard read.count == node.inputs.count else {
        let missing = node.inputs.first { shapes[$0] == nil } ?? ""
        throw ModelError(
          url,
          "node '\(node.name)' reads '\(missing.prefix(200))', which is no input and no node before"
            + " it; name one, or put it first")
      }
      var decoder = LayerDecoder(node, url: url, mostPlaces: mostPlaces) { name, place in
        try arrays.tensor(named: name, aliases: aliases, for: place)
      }
      let layer = try decoder.layer()
      mostPlaces = decoder.mostPlaces
      warnings +=
        DescribedNode.describing(layer)?.description.warnings(of: node.name) ?? []
      do {
        let shape = try layer.outputShape(read)
        guard Self.count(of: shape.extents) != nil else {
          throw decoder.failure("has an output of more than 2^30 numbers a sample")
        }
        guard shape.rank > 0, shape.count > 0 else {
          throw decoder.failure("has an output of shape [\(shape)], without any axis or number")
        }
        shapes[node.name] = shape
      } catch let error as ShapeError {
        throw decoder.failure("does not fit its inputs: \(error)")
      }
      nodes.append(Network.Node(name: node.name, layer: layer, inputs: node.inputs))
    }
    for name in outputs where shapes[name] == nil {
      throw ModelError(
        url, "the output '\(name.prefix(200))' in the architecture is no node; name one")
    }
    do {
      return (try Network(inputs: inputs, nodes: nodes, outputs: outputs), warnings)
    } catch let error as NetworkError {
      throw ModelError(url, error.description)
    }
  }

  /// What a network is made of: its architecture, and its arrays by names `NODE.ROLE` in order.
  ///
  /// Where no output can be computed, the outputs are the layers that no other reads.
  ///
  /// - Throws: `ModelError` about `url` if `describe` has no description of a layer.
  static func describing(
    _ network: Network, url: URL,
    by describe: (any Layer) -> DescribedNode? = DescribedNode.describing
  ) throws -> (architecture: Architecture, arrays: [(name: String, tensor: Tensor)]) {
    var arrays: [(name: String, tensor: Tensor)] = []
    let nodes = try network.nodes.map { node in
      guard let described = describe(node.layer) else {
        throw ModelError(
          url,
          "layer '\(node.name)' is of the kind '\(node.layer.kind)', which the architecture's JSON"
            + " does not describe yet; keep the model in its own format")
      }
      let description = described.description
      let weights = description.weights.sorted { $0.key < $1.key }
      arrays += weights.map { ("\(node.name).\($0.key)", $0.value) }
      return Node(
        name: node.name, kind: described.kind, inputs: node.inputs, settings: description.settings,
        weights: description.weights.keys.reduce(into: [:]) {
          $0[$1] = WeightReference(name: "\(node.name).\($1)")
        })
    }
    let read = Set(nodes.flatMap(\.inputs))
    let outputs =
      network.outputs.isEmpty
      ? nodes.map(\.name).filter { !read.contains($0) } : network.outputs
    return (Architecture(inputs: network.inputs, nodes: nodes, outputs: outputs), arrays)
  }
}

extension LayerDescription {
  /// A sentence for each array that holds NaN or infinity.
  fileprivate func warnings(of node: String) -> [String] {
    weights.sorted { $0.key < $1.key }.compactMap { role, tensor in
      let count = tensor.values.count { !$0.isFinite }
      return count == 0
        ? nil : "layer '\(node)': \(count) of \(tensor.count) numbers of \(role) not finite"
    }
  }
}
