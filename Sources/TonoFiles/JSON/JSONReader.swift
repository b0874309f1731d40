import Foundation
import TonoCore

/// Reads JSON text (RFC 8259) value by value, in one pass, and keeps none of it.
///
/// Whoever reads asks what comes next, and takes it or skips it: a header of a million arrays need not
/// become a tree first.
package struct JSONReader {
  /// What a value is, by its first byte.
  package enum Kind {
    case object, array, string, number
    /// `true`, `false` or `null`.
    case word
  }

  /// The deepest nesting that is read: whoever reads recurses, and threads have small stacks.
  package static let deepestNesting = 128

  private let text: [UInt8]
  private var position = 0
  private var depth = 0
  /// Whether an object or array was just opened, so that no comma comes first.
  private var isFresh = false

  /// A reader at the first byte.
  package init(_ text: [UInt8]) { self.text = text }

  /// That the text is no JSON at this byte.
  package var invalid: JSONError { JSONError("is not valid JSON at byte \(position)") }

  private var next: UInt8? { position < text.count ? text[position] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      position += 1
    }
  }

  /// Goes past a byte if it is the next one.
  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  /// Checks that nothing comes any more.
  ///
  /// - Throws: ``JSONError``.
  package mutating func end() throws {
    skipSpace()
    guard position == text.count else { throw invalid }
  }

  // MARK: - Values

  /// What the next value is.
  package mutating func kind() -> Kind {
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return .object
    case UInt8(ascii: "["): return .array
    case UInt8(ascii: "\""): return .string
    case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"): return .word
    default: return .number
    }
  }

  /// Goes past the next value, whatever it is.
  ///
  /// - Throws: ``JSONError``.
  package mutating func skip() throws {
    switch kind() {
    case .object:
      try open()
      while try another(until: "}") {
        _ = try name()
        try skip()
      }
    case .array:
      try open()
      while try another(until: "]") { try skip() }
    case .string: _ = try string()
    case .word: _ = try word()
    case .number: _ = try number()
    }
  }

  /// Whether `true` or `false` comes next; nothing for `null`.
  ///
  /// - Throws: ``JSONError``.
  package mutating func word() throws -> Bool? {
    for (word, value) in [("true", true), ("false", false), ("null", nil)] as [(String, Bool?)]
    where text[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return value
    }
    throw invalid
  }

  /// The number that comes next.
  ///
  /// - Throws: ``JSONError``.
  package mutating func number() throws -> Double {
    let end = text[position...].firstIndex { !Self.numeric.contains($0) } ?? text.count
    guard let first = next, first == UInt8(ascii: "-") || Self.digits.contains(first),
      let number = Double(String(decoding: text[position..<end], as: UTF8.self)), number.isFinite
    else { throw invalid }
    position = end
    return number
  }

  private static let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
  private static let numeric = Set("+-.eE0123456789".utf8)

  // MARK: - Objects and arrays

  /// Goes into the object or array that comes next.
  ///
  /// - Throws: ``JSONError`` if it is nested too deeply.
  package mutating func open() throws {
    depth += 1
    guard depth <= Self.deepestNesting else {
      throw JSONError("is JSON nested too deeply: more than \(Self.deepestNesting) levels")
    }
    position += 1
    isFresh = true
  }

  /// Whether the object or array has another member or element; if not, goes out of it.
  ///
  /// - Throws: ``JSONError``.
  package mutating func another(until close: Unicode.Scalar) throws -> Bool {
    defer { isFresh = false }
    skipSpace()
    if !isFresh, skip(",") { return true }
    if skip(close) {
      depth -= 1
      return false
    }
    guard isFresh else { throw invalid }
    return true
  }

  /// The name of the object's next member; its value comes next.
  ///
  /// - Throws: ``JSONError``.
  package mutating func name() throws -> String {
    skipSpace()
    guard next == UInt8(ascii: "\"") else { throw invalid }
    let name = try string()
    skipSpace()
    guard skip(":") else { throw invalid }
    return name
  }

  // MARK: - Strings

  /// The string that comes next.
  ///
  /// - Throws: ``JSONError``.
  package mutating func string() throws -> String {
    position += 1
    var bytes: [UInt8] = []
    var start = position
    while let byte = next, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { throw invalid }
      position += 1
      guard byte == UInt8(ascii: "\\") else { continue }
      bytes += text[start..<position - 1]
      bytes += String(try escape()).utf8
      start = position
    }
    guard next != nil else { throw invalid }
    bytes += text[start..<position]
    guard let string = String(validating: bytes, as: UTF8.self) else { throw invalid }
    position += 1
    return string
  }

  /// The character behind a backslash.
  private mutating func escape() throws -> Unicode.Scalar {
    guard let byte = next else { throw invalid }
    position += 1
    switch Unicode.Scalar(byte) {
    case "n": return "\n"
    case "t": return "\t"
    case "r": return "\r"
    case "b": return "\u{8}"
    case "f": return "\u{C}"
    case "\"", "\\", "/": return Unicode.Scalar(byte)
    case "u": return try unicode()
    default: throw invalid
    }
  }

  /// Four hexadecimal digits, or twice four of a surrogate pair.
  private mutating func unicode() throws -> Unicode.Scalar {
    let unit = try hexadecimal()
    if let scalar = Unicode.Scalar(unit) { return scalar }
    guard (0xD800..<0xDC00).contains(unit), skip("\\"), skip("u") else { throw invalid }
    let low = try hexadecimal()
    guard (0xDC00..<0xE000).contains(low),
      let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
    else { throw invalid }
    return scalar
  }

  private mutating func hexadecimal() throws -> UInt32 {
    let digits = String(decoding: text[position...].prefix(4), as: UTF8.self)
    guard digits.utf8.count == 4, digits.allSatisfy(\.isHexDigit),
      let unit = UInt32(digits, radix: 16)
    else { throw invalid }
    position += 4
    return unit
  }
}

/// Why a text is no JSON, as the rest of a sentence of which the text is the subject.
package struct JSONError: Error, Equatable, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}
