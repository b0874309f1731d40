import TonoCore
import TonoFiles
import TonoNetwork

/// Tensors that depend on no input, and changes of kind.
extension ONNXNetwork {
  /// Constant, ConstantOfShape, Shape, Size and Range.
  mutating func constant(_ call: ONNXCall) throws -> ONNXValue {
    switch call.kind {
    case "Shape":
      let shape = try call.input().shape
      func bound(_ name: String, _ value: Int) throws -> Int {
        let place = try call.integer(name, default: value)
        return (place < 0 ? place + shape.count : place).clamped(to: 0...shape.count)
      }
      let (start, end) = (try bound("start", 0), try bound("end", shape.count))
      return vector(Array(shape[start..<max(start, end)]))
    case "Size":
      return ONNXValue(.constant(.integers([try call.input().count])), shape: [])
    case "Range": return try range(call)
    case "ConstantOfShape": return try constantOfShape(call)
    default: return try literal(call)
    }
  }

  private func vector(_ integers: [Int]) -> ONNXValue {
    ONNXValue(.constant(.integers(integers)), shape: [integers.count])
  }

  private mutating func range(_ call: ONNXCall) throws -> ONNXValue {
    guard let start = try call.integers(0, "start")?.first,
      let limit = try call.integers(1, "limit")?.first,
      let step = try call.integers(2, "step")?.first, step != 0,
      abs(start.clamped(to: -Int.max...Int.max)) <= ONNXCall.largestSetting,
      abs(limit.clamped(to: -Int.max...Int.max)) <= ONNXCall.largestSetting
    else { throw call.failure("has no start, limit and step of moderate size") }
    try spend(abs((limit - start) / step) + 1, call)
    return vector(Array(stride(from: start, to: limit, by: step)))
  }

  private mutating func constantOfShape(_ call: ONNXCall) throws -> ONNXValue {
    guard let shape = try call.integers(0, "shape") else { throw call.failure("has no shape") }
    let count = try count(shape, call)
    try spend(count, call)
    let value = try call.tensor("value").map {
      try tensors.read($0, at: "the value of node '\(call.name)'")
    }
    guard value == nil || value?.numbers.count == 1 else {
      throw call.failure("has a value of \(value?.numbers.count ?? 0) numbers; expected one")
    }
    switch value?.numbers {
    case .integers(let numbers)?:
      return ONNXValue(
        .constant(.integers(Array(repeating: numbers[0], count: count))), shape: shape)
    case .floats(let numbers)?:
      return ONNXValue(
        .constant(.floats(Array(repeating: numbers[0], count: count))), shape: shape)
    case nil:
      return ONNXValue(.constant(.floats(Array(repeating: 0, count: count))), shape: shape)
    }
  }

  /// Constant: in one of several attributes.
  private mutating func literal(_ call: ONNXCall) throws -> ONNXValue {
    if let tensor = try call.tensor("value") {
      let place = "the value of node '\(call.name)'"
      try spendIntegers(of: tensor, at: place)
      return ONNXValue(try tensors.read(tensor, at: place))
    }
    if call.has("value_float") {
      let number = try call.number("value_float", default: 0)
      return ONNXValue(.constant(.floats([number])), shape: [])
    }
    if let numbers = try call.numbers("value_floats") {
      return ONNXValue(.constant(.floats(numbers)), shape: [numbers.count])
    }
    if call.has("value_int") {
      let number = try call.integer("value_int", default: 0)
      return ONNXValue(.constant(.integers([number])), shape: [])
    }
    if let numbers = try call.places("value_ints") { return vector(numbers) }
    throw call.unsupported("holds a value of a kind that is not read")
  }

  /// Cast: among floating-point numbers nothing changes here, where all are Float32.
  mutating func cast(_ call: ONNXCall) throws -> ONNXValue {
    let input = try call.input()
    let number = try call.integer("to", default: 1)
    guard let kind = ONNXNumberKind(rawValue: Int32(clamping: number)) else {
      throw call.unsupported("casts to the kind \(number), which is not read")
    }
    guard let constant = input.constant else {
      guard kind.isFloatingPoint else {
        throw call.unsupported("casts to integers, through which no gradient goes")
      }
      return try identity(input, call)
    }
    let numbers: ONNXConstant.Numbers
    switch (constant.numbers, kind.isFloatingPoint) {
    case (.integers(let integers), false):
      numbers = .integers(kind == .bool ? integers.map { $0 == 0 ? 0 : 1 } : integers)
    case (.floats(let floats), false):
      numbers = .integers(
        floats.map {
          kind == .bool ? ($0 == 0 ? 0 : 1) : Int(exactly: $0.rounded(.towardZero)) ?? 0
        })
    case (_, true): numbers = .floats(constant.floats)
    }
    return ONNXValue(.constant(numbers), shape: input.shape, layout: input.layout)
  }
}
