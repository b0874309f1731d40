import TonoCore

/// The input cells that units of a node can see: per input the smallest box that holds them.
public struct ReceptiveField: Sendable, Equatable {
  /// Per input name the box of cells, channels-first; inputs that are not seen are left out.
  public let regions: [String: Region]

  /// The field of a box of units of a node or input.
  ///
  /// It follows the layers' own windows back through the graph, so padding and the cells that a
  /// 'valid' window leaves over are taken into account. Where paths of different reach join, it is
  /// the box that holds them all.
  ///
  /// - Throws: `NetworkError.unknownName` if there is no such node.
  public init(of units: Region, in name: String, of network: Network) throws {
    var regions = [name: units]
    for node in try network.path(to: [name]).reversed() {
      guard let output = regions.removeValue(forKey: node.name) else { continue }
      let shapes = try node.inputs.map { try network.shape(of: $0) }
      for (input, region) in zip(
        node.inputs, node.layer.inputRegions(of: output, inputs: shapes)) where !region.isEmpty
      {
        regions[input] = regions[input]?.union(region) ?? region
      }
    }
    self.regions = regions
  }

  /// The extent of the field of one unit away from the edges, per input: its rows and columns for
  /// a map, its elements for a vector.
  ///
  /// - Throws: `NetworkError.unknownName` if there is no such node.
  public static func size(
    ofUnitsIn name: String, of network: Network
  ) throws -> [String: Shape] {
    let shape = try network.shape(of: name)
    let centre = Region(shape.extents.map { $0 / 2..<$0 / 2 + 1 })
    return try ReceptiveField(of: centre, in: name, of: network).regions.mapValues { region in
      Shape(region.ranges.suffix(2).map(\.count))
    }
  }
}
