import TonoCore
import TonoFiles
import TonoNetwork

/// Arithmetic with integers that do not depend on any input: shapes, places, counts.
struct ONNXIntegers {
  /// The numbers.
  let values: [Int]

  /// A function of each integer by itself; nil if the operator is none.
  init?(_ call: ONNXCall, _ values: [Int]) {
    switch call.kind {
    case "Identity", "Relu": self.values = call.kind == "Relu" ? values.map { max($0, 0) } : values
    case "Neg": self.values = values.map { 0 &- $0 }
    case "Abs": self.values = values.map { $0 < 0 ? 0 &- $0 : $0 }
    default: return nil
    }
  }

  /// What an operator makes of two integers; nil if it does not compute with such, or divides by zero.
  static func combine(_ kind: String, _ a: Int, _ b: Int) -> Int? {
    switch kind {
    case "Add", "Sum": a &+ b
    case "Sub": a &- b
    case "Mul": a &* b
    case "Div": b == 0 ? nil : a.dividedReportingOverflow(by: b).partialValue
    case "Mod": b == 0 ? nil : modulo(a, b)
    case "Min": min(a, b)
    case "Max": max(a, b)
    case "Equal": a == b ? 1 : 0
    case "Greater": a > b ? 1 : 0
    case "GreaterOrEqual": a >= b ? 1 : 0
    case "Less": a < b ? 1 : 0
    case "LessOrEqual": a <= b ? 1 : 0
    default: nil
    }
  }

  /// The rest that has the divisor's sign.
  private static func modulo(_ a: Int, _ b: Int) -> Int {
    let rest = a.remainderReportingOverflow(dividingBy: b).partialValue
    return rest != 0 && (rest < 0) != (b < 0) ? rest &+ b : rest
  }
}

extension ONNXNetwork {
  /// The result of arithmetic with constant integers alone, or nil if there are others.
  mutating func integers(_ call: ONNXCall, _ inputs: [ONNXValue]) throws -> ONNXValue? {
    let numbers = inputs.compactMap { $0.constant?.integers }
    guard numbers.count == inputs.count, let first = inputs.first else { return nil }
    var (shape, values) = (first.shape, numbers[0])
    for (input, others) in zip(inputs, numbers).dropFirst() {
      let both = try call.broadcast([shape, input.shape])
      try spend(try count(both, call), call)
      let (a, b) = (
        Self.repeated(values, shape, to: both), Self.repeated(others, input.shape, to: both)
      )
      values = try zip(a, b).map { a, b in
        guard let value = ONNXIntegers.combine(call.kind, a, b) else {
          throw call.unsupported("computes with integers in a way that is not read")
        }
        return value
      }
      shape = both
    }
    return ONNXValue(.constant(.integers(values)), shape: shape)
  }

  /// Equal, Mod and ReduceProd, which only occur where shapes are computed, and Where on such.
  mutating func integerArithmetic(_ call: ONNXCall) throws -> ONNXValue {
    let inputs = try call.allInputs()
    let numbers = inputs.compactMap { $0.constant?.integers }
    guard numbers.count == inputs.count else {
      throw call.unsupported("is read for constant integers alone")
    }
    switch call.kind {
    case "Where":
      guard inputs.count == 3 else { throw call.failure("expects three inputs") }
      let shape = try call.broadcast(inputs.map(\.shape))
      try spend(3 * (try count(shape, call)), call)
      let all = zip(numbers, inputs).map { Self.repeated($0, $1.shape, to: shape) }
      return ONNXValue(
        .constant(.integers(all[0].indices.map { all[0][$0] != 0 ? all[1][$0] : all[2][$0] })),
        shape: shape)
    case "ReduceProd":
      let product = numbers[0].reduce(1, &*)
      let keeps = try call.flag("keepdims", default: true)
      guard inputs[0].shape.count <= 1 else {
        throw call.unsupported("is read for vectors alone")
      }
      return ONNXValue(.constant(.integers([product])), shape: keeps ? [1] : [])
    default:
      guard let value = try integers(call, inputs) else {
        throw call.unsupported("is read for constant integers alone")
      }
      return value
    }
  }

  /// Numbers of one shape repeated to another that it fits.
  private static func repeated(_ values: [Int], _ shape: [Int], to larger: [Int]) -> [Int] {
    if shape == larger { return values }
    if values.count == 1 { return Array(repeating: values[0], count: larger.reduce(1, *)) }
    let extents = Array(repeating: 1, count: larger.count - shape.count) + shape
    return zip(extents, larger).reduce([0]) { offsets, axis in
      offsets.flatMap { offset in
        (0..<axis.1).map { offset * axis.0 + (axis.0 == 1 ? 0 : $0) }
      }
    }.map { values[$0] }
  }
}
