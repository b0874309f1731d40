import Foundation
import TonoCore
import TonoFiles

/// The settings of a node.
extension ONNXCall {
  /// The largest extent, stride or count that a setting may state.
  static let largestSetting = 1 << 30

  /// The attribute of a name, which must be of this type, if it is there.
  private func attribute(
    _ name: String, _ type: Onnx_AttributeProto.AttributeType
  ) throws -> Onnx_AttributeProto? {
    guard let attribute = node.attribute.last(where: { $0.name == name }) else { return nil }
    guard attribute.type == type else {
      throw failure("has an attribute '\(name)' of type \(attribute.type); expected \(type)")
    }
    return attribute
  }

  /// Whether the node has an attribute.
  func has(_ name: String) -> Bool { node.attribute.contains { $0.name == name } }

  /// An integer of moderate size, negative ones for axes that count from the end.
  func integer(_ name: String, default value: Int, from minimum: Int? = nil) throws -> Int {
    guard let attribute = try attribute(name, .int) else { return value }
    return try checked(Int(attribute.i), name, from: minimum)
  }

  /// Whether an integer is not 0.
  func flag(_ name: String, default value: Bool = false) throws -> Bool {
    try integer(name, default: value ? 1 : 0) != 0
  }

  /// A list of integers of moderate size, if it is there; as many as `count`, if that is given.
  func integers(_ name: String, count: Int? = nil, from minimum: Int? = nil) throws -> [Int]? {
    guard let attribute = try attribute(name, .ints) else { return nil }
    guard count == nil || attribute.ints.count == count else {
      throw failure(
        "has an attribute '\(name)' of \(attribute.ints.count) numbers; expected \(count ?? 0)")
    }
    return try attribute.ints.map { try checked(Int($0), name, from: minimum) }
  }

  private func checked(_ value: Int, _ name: String, from minimum: Int?) throws -> Int {
    guard abs(value.clamped(to: -Int.max...Int.max)) <= Self.largestSetting,
      value >= minimum ?? -Self.largestSetting
    else {
      let range = "\(minimum ?? -Self.largestSetting) to \(Self.largestSetting)"
      throw failure("has an attribute '\(name)' of \(value); expected \(range)")
    }
    return value
  }

  /// Places in a tensor, which may lie beyond its ends: kept to a moderate size.
  func places(_ name: String) throws -> [Int]? {
    try attribute(name, .ints)?.ints.map {
      Int($0).clamped(to: -Self.largestSetting...Self.largestSetting)
    }
  }

  /// A number.
  func number(_ name: String, default value: Float) throws -> Float {
    try attribute(name, .float)?.f ?? value
  }

  /// A list of numbers, if it is there.
  func numbers(_ name: String) throws -> [Float]? { try attribute(name, .floats)?.floats }

  /// A text.
  func text(_ name: String, default value: String) throws -> String {
    guard let attribute = try attribute(name, .string) else { return value }
    guard let text = String(data: attribute.s, encoding: .utf8) else {
      throw failure("has an attribute '\(name)' that is no text")
    }
    return text
  }

  /// An array, if it is there.
  func tensor(_ name: String) throws -> Onnx_TensorProto? { try attribute(name, .tensor)?.t }
}

extension Comparable {
  /// The nearest value within a range.
  func clamped(to range: ClosedRange<Self>) -> Self {
    min(max(self, range.lowerBound), range.upperBound)
  }
}
