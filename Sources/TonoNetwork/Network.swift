import TonoCore

/// A trained network: a directed acyclic graph of named layers with frozen weights.
///
/// A value. Every input and node is known by the name it has in its file. Feature maps are channels-first,
/// `[C, H, W]` for one sample.
public struct Network: Sendable {
  /// One input of the network.
  public struct Input: Sendable, Hashable {
    /// The name in the file.
    public let name: String
    /// The shape of one sample, channels-first.
    public let shape: Shape

    /// An input of one name and shape.
    public init(name: String, shape: Shape) {
      self.name = name
      self.shape = shape
    }
  }

  /// One layer in its place in the graph.
  public struct Node: Sendable {
    /// The name in the file.
    public let name: String
    /// What it computes.
    public let layer: any Layer
    /// The names of the inputs and nodes it reads, in the layer's order.
    public let inputs: [String]

    /// A layer that reads what `inputs` name.
    public init(name: String, layer: any Layer, inputs: [String]) {
      self.name = name
      self.layer = layer
      self.inputs = inputs
    }
  }

  /// The inputs, in the file's order.
  public let inputs: [Input]
  /// The nodes in topological order: each after those it reads.
  public let nodes: [Node]
  /// The names of the outputs, in the file's order.
  public let outputs: [String]
  /// Per name of a node of the file that cannot be computed the reason, a sentence.
  public let unavailable: [String: String]

  /// The shape of one sample of each input and node.
  private let shapes: [String: Shape]
  /// The place of each node in `nodes`.
  private let positions: [String: Int]
  /// Weights as programs want them, packed when the first one does and shared by all copies.
  let packedWeights = PackedWeights()

  /// A network of these nodes, in any order.
  ///
  /// `unavailable` are nodes of the file that cannot be computed, by name, each with the reason.
  ///
  /// - Throws: `NetworkError` if a name stands twice or is unknown, the graph has a cycle, or a
  ///   layer cannot take what it reads.
  public init(
    inputs: [Input], nodes: [Node], outputs: [String], unavailable: [String: String] = [:]
  ) throws {
    var shapes: [String: Shape] = [:]
    for input in inputs {
      guard shapes.updateValue(input.shape, forKey: input.name) == nil else {
        throw NetworkError.duplicateName(input.name)
      }
    }
    let names = Set(inputs.map(\.name) + nodes.map(\.name))
    guard names.count == inputs.count + nodes.count else {
      let repeated = nodes.map(\.name).first { name in
        nodes.count { $0.name == name } > 1 || shapes[name] != nil
      }
      throw NetworkError.duplicateName(repeated ?? "")
    }
    for name in nodes.flatMap(\.inputs) + outputs where !names.contains(name) {
      throw NetworkError.unknownName(name, nearest: nearest(to: name, in: names))
    }

    var sorted: [Node] = []
    var waiting = nodes
    while !waiting.isEmpty {
      var blocked: [Node] = []
      for node in waiting {
        let read = node.inputs.compactMap { shapes[$0] }
        guard read.count == node.inputs.count else {
          blocked.append(node)
          continue
        }
        do {
          shapes[node.name] = try node.layer.outputShape(read)
        } catch let error as ShapeError {
          throw NetworkError.misfit(node: node.name, reason: error.description)
        }
        sorted.append(node)
      }
      guard blocked.count < waiting.count else { throw NetworkError.cycle(blocked[0].name) }
      waiting = blocked
    }

    self.inputs = inputs
    self.nodes = sorted
    self.outputs = outputs
    self.unavailable = unavailable
    self.shapes = shapes
    positions = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1.name, $0) })
  }

  /// How many trained numbers all layers hold together.
  public var parameterCount: Int { nodes.reduce(0) { $0 + $1.layer.parameterCount } }

  /// The node of a name.
  ///
  /// - Throws: `NetworkError.unknownName` with the nearest names if there is none, or
  ///   `NetworkError.unavailable` if it cannot be computed.
  public func node(_ name: String) throws -> Node {
    guard let position = positions[name] else { throw missing(name, among: positions.keys) }
    return nodes[position]
  }

  /// The shape of one sample of an input or node.
  ///
  /// - Throws: `NetworkError.unknownName` with the nearest names if there is none, or
  ///   `NetworkError.unavailable` if it cannot be computed.
  public func shape(of name: String) throws -> Shape {
    guard let shape = shapes[name] else { throw missing(name, among: shapes.keys) }
    return shape
  }

  private func missing(_ name: String, among names: some Sequence<String>) -> NetworkError {
    if let reason = unavailable[name] { return .unavailable(name, reason: reason) }
    return .unknownName(name, nearest: nearest(to: name, in: names))
  }

  /// The nodes that must run, in order, so that the targets are known.
  ///
  /// - Throws: `NetworkError.unknownName` if a target is neither an input nor a node.
  public func path(to targets: [String]) throws -> [Node] {
    for target in targets { _ = try shape(of: target) }
    var needed = Set(targets)
    for node in nodes.reversed() where needed.contains(node.name) {
      needed.formUnion(node.inputs)
    }
    return nodes.filter { needed.contains($0.name) }
  }

  /// The inputs that the targets depend on.
  ///
  /// - Throws: `NetworkError.unknownName` if a target is neither an input nor a node.
  public func inputs(of targets: [String]) throws -> [Input] {
    let read = Set(try path(to: targets).flatMap(\.inputs) + targets)
    return inputs.filter { read.contains($0.name) }
  }

  /// Runs a batch as far as the targets, and no further.
  ///
  /// - Parameters:
  ///   - batch: per input name a tensor `[N] + input shape`; inputs that the targets do not depend
  ///     on may be left out.
  ///   - targets: names of the nodes wanted.
  /// - Returns: the batch of every input and node on the way.
  /// - Throws: `NetworkError` if a target is unknown, or an input is missing or has another shape.
  public func forward(_ batch: [String: Tensor], to targets: [String]) throws -> Activations {
    let path = try path(to: targets)
    var values = try checked(batch, for: targets)
    for node in path {
      values[node.name] = node.layer.forward(node.inputs.compactMap { values[$0] })
    }
    return Activations(values: values, path: path)
  }

  /// The inputs that the targets depend on, out of a batch.
  ///
  /// - Throws: `NetworkError` if one is missing or has another shape, or their counts differ.
  func checked(_ batch: [String: Tensor], for targets: [String]) throws -> [String: Tensor] {
    var values: [String: Tensor] = [:]
    var count: Int?
    for input in try inputs(of: targets) {
      guard let tensor = batch[input.name] else { throw NetworkError.missingInput(input) }
      guard tensor.shape.rank > 0, tensor.shape.sample == input.shape,
        tensor.shape[0] > 0, count == nil || count == tensor.shape[0]
      else { throw NetworkError.inputShape(input, got: tensor.shape) }
      count = tensor.shape[0]
      values[input.name] = tensor
    }
    return values
  }

  /// The gradient of a scalar with respect to every input that the pass in `activations` read.
  ///
  /// - Parameters:
  ///   - seeds: per node name the scalar's gradient with respect to that node, `[N] + node shape`.
  ///   - activations: the forward pass, which must have reached every node in `seeds`.
  /// - Returns: per input name a tensor `[N] + input shape`: zeros where no seed depends on it.
  public func backward(
    _ seeds: [String: Tensor], through activations: Activations
  ) -> [String: Tensor] {
    var gradients = seeds
    for node in activations.path.reversed() {
      guard let dOutput = gradients.removeValue(forKey: node.name) else { continue }
      let dInputs = node.layer.backward(
        dOutput, inputs: node.inputs.map { activations[$0] }, output: activations[node.name])
      for (name, dInput) in zip(node.inputs, dInputs) {
        if gradients[name] == nil { gradients[name] = dInput } else { gradients[name]?.add(dInput) }
      }
    }
    return Dictionary(
      uniqueKeysWithValues: inputs.compactMap { input in
        activations.values[input.name].map { value in
          (input.name, gradients[input.name] ?? Tensor(shape: value.shape))
        }
      })
  }
}

/// What a forward pass computed: the batch of every input and node it visited.
public struct Activations: Sendable {
  /// Per name a tensor `[N] + shape`.
  public let values: [String: Tensor]
  /// The nodes that ran, in order.
  public let path: [Network.Node]

  /// The batch of an input or node that the pass visited, `[N] + shape`.
  public subscript(name: String) -> Tensor {
    guard let tensor = values[name] else {
      preconditionFailure("the forward pass did not reach \(name)")
    }
    return tensor
  }
}
