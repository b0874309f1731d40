import TonoCore

/// What is computed as one: a layer, or a convolution with what follows it.
enum NetworkUnit {
  case layer(Network.Node)
  case convolution(ConvolutionBlock, nodes: [Network.Node])

  /// The names of the inputs and nodes that it reads.
  var inputs: [String] {
    switch self {
    case .layer(let node): node.inputs
    case .convolution(let block, _): [block.input]
    }
  }

  /// The name of the node whose values it computes.
  var output: String {
    switch self {
    case .layer(let node): node.name
    case .convolution(let block, _): block.output
    }
  }

  /// The nodes of a path in their order, convolutions together with what they take in.
  ///
  /// A target ends a block: its values are asked, so that nothing takes it in.
  static func units(
    of path: [Network.Node], _ network: Network, targets: Set<String>
  ) -> [NetworkUnit] {
    var followers: [String: [Network.Node]] = [:]
    for node in path {
      for input in node.inputs where !targets.contains(input) {
        followers[input, default: []].append(node)
      }
    }
    var taken: Set<String> = []
    var units: [NetworkUnit] = []
    for node in path where !taken.contains(node.name) {
      guard let block = ConvolutionBlock(at: node, of: network, followers: followers) else {
        units.append(.layer(node))
        continue
      }
      var nodes = [node]
      while nodes[nodes.count - 1].name != block.output,
        let next = followers[nodes[nodes.count - 1].name]?.first
      {
        nodes.append(next)
      }
      taken.formUnion(nodes.map(\.name))
      units.append(.convolution(block, nodes: nodes))
    }
    return units
  }
}
