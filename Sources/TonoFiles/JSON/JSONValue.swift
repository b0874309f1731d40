import Foundation

/// Any JSON value: Keras' configurations have a form that differs from layer to layer.
package enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  /// Parses JSON text.
  ///
  /// - Returns: nothing if this is not JSON, nested too deeply, or names something twice.
  package init?(parsing text: some Sequence<UInt8>) {
    guard let value = try? JSONParser.parse(text) else { return nil }
    self = value
  }

  /// The member of an object; `null` if there is none or this is not an object.
  package subscript(key: String) -> JSONValue { object?[key] ?? .null }

  /// The members, if this is an object.
  package var object: [String: JSONValue]? {
    if case .object(let value) = self { value } else { nil }
  }

  /// The elements, if this is an array.
  package var array: [JSONValue]? {
    if case .array(let value) = self { value } else { nil }
  }

  /// The text, if this is a string.
  package var string: String? {
    if case .string(let value) = self { value } else { nil }
  }

  /// The truth, if this is a boolean.
  package var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// The number; also that of `{"type": "ndarray", "value": x}`, which early Keras 2 wrote.
  package var number: Double? {
    switch self {
    case .number(let value): value
    case .object(let members): if case .number(let value) = members["value"] { value } else { nil }
    default: nil
    }
  }

  /// The whole number of at most a million either way: extents, strides, axes, counts.
  package var integer: Int? {
    guard let number, abs(number) <= 1_000_000 else { return nil }
    return Int(exactly: number)
  }

  /// Whether this is `null`.
  package var isNull: Bool { self == .null }
}
