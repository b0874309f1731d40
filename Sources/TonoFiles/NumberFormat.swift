/// How a number is written in a file: of some kind and width.
package enum NumberFormat: String, Sendable, CaseIterable {
  case float64, float32, float16, bfloat16
  case int64, int32, int16, int8
  case uint64, uint32, uint16, uint8
  case bool

  /// How many bytes a number takes.
  package var byteCount: Int {
    switch self {
    case .float64, .int64, .uint64: 8
    case .float32, .int32, .uint32: 4
    case .float16, .bfloat16, .int16, .uint16: 2
    case .int8, .uint8, .bool: 1
    }
  }

  /// The most numbers that all arrays of a file of so many bytes are together: weights in half
  /// precision, or in single precision and each used twice.
  package static func mostNumbers(ofFile bytes: Int) -> Int { max(1 << 20, bytes / 2) }

  /// The numbers at these places, counted in numbers from the first byte, rounded to 32-bit floats.
  ///
  /// The least significant byte comes first, unless `isBigEndian`.
  ///
  /// - Precondition: each place lies within the bytes.
  package func floats(
    _ bytes: UnsafeRawBufferPointer, at places: some Collection<Int>, isBigEndian: Bool = false
  ) -> [Float] {
    func each<Bits: FixedWidthInteger>(_ number: (Bits) -> Float) -> [Float] {
      places.map { place in
        let bits = bytes.loadUnaligned(fromByteOffset: place * byteCount, as: Bits.self)
        return number(isBigEndian ? Bits(bigEndian: bits) : Bits(littleEndian: bits))
      }
    }
    return switch self {
    case .float64: each { Float(Double(bitPattern: $0)) }
    case .float32: each { Float(bitPattern: $0) }
    case .float16: each { Self.half($0) }
    case .bfloat16: each { (bits: UInt16) in Float(bitPattern: UInt32(bits) << 16) }
    case .int64: each { Float($0 as Int64) }
    case .int32: each { Float($0 as Int32) }
    case .int16: each { Float($0 as Int16) }
    case .int8: each { Float($0 as Int8) }
    case .uint64: each { Float($0 as UInt64) }
    case .uint32: each { Float($0 as UInt32) }
    case .uint16: each { Float($0 as UInt16) }
    case .uint8: each { Float($0 as UInt8) }
    case .bool: each { ($0 as UInt8) == 0 ? 0 : 1 }
    }
  }

  /// An IEEE half as a float; by hand, since `Float16` is not on every platform.
  private static func half(_ bits: UInt16) -> Float {
    let sign: Float = bits >> 15 == 0 ? 1 : -1
    let exponent = Int(bits >> 10 & 0x1F)
    let fraction = Float(bits & 0x3FF)
    switch exponent {
    case 0: return sign * fraction * 0x1p-24
    case 31: return fraction == 0 ? sign * .infinity : .nan
    default:
      return sign * Float(sign: .plus, exponent: exponent - 15, significand: 1 + fraction / 1024)
    }
  }
}
