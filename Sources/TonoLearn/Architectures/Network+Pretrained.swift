import TonoCore
import TonoNetwork

extension Network {
  /// The same network with the layers of a tower taken from another one: those of its names, trained
  /// arrays and statistics alike.
  ///
  /// - Parameters:
  ///   - tower: whose layers are taken.
  ///   - other: the pretrained network.
  /// - Returns: the network with the tower that was pretrained.
  /// - Throws: `InputError` if the other network lacks a layer of the tower or has another in its place.
  public func taking(_ tower: TowerArchitecture, from other: Network) throws -> Network {
    let names = Set(try path(to: [tower.output]).map(\.name))
    let layers = try names.reduce(into: [String: any Layer]()) { layers, name in
      let layer = try node(name).layer
      guard let theirs = try? other.node(name).layer else {
        throw InputError(
          "the pretrained network has no layer '\(name)', which the tower '\(tower.prefix)' begins with"
        )
      }
      let shapes = { (layer: any Layer) in
        (layer as? any TrainableLayer)?.parameters.mapValues(\.shape)
      }
      guard layer.kind == theirs.kind, shapes(layer) == shapes(theirs) else {
        throw InputError(
          "layer '\(name)' of the pretrained network is a \(theirs.kind) of other extents than the tower's \(layer.kind)"
        )
      }
      layers[name] = theirs
    }
    return try Network(
      inputs: inputs,
      nodes: nodes.map {
        Node(name: $0.name, layer: layers[$0.name] ?? $0.layer, inputs: $0.inputs)
      }, outputs: outputs)
  }
}
