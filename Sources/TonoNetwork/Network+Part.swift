/// Parts of a network.
extension Network {
  /// What computes some nodes from others: a network whose inputs are the nodes of a cut.
  ///
  /// It takes what the sources have computed, as inputs of the sources' names and shapes, and computes
  /// the targets from it to the same bits as the whole. So a tower may run once and its head on many
  /// pairs. Layers keep their names and share their weights; a target that is a source is handed through.
  ///
  /// - Parameters:
  ///   - sources: names of inputs and nodes that together cut the targets off from the network's inputs.
  ///   - targets: names of the nodes wanted: the outputs of the part, in this order.
  /// - Returns: the part.
  /// - Throws: `NetworkError.unknownName` if there is no such input or node, `.open` if a target depends
  ///   on an input along a way that the sources leave open, `.unread` if none depends on a source.
  public func part(from sources: [String], to targets: [String]) throws -> Network {
    let inputs = try sources.map { Input(name: $0, shape: try shape(of: $0)) }
    let cut = Set(sources)
    var needed = Set(targets)
    var inside: [Node] = []
    for node in try path(to: targets).reversed()
    where needed.contains(node.name) && !cut.contains(node.name) {
      inside.append(node)
      needed.formUnion(node.inputs)
    }
    for input in self.inputs where needed.contains(input.name) && !cut.contains(input.name) {
      throw NetworkError.open(way: way(from: input.name, along: inside, to: targets), sources)
    }
    if let source = sources.first(where: { !needed.contains($0) }) {
      throw NetworkError.unread(source, targets: targets)
    }
    return try Network(
      inputs: inputs, nodes: inside.reversed(), outputs: targets, unavailable: unavailable)
  }

  /// The names along a way from an input to a target, both included, through nodes of which each is
  /// behind those that it reads.
  private func way(from input: String, along nodes: [Node], to targets: [String]) -> [String] {
    var way = [input]
    while let last = way.last, !targets.contains(last),
      let next = nodes.first(where: { $0.inputs.contains(last) })
    {
      way.append(next.name)
    }
    return way
  }
}
