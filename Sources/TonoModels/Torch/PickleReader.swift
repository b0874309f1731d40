import TonoCore
import TonoFiles

/// The bytes of a pickle, taken from the front.
struct PickleReader {
  private let bytes: [UInt8]

  /// How many bytes were taken.
  private(set) var position = 0

  /// A reader at the first byte.
  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The next byte.
  ///
  /// - Throws: ``PickleError`` if there is none.
  mutating func byte() throws -> UInt8 {
    guard position < bytes.count else { throw truncated }
    position += 1
    return bytes[position - 1]
  }

  /// The next `count` bytes.
  mutating func bytes(_ count: Int) throws -> ArraySlice<UInt8> {
    guard count >= 0, count <= bytes.count - position else { throw truncated }
    position += count
    return bytes[position - count..<position]
  }

  /// A little-endian whole number of `count` bytes, without a sign.
  mutating func unsigned(_ count: Int) throws -> Int {
    let number = try bytes(count).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard let number = Int(exactly: number) else { throw truncated }
    return number
  }

  /// A little-endian whole number of `count` bytes in two's complement.
  ///
  /// - Returns: nothing if it has more than 64 bits.
  mutating func signed(_ count: Int) throws -> Int? {
    let digits = Array(try bytes(count))
    guard let last = digits.last else { return 0 }
    let sign: UInt8 = last & 0x80 == 0 ? 0 : 0xFF
    guard digits.count <= 8 || digits.dropFirst(8).allSatisfy({ $0 == sign }) else { return nil }
    let start: UInt64 = sign == 0 ? 0 : .max
    let bits = digits.prefix(8).reversed().reduce(start) { $0 << 8 | UInt64($1) }
    return Int(Int64(bitPattern: bits))
  }

  /// UTF-8 text of `count` bytes.
  mutating func text(_ count: Int) throws -> String {
    guard let text = String(validating: try bytes(count), as: UTF8.self) else {
      throw PickleError("the pickle has text that is not valid UTF-8; the file is damaged")
    }
    return text
  }

  /// Text up to the end of the line, of at most 1000 bytes.
  mutating func line() throws -> String {
    let rest = bytes[position...].prefix(1000)
    guard let end = rest.firstIndex(of: 0x0A) else { throw truncated }
    let text = try text(end - position)
    position += 1
    return text
  }

  private var truncated: PickleError {
    PickleError(
      "the pickle ends in the middle of a value, after \(bytes.count) bytes; the file is damaged,"
        + " copy or download it again")
  }
}
