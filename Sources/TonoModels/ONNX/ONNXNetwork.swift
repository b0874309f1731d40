import Foundation
import TonoCore
import TonoFiles
import TonoNetwork

/// Builds a network from an ONNX graph.
///
/// What does not depend on an input is computed while the network is built. A node that is not
/// supported, and what depends on it, becomes no node; the rest of the network works without it.
struct ONNXNetwork {
  /// The graph.
  let graph: Onnx_GraphProto

  /// The version of its operators.
  let operators: Int

  /// Reads its arrays.
  let tensors: ONNXTensorReader

  /// The extents of inputs that a person gives, for axes that the file leaves open.
  let shapes: [String: [Int]]

  /// What is odd about the file but no reason to refuse it: a sentence each.
  var warnings: [String] = []

  /// The most warnings that are given.
  private static let mostWarnings = 20

  /// The largest sample of a node, in elements (4 GB): more is a damaged file.
  private static let largestSample = 1 << 30

  /// How many more constants may be computed, in elements.
  private var constantBudget: Int

  /// How many more whole numbers may be kept of the file's arrays: places and extents are few.
  var integerBudget: Int

  /// The tensors that are read to bring their channels to the front, and by nothing else.
  let transposedNames: Set<String>

  var inputs: [Network.Input] = []
  private var nodes: [Network.Node] = []
  var values: [String: ONNXValue] = [:]
  private var unavailable: [String: String] = [:]
  private var reasons: [String] = []
  var names = ONNXNames()
  /// Inputs `[1, H, W, C]` that the network takes as `[C, H, W]`, which only transpositions read.
  var transposedInputs: Set<String> = []
  /// Values that were brought into another layout, so that this happens once.
  var laidOut: [String: ONNXValue] = [:]

  /// A builder that has not begun.
  init(
    graph: Onnx_GraphProto, operators: Int, tensors: ONNXTensorReader, shapes: [String: [Int]],
    fileSize: Int
  ) {
    self.shapes = shapes
    self.graph = graph
    self.operators = operators
    self.tensors = tensors
    constantBudget = max(1 << 24, fileSize)
    integerBudget = max(1 << 22, fileSize / 2)
    transposedNames = Self.transposedNames(of: graph)
  }

  /// The file, for messages.
  var url: URL { tensors.url }

  /// The network.
  ///
  /// - Throws: `ModelError` if the graph is not one, or a node does not fit what it reads.
  mutating func build() throws -> Network {
    try readInitializers()
    try readInputs()
    for index in try ONNXOrder(graph, known: Set(values.keys), url: url).nodes {
      try run(graph.node[index])
    }
    let outputs = try graph.output.compactMap { try output($0.name) }
    guard !nodes.isEmpty else {
      let reason = reasons.first ?? "its graph has no nodes that depend on an input"
      throw ModelError(url, "no layer of the model can be computed: \(reason)")
    }
    do {
      return try Network(
        inputs: inputs, nodes: nodes, outputs: outputs, unavailable: unavailable)
    } catch let error as NetworkError {
      throw ModelError(url, error.description)
    }
  }

  // MARK: - Nodes

  private mutating func run(_ node: Onnx_NodeProto) throws {
    let name = names.take(
      node.name.isEmpty ? node.output.first { !$0.isEmpty } ?? node.opType : node.name)
    let inputs = node.input.map { $0.isEmpty ? nil : values[$0] }
    let call = ONNXCall(
      node: node, name: name, inputs: inputs, operators: operators, url: url)
    var results: [ONNXValue] = []
    do {
      if let reason = inputs.compactMap({ $0?.reason }).first {
        throw ONNXUnsupported(reason)
      }
      results = try apply(call)
    } catch let unsupported as ONNXUnsupported {
      unavailable[name] = unsupported.reason
      reasons.append(unsupported.reason)
      warn(unsupported.reason + "; layers that depend on it cannot be used")
      results = node.output.map { _ in ONNXValue(.missing(unsupported.reason), shape: [1]) }
    }
    for (index, output) in node.output.enumerated() where !output.isEmpty {
      values[output] =
        index < results.count
        ? results[index]
        : ONNXValue(
          .missing(call.unsupported("has an output '\(output)' that is not computed").reason),
          shape: [1])
    }
  }

  /// Keeps a warning, unless it is one already or there are many.
  mutating func warn(_ sentence: String) {
    let sentence = oneLine(sentence)
    guard warnings.count < Self.mostWarnings, !warnings.contains(sentence) else { return }
    warnings.append(sentence)
  }

  /// The name of the network's node for an output of the graph, if it can be computed.
  private mutating func output(_ name: String) throws -> String? {
    guard let value = values[name] else {
      throw ModelError(url, "the graph's output '\(name)' is computed by no node")
    }
    switch value.content {
    case .node(let node): return node
    case .missing: return nil
    case .constant(let numbers):
      guard numbers.count > 0 else { return nil }
      let tensor = Tensor(
        shape: value.layout,
        values: ONNXConstant(shape: value.shape, numbers: numbers).floats)
      let node = names.take(name)
      nodes.append(
        Network.Node(
          name: node, layer: Constant(tensor), inputs: inputs.first.map { [$0.name] } ?? []))
      return node
    }
  }

  /// Adds a node that reads some values, or computes it if they are constant.
  ///
  /// A `part` is appended to the node's name where it becomes several nodes. `shape` are the
  /// output's extents as the file has them; by default those of its layout behind `leading`.
  mutating func add(
    _ layer: any Layer, part: String = "", for call: ONNXCall, reading inputs: [ONNXValue],
    leading: [Int] = [], shape: [Int]? = nil
  ) throws -> ONNXValue {
    let layout = try outputLayout(layer, inputs, call)
    let shape = shape ?? leading + layout.extents
    try count(shape, call)
    if layout.count == 0 { return ONNXValue(.constant(.floats([])), shape: shape, layout: layout) }
    guard inputs.contains(where: { $0.constant == nil }) else {
      try spend(layout.count, call)
      let folding = ONNXFolding(layer)
      try folding.checkWork(inputs, making: layout.count, for: call)
      let numbers = try folding.evaluate(inputs, for: call)
      return ONNXValue(.constant(numbers), shape: shape, layout: layout)
    }
    var constants: [Int: Tensor] = [:]
    var read: [String] = []
    for (place, input) in inputs.enumerated() {
      switch input.content {
      case .node(let name): read.append(name)
      case .constant:
        constants[place] = Tensor(shape: input.layout, values: input.constant?.floats ?? [])
      case .missing(let reason): throw ONNXUnsupported(reason)
      }
    }
    let name = part.isEmpty ? call.name : names.take(call.name + part)
    nodes.append(
      Network.Node(
        name: name, layer: constants.isEmpty ? layer : WithConstants(layer, constants),
        inputs: read))
    return ONNXValue(.node(name), shape: shape, layout: layout)
  }

  /// The layout of a layer's output, of which no memory holds more than 2^30 numbers.
  private func outputLayout(
    _ layer: any Layer, _ inputs: [ONNXValue], _ call: ONNXCall
  ) throws -> Shape {
    do {
      let layout = try layer.outputShape(inputs.map(\.layout))
      _ = try count(layout.extents, call)
      return layout
    } catch let error as ShapeError {
      throw call.failure("does not fit its inputs: \(error)")
    }
  }

  /// The product of extents.
  ///
  /// - Throws: `ModelError` if one is negative or the product is too large.
  @discardableResult
  func count(_ extents: [Int], _ call: ONNXCall) throws -> Int {
    // An axis without elements does not make the others harmless: they may be taken alone.
    var (bound, count) = (1, 1)
    for extent in extents {
      guard extent >= 0 else { throw call.failure("makes an axis of \(extent) elements") }
      let (product, overflow) = bound.multipliedReportingOverflow(by: max(1, extent))
      guard !overflow, product <= Self.largestSample else {
        throw call.failure("makes a tensor of more than 2^30 numbers")
      }
      bound = product
      count *= extent
    }
    return count
  }

  /// Takes memory for constants from the budget.
  mutating func spend(_ count: Int, _ call: ONNXCall) throws {
    constantBudget -= count
    guard constantBudget >= 0 else {
      throw call.failure(
        "makes constants far larger than the file; simplify the model before exporting it")
    }
  }
}
