import Foundation
import TonoCore

/// Parses JSON text into a tree of values.
///
/// Unlike Foundation's parser it refuses an object with two members of one name, of which another
/// program may take the other one, and says where a text is wrong. A value takes far more memory than
/// the byte or two that it can be written in, so that what all of them take is limited.
package struct JSONParser {
  private var reader: JSONReader
  private var budget: MemoryBudget

  /// What a value, a container and a member take, with the room that they leave to grow.
  private static let (valueSize, containerSize, memberSize) = (48, 64, 80)

  /// The value that a whole text stands for.
  ///
  /// - Throws: ``JSONError``.
  package static func parse(_ text: some Sequence<UInt8>) throws -> JSONValue {
    let text = Array(text)
    var parser = JSONParser(
      reader: JSONReader(text), budget: MemoryBudget(bytes: text.count))
    let value = try parser.value()
    try parser.reader.end()
    return value
  }

  private mutating func spend(_ size: Int) throws {
    guard budget.spend(size) else {
      throw JSONError("is JSON of more small values than a model has")
    }
  }

  private mutating func value() throws -> JSONValue {
    try spend(Self.valueSize)
    switch reader.kind() {
    case .object: return .object(try object())
    case .array: return .array(try array())
    case .string: return .string(try string())
    case .number: return .number(try reader.number())
    case .word: return try reader.word().map(JSONValue.bool) ?? .null
    }
  }

  private mutating func string() throws -> String {
    let string = try reader.string()
    try spend(string.utf8.count)
    return string
  }

  private mutating func array() throws -> [JSONValue] {
    try reader.open()
    try spend(Self.containerSize)
    var elements: [JSONValue] = []
    while try reader.another(until: "]") { elements.append(try value()) }
    return elements
  }

  private mutating func object() throws -> [String: JSONValue] {
    try reader.open()
    try spend(Self.containerSize)
    var members: [String: JSONValue] = [:]
    while try reader.another(until: "}") {
      let name = try reader.name()
      try spend(Self.memberSize + name.utf8.count)
      guard members.updateValue(try value(), forKey: name) == nil else {
        throw JSONError("is JSON that names '\(name)' twice in one object")
      }
    }
    return members
  }
}
