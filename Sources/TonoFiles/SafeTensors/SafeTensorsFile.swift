import Foundation
import TonoCore

/// A safetensors file: 8 bytes with the length of a JSON header, the header, then the numbers.
///
/// Source of the format: huggingface.co/docs/safetensors, "Format".
package final class SafeTensorsFile {
  /// The longest header that is read, in bytes: the limit of the format.
  private static let longestHeader = 100 << 20

  package let url: URL

  /// The texts under `__metadata__`.
  package let metadata: [String: String]

  /// The names of the arrays of the formats that are read.
  package let names: Set<String>

  private let entries: [String: SafeTensorsHeader.Entry]
  private let numbers: Data
  /// How many numbers may still be made: an architecture can ask for one array again and again.
  private var budget: Int

  /// Reads a file; its arrays are checked, and converted when they are asked for.
  ///
  /// - Throws: `InputError` if the header is damaged or an array does not lie where it should.
  package init(_ url: URL) throws {
    let data = try InputFile.bytes(of: url)
    func failure(_ problem: String) -> InputError {
      InputError(url, "\(problem); the file is damaged, copy or download it again")
    }
    guard data.count >= 8 else {
      throw failure("the safetensors file has \(data.count) bytes, too few for a header's length")
    }
    let length = data.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(min(data.count - 8, Self.longestHeader)) else {
      throw failure(
        "the safetensors header claims \(length) bytes, but the file has \(data.count) and a header"
          + " at most \(Self.longestHeader)")
    }
    let end = data.startIndex + 8 + Int(length)
    let header = try SafeTensorsHeader(
      [UInt8](data[data.startIndex + 8..<end]), byteCount: data.endIndex - end, url: url)
    self.url = url
    metadata = header.metadata
    entries = header.entries
    names = Set(header.entries.keys)
    numbers = data[end...]
    budget = NumberFormat.mostNumbers(ofFile: data.count)
  }

  package func tensor(_ name: String) throws -> Tensor {
    guard let entry = entries[name] else {
      throw InputError(url, "there is no array '\(name)' in the file")
    }
    budget -= entry.range.count / entry.format.byteCount
    guard budget >= 0 else {
      throw InputError(
        url,
        "array '\(name.prefix(200))' and those before it are more numbers than the file can hold; does"
          + " the architecture name it too often?")
    }
    let start = numbers.startIndex
    let bytes = numbers[start + entry.range.lowerBound..<start + entry.range.upperBound]
    let values = bytes.withUnsafeBytes {
      entry.format.floats($0, at: 0..<$0.count / entry.format.byteCount)
    }
    return Tensor(shape: entry.shape, values: values)
  }
}
