import TonoCore
import TonoFiles
import TonoNetwork

/// The operators, and what they become.
extension ONNXNetwork {
  /// Adds the nodes of one node of the graph.
  ///
  /// - Returns: its outputs.
  /// - Throws: `ModelError` if its settings or inputs do not fit, `ONNXUnsupported` if it is not read.
  mutating func apply(_ call: ONNXCall) throws -> [ONNXValue] {
    guard ONNXCall.ownDomains.contains(call.node.domain) else {
      throw call.unsupported("of the domain '\(call.node.domain)' is not read")
    }
    switch call.kind {
    case "Conv": return [try convolution(call)]
    case "ConvTranspose": return [try transposedConvolution(call)]
    case "Gemm": return [try gemm(call)]
    case "MatMul": return [try matMul(call)]
    case "BatchNormalization": return [try batchNormalization(call)]
    case "InstanceNormalization": return [try instanceNormalization(call)]
    case "LayerNormalization": return try layerNormalization(call)
    case "LRN": return [try localResponseNormalization(call)]
    case "Softmax", "LogSoftmax": return [try softmax(call)]
    case "MaxPool", "AveragePool", "LpPool": return [try pooling(call)]
    case "GlobalMaxPool", "GlobalAveragePool": return [try globalPooling(call)]
    case "Add", "Sub", "Mul", "Div", "Pow", "Min", "Max", "Sum", "Mean", "PRelu":
      return [try arithmetic(call)]
    case "ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceL2":
      return [try reduction(call)]
    case "Flatten": return [try flatten(call)]
    case "Reshape": return [try reshape(call)]
    case "Squeeze": return [try squeeze(call)]
    case "Unsqueeze": return [try unsqueeze(call)]
    case "Transpose": return [try transpose(call)]
    case "Concat": return [try concat(call)]
    case "Split": return try split(call)
    case "Slice": return [try slice(call)]
    case "Gather": return [try gather(call)]
    case "Expand": return [try expand(call)]
    case "Tile": return [try tile(call)]
    case "Pad": return [try pad(call)]
    case "Resize", "Upsample": return [try resize(call)]
    case "Dropout": return try dropout(call)
    case "Cast": return [try cast(call)]
    case "Constant", "ConstantOfShape", "Shape", "Size", "Range": return [try constant(call)]
    case "Greater", "GreaterOrEqual", "Less", "LessOrEqual": return [try comparison(call)]
    case "Where": return [try choice(call)]
    case "Equal", "Mod", "ReduceProd": return [try integerArithmetic(call)]
    default:
      guard let activation = try activation(call) else {
        throw call.unsupported("is not read")
      }
      return [try cellwise(activation, call)]
    }
  }

  /// A function of each element by itself, which keeps the layout.
  private mutating func cellwise(
    _ activation: any Activation, _ call: ONNXCall
  ) throws -> ONNXValue {
    let input = try call.input()
    if let integers = input.constant?.integers, let numbers = ONNXIntegers(call, integers) {
      return ONNXValue(.constant(.integers(numbers.values)), shape: input.shape)
    }
    return try add(activation, for: call, reading: [input], shape: input.shape)
  }

  /// Dropout, which drops nothing here; its second output says so for each element.
  private mutating func dropout(_ call: ONNXCall) throws -> [ONNXValue] {
    let input = try call.input()
    if try call.number(2, "training mode") ?? 0 != 0, try call.number(1, "ratio") ?? 0.5 != 0 {
      throw call.unsupported("is in training mode; export the model in evaluation mode")
    }
    let rate = try call.number(1, "ratio") ?? call.number("ratio", default: 0.5)
    let output = try add(Dropout(rate: rate), for: call, reading: [input], shape: input.shape)
    guard call.outputCount > 1 else { return [output] }
    try spend(input.count, call)
    let mask = ONNXConstant.Numbers.integers(Array(repeating: 1, count: input.count))
    return [output, ONNXValue(.constant(mask), shape: input.shape, layout: input.layout)]
  }

  private mutating func softmax(_ call: ONNXCall) throws -> ONNXValue {
    let input = try call.input()
    let isOld = call.operators < 13
    let axis = try call.axis("axis", default: isOld ? 1 : -1, rank: input.shape.count)
    func layer(_ axis: Int) -> any Layer {
      call.kind == "Softmax" ? Softmax(axis: axis) : LogSoftmax(axis: axis)
    }
    if isOld {
      // Before version 13 all axes from this one on were one.
      let rows = input.shape[..<axis].reduce(1, *)
      let columns = input.shape[axis...].reduce(1, *)
      let flat = try laidOut(
        input, as: rows == 1 ? [columns] : [rows, columns], for: call)
      return try add(
        layer(rows == 1 ? 0 : 1), for: call, reading: [flat], shape: input.shape)
    }
    let keepsAll = axis == 0 || !input.hasSampleAxis
    let plain = try plain(input, keepsAll: keepsAll, for: call)
    return try add(
      layer(keepsAll ? axis : axis - 1), for: call, reading: [plain], shape: input.shape)
  }
}

extension ONNXCall {
  /// An axis of a tensor of so many, counted from its outermost; the attribute may count from the
  /// end.
  func axis(_ name: String, default value: Int, rank: Int) throws -> Int {
    try axis(try integer(name, default: value), rank: rank)
  }

  /// An axis counted from the outermost, which may be one more than there are if `isEnd`.
  func axis(_ axis: Int, rank: Int, orEnd isEnd: Bool = false) throws -> Int {
    let index = axis < 0 ? axis + rank : axis
    guard (0..<rank + (isEnd ? 1 : 0)).contains(index) else {
      throw failure("works along axis \(axis) of a tensor of \(rank) axes")
    }
    return index
  }

  /// Distinct axes counted from the outermost.
  func axes(_ axes: [Int], rank: Int) throws -> [Int] {
    let indices = try axes.map { try axis($0, rank: rank) }
    guard Set(indices).count == indices.count else { throw failure("names an axis twice") }
    return indices
  }
}
