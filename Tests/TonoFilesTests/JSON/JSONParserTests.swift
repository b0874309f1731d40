import Foundation
import Testing
import TonoCore

@testable import TonoFiles

/// JSON text: read as it stands, or refused at the byte that is wrong.
struct JSONParserTests {
  private static func parse(_ text: String) throws -> JSONValue {
    try JSONParser.parse(Data(text.utf8))
  }

  @Test func everyKindOfValue() throws {
    let value = try Self.parse(
      #" {"a": [1, -2.5, 1e-3, 0.1E+2], "b": {}, "c": [], "d": null, "e": true, "f": false} "#)
    #expect(
      value
        == .object([
          "a": .array([.number(1), .number(-2.5), .number(0.001), .number(10)]), "b": .object([:]),
          "c": .array([]), "d": .null, "e": .bool(true), "f": .bool(false),
        ]))
  }

  @Test func stringsWithEscapes() throws {
    #expect(
      try Self.parse(#""\" \\ \/ \b \f \n \r \t \u00e9 \ud83c\udfb5 ü""#)
        == .string("\" \\ / \u{8} \u{C} \n \r \t é 🎵 ü"))
  }

  @Test(arguments: [
    "", "[", "[1", "[1,", "[1,]", "{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,}", "{a: 1}",
    "tru",
    "nul", "+1", ".5", "-", "1e", "1e999", "--1", "0x10", "NaN", "Infinity", "\"", "\"\\x\"",
    "\"\\u12\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\n\"", "1 2", "[1]]",
  ])
  func nonsenseIsRefused(text: String) {
    let error = #expect(throws: JSONError.self) { try Self.parse(text) }
    #expect(error?.description.contains("is not valid JSON at byte") == true)
  }

  @Test func bytesThatAreNoTextAreRefused() {
    #expect(throws: JSONError.self) { try JSONParser.parse(Data([0x22, 0xFF, 0xFE, 0x22])) }
    #expect(throws: JSONError.self) { try JSONParser.parse(Data([0x5B, 0x00, 0x5D])) }
  }

  @Test(arguments: [#"{"a": 1, "a": 2}"#, #"[{"b": {"x": 1, "\u0078": 1}}]"#])
  func namesThatStandTwiceAreRefused(text: String) {
    let error = #expect(throws: JSONError.self) { try Self.parse(text) }
    #expect(error?.description.contains("twice in one object") == true)
  }

  @Test(arguments: ["[", "{\"a\":"])
  func depthIsLimited(opening: String) {
    let error = #expect(throws: JSONError.self) {
      try Self.parse(String(repeating: opening, count: 10_000))
    }
    #expect(error?.description.contains("nested too deeply") == true)
  }

  @Test func textComesBackAsItWas() throws {
    let value = JSONValue.object([
      "numbers": .array([1, -0.1, 1e-10, 1e300, 16_777_217, 0].map(JSONValue.number)),
      "text": .string("\"\\\n\t\u{1}é🎵/"), "none": .null, "yes": .bool(true), "in": .object([:]),
    ])
    #expect(try Self.parse(value.text) == value)
    #expect(JSONValue.array([JSONValue(3), JSONValue(Float(0.001))]).text == "[3, 0.001]")
  }

  /// Every float has a text that is the same float again.
  @Test func floatsComeBackToTheBit() throws {
    var bits: UInt32 = 1
    for _ in 0..<20_000 {
      bits = bits &* 1_664_525 &+ 1_013_904_223
      let float = Float(bitPattern: bits)
      guard float.isFinite else { continue }
      let read = try Self.parse(JSONValue(float).text).number.map { Float($0) }
      #expect(read == float)
    }
  }
}
