import Foundation
import TonoCore
import TonoFiles

/// The kinds of numbers that are read, by their numbers in the file.
enum ONNXNumberKind: Int32 {
  case float = 1
  case uint8 = 2
  case int8 = 3
  case uint16 = 4
  case int16 = 5
  case int32 = 6
  case int64 = 7
  case bool = 9
  case half = 10
  case double = 11
  case uint32 = 12
  case uint64 = 13
  case brainFloat = 16

  /// Whether it becomes Float32 here.
  var isFloatingPoint: Bool {
    switch self {
    case .float, .half, .double, .brainFloat: true
    default: false
    }
  }

  /// The bytes of a number.
  var size: Int {
    switch self {
    case .uint8, .int8, .bool: 1
    case .uint16, .int16, .half, .brainFloat: 2
    case .float, .int32, .uint32: 4
    case .int64, .double, .uint64: 8
    }
  }

  /// The numbers in little-endian bytes, of which there is a whole number of times `size`.
  func decode(_ data: Data) -> ONNXConstant.Numbers {
    data.withUnsafeBytes { bytes in
      func all<Bits: FixedWidthInteger, Number>(
        _: Bits.Type, _ number: (Bits) -> Number
      ) -> [Number] {
        let size = MemoryLayout<Bits>.size
        return (0..<bytes.count / size).map {
          number(
            Bits(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * size, as: Bits.self)))
        }
      }
      return switch self {
      case .float: .floats(all(UInt32.self) { Float(bitPattern: $0) })
      case .double: .floats(all(UInt64.self) { Float(Double(bitPattern: $0)) })
      case .half: .floats(all(UInt16.self) { Float(half: $0) })
      case .brainFloat: .floats(all(UInt16.self) { Float(brainFloat: $0) })
      case .uint8: .integers(all(UInt8.self) { Int($0) })
      case .int8: .integers(all(Int8.self) { Int($0) })
      case .bool: .integers(all(UInt8.self) { $0 == 0 ? 0 : 1 })
      case .uint16: .integers(all(UInt16.self) { Int($0) })
      case .int16: .integers(all(Int16.self) { Int($0) })
      case .int32: .integers(all(Int32.self) { Int($0) })
      case .uint32: .integers(all(UInt32.self) { Int($0) })
      case .int64: .integers(all(Int64.self) { Int($0) })
      case .uint64: .integers(all(UInt64.self) { Int(clamping: $0) })
      }
    }
  }
}

extension Float {
  /// The number of a half-precision pattern (IEEE 754 binary16).
  init(half bits: UInt16) {
    let sign = UInt32(bits & 0x8000) << 16
    let exponent = UInt32(bits >> 10 & 0x1F)
    let fraction = UInt32(bits & 0x3FF)
    switch exponent {
    case 0:
      let magnitude = Float(fraction) * 0x1p-24
      self = sign == 0 ? magnitude : -magnitude
    case 0x1F: self = Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
    default: self = Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }

  /// The number of a bfloat16 pattern: the upper half of a single-precision one.
  init(brainFloat bits: UInt16) { self.init(bitPattern: UInt32(bits) << 16) }
}
