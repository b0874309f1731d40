/// The type of the elements of a NumPy array: a real number of some format and byte order.
struct NumPyElements {
  /// NumPy's name, as in `<f4`: byte order, kind, bytes.
  let code: String
  /// What a number is, apart from the order of its bytes.
  let format: NumberFormat
  /// Whether the most significant byte comes first.
  let isBigEndian: Bool

  /// Little-endian 32-bit floats.
  static let float32 = NumPyElements(code: "<f4", format: .float32, isBigEndian: false)

  private static let formats: [String: NumberFormat] = [
    "f2": .float16, "f4": .float32, "f8": .float64, "i1": .int8, "i2": .int16, "i4": .int32,
    "i8": .int64, "u1": .uint8, "u2": .uint16, "u4": .uint32, "u8": .uint64, "b1": .bool,
  ]
}

extension NumPyElements {
  /// The type that NumPy calls `code`; nil if its elements are no real numbers.
  init?(code: String) {
    guard let match = code.wholeMatch(of: /([<>|=]?)(.+)/),
      let format = Self.formats[String(match.2)]
    else { return nil }
    self.init(code: code, format: format, isBigEndian: match.1 == ">")
  }
}
