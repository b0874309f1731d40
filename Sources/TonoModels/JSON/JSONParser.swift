import Foundation

/// Parses JSON text (RFC 8259) in one pass.
///
/// Unlike Foundation's parser it refuses an object with two members of one name, of which another
/// program may take the other one, and says where a text is wrong.
struct JSONParser {
  /// The deepest nesting that is parsed: parsing recurses, and threads have small stacks.
  static let deepestNesting = 128

  private let text: [UInt8]
  private var position = 0

  /// The value that a whole text stands for.
  ///
  /// - Throws: ``JSONError``.
  static func parse(_ text: Data) throws -> JSONValue {
    var parser = JSONParser(text: [UInt8](text))
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.position == parser.text.count else { throw parser.invalid }
    return value
  }

  private var invalid: JSONError { JSONError("is not valid JSON at byte \(position)") }

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

  private mutating func value(depth: Int) throws -> JSONValue {
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return try object(depth: depth + 1)
    case UInt8(ascii: "["): return try array(depth: depth + 1)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try literal("true", .bool(true))
    case UInt8(ascii: "f"): return try literal("false", .bool(false))
    case UInt8(ascii: "n"): return try literal("null", .null)
    default: return try number()
    }
  }

  private mutating func literal(_ word: String, _ value: JSONValue) throws -> JSONValue {
    guard text[position...].starts(with: word.utf8) else { throw invalid }
    position += word.utf8.count
    return value
  }

  private mutating func number() throws -> JSONValue {
    let end = text[position...].firstIndex { !Self.numeric.contains($0) } ?? text.count
    guard let first = next, first == UInt8(ascii: "-") || Self.digits.contains(first),
      let number = Double(String(decoding: text[position..<end], as: UTF8.self)), number.isFinite
    else { throw invalid }
    position = end
    return .number(number)
  }

  private static let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
  private static let numeric = Set("+-.eE0123456789".utf8)

  private mutating func enter(depth: Int) throws {
    guard depth <= Self.deepestNesting else {
      throw JSONError("is JSON nested too deeply: more than \(Self.deepestNesting) levels")
    }
    position += 1
    skipSpace()
  }

  private mutating func array(depth: Int) throws -> JSONValue {
    try enter(depth: depth)
    var elements: [JSONValue] = []
    if skip("]") { return .array(elements) }
    repeat {
      elements.append(try value(depth: depth))
      skipSpace()
    } while skip(",")
    guard skip("]") else { throw invalid }
    return .array(elements)
  }

  private mutating func object(depth: Int) throws -> JSONValue {
    try enter(depth: depth)
    var members: [String: JSONValue] = [:]
    if skip("}") { return .object(members) }
    repeat {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw invalid }
      let name = try string()
      skipSpace()
      guard skip(":") else { throw invalid }
      guard members.updateValue(try value(depth: depth), forKey: name) == nil else {
        throw JSONError("is JSON that names '\(name)' twice in one object")
      }
      skipSpace()
    } while skip(",")
    guard skip("}") else { throw invalid }
    return .object(members)
  }

  // MARK: - Strings

  private mutating func string() throws -> String {
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
struct JSONError: Error, Equatable, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
