import Foundation

/// Makes the checksums of a zip archive right again, as somebody would who means harm: otherwise
/// every change of an entry ends at its checksum.
enum Checksums {
  private static let entryOfDirectory: [UInt8] = [0x50, 0x4B, 1, 2]

  /// The archive with the right checksum at each stored entry, or nothing if they were right.
  static func corrected(_ archive: Data) -> Data? {
    var bytes = [UInt8](archive)
    func number(_ place: Int, _ count: Int) -> Int {
      bytes[place..<place + count].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    var isChanged = false
    var place = 0
    while place + 46 <= bytes.count {
      guard bytes[place..<place + 4].elementsEqual(entryOfDirectory) else {
        place += 1
        continue
      }
      let (size, local) = (number(place + 24, 4), number(place + 42, 4))
      if number(place + 10, 2) == 0, local + 30 <= bytes.count {
        let start = local + 30 + number(local + 26, 2) + number(local + 28, 2)
        if start + size <= bytes.count {
          let sum = checksum(bytes[start..<start + size])
          let digits = (0..<4).map { UInt8(truncatingIfNeeded: sum >> ($0 * 8)) }
          for field in [place + 16, local + 14]
          where !bytes[field..<field + 4].elementsEqual(digits) {
            bytes.replaceSubrange(field..<field + 4, with: digits)
            isChanged = true
          }
        }
      }
      place += 46
    }
    return isChanged ? Data(bytes) : nil
  }

  /// CRC-32 as zip has it.
  private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    ~bytes.reduce(UInt32.max) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ ($0 >> 8) }
  }

  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { sum, _ in sum & 1 == 0 ? sum >> 1 : sum >> 1 ^ 0xEDB8_8320 }
  }
}
