import TonoCore
import TonoFiles
import TonoNetwork

/// The same elements under other shapes or in another order.
extension ONNXNetwork {
  /// Adds a node that gives a value another shape.
  private mutating func reshaped(
    _ input: ONNXValue, _ shape: [Int], _ call: ONNXCall
  ) throws -> ONNXValue {
    guard try count(shape, call) == input.count else {
      throw call.failure(
        "cannot give \(call.text(input.shape)) the shape \(call.text(shape)): the counts differ")
    }
    if input.constant != nil { return ONNXValue(input.content, shape: shape) }
    let layout = ONNXValue.sample(shape)
    return try add(
      layout.rank == 1 ? Flatten() : Reshape(shape: layout), for: call, reading: [input],
      shape: shape)
  }

  /// Flatten: to a matrix, the axes before `axis` being the rows.
  mutating func flatten(_ call: ONNXCall) throws -> ONNXValue {
    let input = try call.input()
    let axis = try call.axis(
      try call.integer("axis", default: 1), rank: input.shape.count, orEnd: true)
    return try reshaped(
      input, [input.shape[..<axis].reduce(1, *), input.shape[axis...].reduce(1, *)], call)
  }

  /// Reshape: 0 keeps an extent, −1 takes what is left.
  mutating func reshape(_ call: ONNXCall) throws -> ONNXValue {
    let input = try call.input()
    guard let asked = try call.integers(1, "shape") ?? call.integers("shape") else {
      throw call.failure("has no shape")
    }
    let zeroIsZero = try call.flag("allowzero")
    var shape = try asked.enumerated().map { axis, extent in
      guard extent >= -1, extent <= ONNXCall.largestSetting else {
        throw call.failure("asks for an axis of \(extent) elements")
      }
      guard extent == 0, !zeroIsZero else { return extent }
      guard axis < input.shape.count else {
        throw call.failure("keeps axis \(axis) of a tensor of \(input.shape.count) axes")
      }
      return input.shape[axis]
    }
    if let open = shape.firstIndex(of: -1) {
      shape[open] = 1
      let rest = try count(shape, call)
      guard !shape.contains(-1), rest > 0, input.count % rest == 0 else {
        throw call.failure(
          "cannot give \(call.text(input.shape)) the shape \(call.text(asked))")
      }
      shape[open] = input.count / rest
    }
    return try reshaped(input, shape, call)
  }

  /// Squeeze: without some axes of extent 1, or without all.
  mutating func squeeze(_ call: ONNXCall) throws -> ONNXValue {
    let input = try call.input()
    let given = try call.integers(1, "axes") ?? call.integers("axes")
    let axes =
      try given.map { try call.axes($0, rank: input.shape.count) }
      ?? input.shape.indices.filter { input.shape[$0] == 1 }
    guard axes.allSatisfy({ input.shape[$0] == 1 }) else {
      throw call.failure(
        "takes away axes of \(call.text(input.shape)) that hold more than one element")
    }
    return try reshaped(
      input, input.shape.indices.filter { !axes.contains($0) }.map { input.shape[$0] }, call)
  }

  /// Unsqueeze: with further axes of extent 1.
  mutating func unsqueeze(_ call: ONNXCall) throws -> ONNXValue {
    let input = try call.input()
    guard let given = try call.integers(1, "axes") ?? call.integers("axes") else {
      throw call.failure("has no axes")
    }
    let rank = input.shape.count + given.count
    let axes = try call.axes(given, rank: rank)
    var rest = input.shape[...]
    let shape = (0..<rank).map { axes.contains($0) ? 1 : rest.popFirst() ?? 1 }
    return try reshaped(input, shape, call)
  }

  /// Transpose: by default in the reverse order.
  mutating func transpose(_ call: ONNXCall) throws -> ONNXValue {
    let input = try call.input()
    let rank = input.shape.count
    let order = try call.integers("perm") ?? (0..<rank).reversed()
    guard order.sorted() == Array(0..<rank) else {
      throw call.failure("orders \(rank) axes as \(call.text(order))")
    }
    let shape = order.map { input.shape[$0] }
    if isKeptChannelsFirst(input) {
      return try add(Identity(), for: call, reading: [input], shape: shape)
    }
    // Where only axes of one element move, the elements stay as they are.
    let moved = order.filter { input.shape[$0] != 1 }
    if moved == moved.sorted() { return try reshaped(input, shape, call) }
    let keepsAll = order.first != 0 || !input.hasSampleAxis
    let plain = try plain(input, keepsAll: keepsAll, for: call)
    return try add(
      Permute(axes: keepsAll ? order : order.dropFirst().map { $0 - 1 }), for: call,
      reading: [plain], shape: shape)
  }
}
