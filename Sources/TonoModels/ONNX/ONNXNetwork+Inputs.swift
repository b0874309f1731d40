import TonoCore
import TonoFiles
import TonoNetwork

/// What a graph begins with: its arrays and its inputs.
extension ONNXNetwork {
  /// Reads the arrays; those of kinds that are not read are missing.
  mutating func readInitializers() throws {
    for tensor in graph.initializer {
      let place = "initializer '\(tensor.name)'"
      do {
        try spendIntegers(of: tensor, at: place)
        let constant = try tensors.read(tensor, at: place)
        warnOfNonFinite(constant, at: place)
        values[tensor.name] = ONNXValue(constant)
      } catch let unsupported as ONNXUnsupported {
        values[tensor.name] = ONNXValue(.missing(unsupported.reason), shape: [1])
      }
    }
    for tensor in graph.sparseInitializer {
      values[tensor.values.name] = ONNXValue(
        .missing("initializer '\(tensor.values.name)' is sparse, which is not read"), shape: [1])
    }
  }

  /// Takes whole numbers from their budget: each takes eight bytes, in the file perhaps one.
  ///
  /// - Throws: `ONNXUnsupported` if there are too many, `ModelError` if they have no shape.
  mutating func spendIntegers(of tensor: Onnx_TensorProto, at place: String) throws {
    guard ONNXNumberKind(rawValue: tensor.dataType)?.isFloatingPoint == false else { return }
    integerBudget -= try tensors.count(of: tensor, at: place)
    guard integerBudget >= 0 else {
      throw ONNXUnsupported(
        "\(place) holds small whole numbers instead of weights, of which not so many are read")
    }
  }

  private mutating func warnOfNonFinite(_ constant: ONNXConstant, at place: String) {
    guard case .floats(let numbers) = constant.numbers else { return }
    let count = numbers.count { !$0.isFinite }
    if count > 0 { warn("\(place): \(count) of \(numbers.count) numbers not finite") }
  }

  /// Reads the inputs; those that cannot be excited are missing.
  mutating func readInputs() throws {
    // Before version 4 of the format every initializer was an input too.
    let open = graph.input.filter { values[$0.name] == nil }
    if let stray = shapes.keys.filter({ name in !open.contains { $0.name == name } }).min() {
      throw ModelError(
        url,
        "a shape is given for '\(stray)', which is no input; the inputs are"
          + " \(open.map(\.name).joined(separator: ", "))")
    }
    for input in open {
      do {
        let extents = try ONNXInputShape(input, given: shapes[input.name], url: url).extents
        let name = names.take(input.name)
        if extents.count == 4, extents[0] > 1 {
          warn(
            "input '\(name)' fixes a batch of \(extents[0]) samples, which count as one here;"
              + " export the model with a batch of 1 or an open one")
        }
        let isChannelsLast = isReadChannelsLast(input.name, extents)
        let value = ONNXValue(
          .node(name), shape: extents,
          layout: isChannelsLast ? [extents[3], extents[1], extents[2]] : nil)
        if isChannelsLast && extents[3] > 1 { transposedInputs.insert(name) }
        inputs.append(Network.Input(name: name, shape: value.layout))
        values[input.name] = value
      } catch let unsupported as ONNXUnsupported {
        values[input.name] = ONNXValue(.missing(unsupported.reason), shape: [1])
      }
    }
  }

  /// Whether an input is a map `[1, H, W, C]`, which the network takes as `[C, H, W]`: if it has one
  /// channel, or all that is done with it is to bring the channels to the front.
  private func isReadChannelsLast(_ name: String, _ extents: [Int]) -> Bool {
    guard extents.count == 4, extents[0] == 1 else { return false }
    if extents[3] == 1 && extents[1] != 1 { return true }
    return transposedNames.contains(name)
  }

  /// The tensors of a graph that are read to bring their channels to the front, and by nothing else.
  static func transposedNames(of graph: Onnx_GraphProto) -> Set<String> {
    var names: Set<String> = []
    for node in graph.node where node.bringsChannelsToTheFront { names.formUnion(node.input) }
    for node in graph.node where !node.bringsChannelsToTheFront { names.subtract(node.input) }
    return names.subtracting(graph.output.map(\.name))
  }

  /// Whether a value's channels have been brought to the front already.
  func isKeptChannelsFirst(_ value: ONNXValue) -> Bool {
    if case .node(let name) = value.content { transposedInputs.contains(name) } else { false }
  }
}

extension Onnx_NodeProto {
  /// Whether this is a transposition of `[N, H, W, C]` to `[N, C, H, W]`.
  var bringsChannelsToTheFront: Bool {
    opType == "Transpose" && attribute.contains { $0.name == "perm" && $0.ints == [0, 3, 1, 2] }
  }
}
