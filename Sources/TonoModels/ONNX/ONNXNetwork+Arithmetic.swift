import TonoCore
import TonoFiles
import TonoNetwork

/// Arithmetic on several tensors, element by element.
extension ONNXNetwork {
  /// Add, Sub, Mul, Div, Pow, Min, Max, Sum, Mean and PRelu.
  mutating func arithmetic(_ call: ONNXCall) throws -> ONNXValue {
    let inputs = try call.allInputs()
    if let numbers = try integers(call, inputs) { return numbers }
    if inputs.count == 2, let layer = withNumber(call.kind, inputs) {
      let input = inputs[inputs[0].constant == nil ? 0 : 1]
      return try add(layer, for: call, reading: [input], shape: input.shape)
    }
    switch call.kind {
    case "Add", "Sum": return try merged(Add(), inputs, call)
    case "Mul": return try merged(Multiply(), inputs, call)
    case "Sub": return try pair(Subtract(), inputs, call)
    case "Div": return try pair(Divide(), inputs, call)
    case "Pow": return try pair(Power(), inputs, call)
    case "PRelu":
      let value = try pair(PReLU(), inputs, call)
      guard value.shape == inputs[0].shape else {
        throw call.failure("has slopes of shape \(call.text(inputs[1].shape)), which do not fit")
      }
      return value
    case "Mean":
      guard inputs.count > 1 else { return try identity(inputs[0], call) }
      let sum = try broadcasting(Add(), inputs, part: "_sum", call)
      return try add(
        Affine(scale: 1 / Float(inputs.count)), for: call, reading: [sum], shape: sum.shape)
    default: return try extreme(inputs, call)
    }
  }

  /// Greater, Less and those with equality.
  mutating func comparison(_ call: ONNXCall) throws -> ONNXValue {
    let inputs = try call.allInputs()
    if let numbers = try integers(call, inputs) { return numbers }
    let layer = Greater(orEqual: call.kind.hasSuffix("OrEqual"))
    return try pair(layer, call.kind.hasPrefix("Less") ? inputs.reversed() : inputs, call)
  }

  /// Where: one of two tensors, element by element.
  mutating func choice(_ call: ONNXCall) throws -> ONNXValue {
    let inputs = try call.allInputs()
    guard inputs.count == 3 else {
      throw call.failure("reads \(inputs.count) tensors; expected three")
    }
    if inputs.allSatisfy({ $0.constant?.integers != nil }) { return try integerArithmetic(call) }
    return try broadcasting(Where(), inputs, call)
  }

  /// Min and Max of any number of tensors, two at a time.
  private mutating func extreme(_ inputs: [ONNXValue], _ call: ONNXCall) throws -> ONNXValue {
    guard inputs.count > 1 else { return try identity(inputs[0], call) }
    let layer: any Layer = call.kind == "Min" ? Minimum() : Maximum()
    var value = inputs[0]
    for (place, input) in inputs.enumerated().dropFirst() {
      value = try broadcasting(
        layer, [value, input], part: place == inputs.count - 1 ? "" : "_\(place)", call)
    }
    return value
  }

  private mutating func merged(
    _ layer: any Layer, _ inputs: [ONNXValue], _ call: ONNXCall
  ) throws -> ONNXValue {
    inputs.count == 1 ? try identity(inputs[0], call) : try broadcasting(layer, inputs, call)
  }

  private mutating func pair(
    _ layer: any Layer, _ inputs: [ONNXValue], _ call: ONNXCall
  ) throws -> ONNXValue {
    guard inputs.count == 2 else {
      throw call.failure("reads \(inputs.count) tensors; expected two")
    }
    return try broadcasting(layer, inputs, call)
  }

  /// The input itself, under the node's name.
  mutating func identity(_ input: ONNXValue, _ call: ONNXCall) throws -> ONNXValue {
    try add(Identity(), for: call, reading: [input], shape: input.shape)
  }

  /// A layer whose inputs are repeated along axes that they do not have or that are 1 long, as NumPy
  /// does it.
  mutating func broadcasting(
    _ layer: any Layer, _ inputs: [ONNXValue], part: String = "", _ call: ONNXCall
  ) throws -> ONNXValue {
    let shape = try call.broadcast(inputs.map(\.shape))
    try count(shape, call)
    if Set(inputs.map(\.layout)).count == 1, inputs.allSatisfy({ $0.shape == shape }) {
      return try add(layer, part: part, for: call, reading: inputs, shape: shape)
    }
    let drop = shape.count > 1 && shape[0] == 1 ? 1 : 0
    let aligned = try inputs.map { input in
      let extents = Array(repeating: 1, count: shape.count - input.shape.count) + input.shape
      let kept = extents.dropFirst(drop)
      return try laidOut(input, as: Shape(kept.isEmpty ? [1] : Array(kept)), for: call)
    }
    if let layer = onChannels(call.kind, aligned) {
      let map = aligned[aligned[0].constant == nil ? 0 : 1]
      return try add(layer, part: part, for: call, reading: [map], shape: shape)
    }
    return try add(layer, part: part, for: call, reading: aligned, shape: shape)
  }

  /// Arithmetic with one constant number as a function of single elements.
  private func withNumber(_ kind: String, _ inputs: [ONNXValue]) -> (any Activation)? {
    let (a, b) = (inputs[0], inputs[1])
    guard let constant = a.constant ?? b.constant, (a.constant == nil) != (b.constant == nil),
      constant.numbers.count == 1, constant.shape.count <= (a.constant == nil ? a : b).shape.count
    else { return nil }
    let number = constant.floats[0]
    switch (kind, a.constant == nil) {
    case ("Add", _), ("Sum", _): return Affine(shift: number)
    case ("Mul", _): return Affine(scale: number)
    case ("Sub", true): return Affine(shift: -number)
    case ("Div", true): return Affine(scale: 1 / number)
    case ("Sub", false): return Affine(scale: -1, shift: number)
    case ("Pow", true): return ConstantPower(exponent: number)
    case ("PRelu", true): return LeakyReLU(slope: number)
    case ("Min", _): return Clip(maximum: number)
    case ("Max", _): return number == 0 ? ReLU() : Clip(minimum: number)
    default: return nil
    }
  }

  /// Sums and products of maps with one constant number for each channel: a normalization that a
  /// convolution in front of it takes in.
  private func onChannels(_ kind: String, _ inputs: [ONNXValue]) -> BatchNormalization? {
    guard inputs.count == 2, let constant = inputs[0].constant ?? inputs[1].constant,
      (inputs[0].constant == nil) != (inputs[1].constant == nil)
    else { return nil }
    let isSecond = inputs[0].constant == nil
    let (map, numbers) = isSecond ? (inputs[0], inputs[1]) : (inputs[1], inputs[0])
    let (channels, values) = (map.layout[0], constant.floats)
    guard map.layout.rank == 3, numbers.layout == [channels, 1, 1], values.allSatisfy(\.isFinite)
    else { return nil }
    func affine(_ scale: [Float]?, _ shift: [Float]?) -> BatchNormalization {
      BatchNormalization(
        gamma: scale ?? Array(repeating: 1, count: channels),
        beta: shift ?? Array(repeating: 0, count: channels),
        mean: Array(repeating: 0, count: channels),
        variance: Array(repeating: 1, count: channels), epsilon: 0)
    }
    switch (kind, isSecond) {
    case ("Add", _): return affine(nil, values)
    case ("Mul", _): return affine(values, nil)
    case ("Sub", true): return affine(nil, values.map { -$0 })
    default: return nil
    }
  }
}

extension ONNXCall {
  /// The shape to which tensors of these shapes are repeated.
  ///
  /// - Throws: `ModelError` if they do not fit each other.
  func broadcast(_ shapes: [[Int]]) throws -> [Int] {
    let rank = shapes.map(\.count).max() ?? 0
    return try (0..<rank).map { axis in
      let extents = shapes.compactMap { shape in
        axis < rank - shape.count ? nil : shape[axis - rank + shape.count]
      }
      let extent = extents.first { $0 != 1 } ?? 1
      guard extents.allSatisfy({ $0 == 1 || $0 == extent }) else {
        throw failure(
          "reads tensors of the shapes \(shapes.map { text($0) }.joined(separator: " and ")), which"
            + " do not fit each other")
      }
      return extent
    }
  }
}
