import Foundation

/// Any JSON value: Keras' configurations have a form that differs from layer to layer.
enum JSONValue: Decodable, Sendable, Equatable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  /// Parses JSON text.
  ///
  /// - Throws: `DecodingError` if this is not JSON, or nested deeper than the parser's 512 levels.
  init(parsing data: Data) throws {
    self = try JSONDecoder().decode(JSONValue.self, from: data)
  }

  /// Reads whichever kind of value comes next.
  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  /// The member of an object; `null` if there is none or this is not an object.
  subscript(key: String) -> JSONValue { object?[key] ?? .null }

  /// The members, if this is an object.
  var object: [String: JSONValue]? {
    if case .object(let value) = self { value } else { nil }
  }

  /// The elements, if this is an array.
  var array: [JSONValue]? {
    if case .array(let value) = self { value } else { nil }
  }

  /// The text, if this is a string.
  var string: String? {
    if case .string(let value) = self { value } else { nil }
  }

  /// The truth, if this is a boolean.
  var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// The number; also that of `{"type": "ndarray", "value": x}`, which early Keras 2 wrote.
  var number: Double? {
    switch self {
    case .number(let value): value
    case .object(let members): if case .number(let value) = members["value"] { value } else { nil }
    default: nil
    }
  }

  /// The whole number of at most a million either way: extents, strides, axes, counts.
  var integer: Int? {
    guard let number, abs(number) <= 1_000_000 else { return nil }
    return Int(exactly: number)
  }

  /// Whether this is `null`.
  var isNull: Bool { self == .null }
}
