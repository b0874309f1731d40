import Foundation

/// A check that the library leaves out: HDF5 1.10 copies objects out of a global heap, where
/// strings of variable length are kept, without asking whether they end inside of it. On a damaged
/// file it then crashes or runs forever.
///
/// The layout is that of the HDF5 File Format Specification 3.0, III.E "Global Heap".
enum HDF5GlobalHeaps {
  private static let signature = Data("GCOL".utf8)
  private static let headerSize = 16

  /// Whether every collection of objects in the file keeps its objects inside itself.
  ///
  /// A collection is found by its signature, version and reserved bytes; that eight bytes of
  /// weights look the same by chance is as good as impossible.
  ///
  /// - Complexity: O(bytes of the file), without reading it into memory.
  static func areSound(in file: Data) -> Bool {
    var start = file.startIndex
    while let found = file.range(of: signature, in: start..<file.endIndex) {
      guard isSound(file[found.lowerBound...]) else { return false }
      start = found.upperBound
    }
    return true
  }

  /// Whether the collection at the start of these bytes keeps its objects inside itself.
  private static func isSound(_ bytes: Data) -> Bool {
    guard bytes.count >= headerSize, bytes.dropFirst(4).prefix(4).elementsEqual([1, 0, 0, 0]) else {
      return true
    }
    let size = number(at: 8, in: bytes)
    guard size <= bytes.count else { return false }
    var offset = headerSize
    // An object: index (2 bytes), references (2), reserved (4), size (8), then its bytes, padded
    // to a multiple of 8. Index 0 is the free space, whose size includes this header.
    while offset + headerSize <= size {
      let isFree = bytes[bytes.startIndex + offset] == 0 && bytes[bytes.startIndex + offset + 1] == 0
      let length = number(at: offset + 8, in: bytes)
      guard length <= size - offset else { return false }
      let step = isFree ? length : headerSize + (length + 7) / 8 * 8
      guard step >= headerSize, step <= size - offset else { return false }
      offset += step
    }
    return true
  }

  /// The little-endian number of eight bytes at an offset; the largest there is if it is larger.
  private static func number(at offset: Int, in bytes: Data) -> Int {
    let start = bytes.startIndex + offset
    let value = bytes[start..<start + 8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return Int(clamping: value)
  }
}
