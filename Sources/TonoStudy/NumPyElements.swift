/// The type of the elements of a NumPy array: a real number of some width and byte order.
struct NumPyElements {
  /// NumPy's name, as in `<f4`: byte order, kind, bytes.
  let code: String
  /// How many bytes an element takes.
  let size: Int

  private let kind: Character
  private let isBigEndian: Bool

  /// Little-endian 32-bit floats.
  static let float32 = NumPyElements(code: "<f4", size: 4, kind: "f", isBigEndian: false)

  /// The type that NumPy calls `code`; nil if its elements are no real numbers.
  init?(code: String) {
    guard let match = code.wholeMatch(of: /([<>|=]?)([fiub])([1248])/), let size = Int(match.3)
    else { return nil }
    let kind = match.2
    if kind == "f" && size == 1 || kind == "b" && size != 1 { return nil }
    self.init(code: code, size: size, kind: kind[kind.startIndex], isBigEndian: match.1 == ">")
  }

  private init(code: String, size: Int, kind: Character, isBigEndian: Bool) {
    (self.code, self.size, self.kind, self.isBigEndian) = (code, size, kind, isBigEndian)
  }

  /// `count` elements, the first of them at byte `start`, rounded to 32-bit floats.
  func floats(_ bytes: [UInt8], from start: Int, count: Int) -> [Float] {
    func each<Bits: FixedWidthInteger>(_ number: (Bits) -> Float) -> [Float] {
      bytes.withUnsafeBytes { raw in
        (0..<count).map { k in
          let bits = raw.loadUnaligned(fromByteOffset: start + k * size, as: Bits.self)
          return number(isBigEndian ? Bits(bigEndian: bits) : Bits(littleEndian: bits))
        }
      }
    }
    switch (kind, size) {
    case ("f", 2): return each { Self.half($0) }
    case ("f", 4): return each { Float(bitPattern: $0) }
    case ("f", _): return each { Float(Double(bitPattern: $0)) }
    case ("i", 1): return each { Float($0 as Int8) }
    case ("i", 2): return each { Float($0 as Int16) }
    case ("i", 4): return each { Float($0 as Int32) }
    case ("i", _): return each { Float($0 as Int64) }
    case (_, 1): return each { Float($0 as UInt8) }
    case (_, 2): return each { Float($0 as UInt16) }
    case (_, 4): return each { Float($0 as UInt32) }
    default: return each { Float($0 as UInt64) }
    }
  }

  /// An IEEE half as a float; by hand, since `Float16` is not on every platform.
  private static func half(_ bits: UInt16) -> Float {
    let sign: Float = bits >> 15 == 0 ? 1 : -1
    let exponent = Int(bits >> 10 & 0x1f)
    let fraction = Float(bits & 0x3ff)
    switch exponent {
    case 0: return sign * fraction * 0x1p-24
    case 31: return fraction == 0 ? sign * .infinity : .nan
    default:
      return sign * Float(sign: .plus, exponent: exponent - 15, significand: 1 + fraction / 1024)
    }
  }
}
