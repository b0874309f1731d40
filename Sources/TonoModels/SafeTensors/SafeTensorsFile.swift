import Foundation
import TonoNetwork

/// A safetensors file: 8 bytes with the length of a JSON header, the header, then the numbers.
///
/// Source of the format: huggingface.co/docs/safetensors, "Format".
struct SafeTensorsFile: NamedArrays, Sendable {
  /// One array of a file.
  private struct Entry: Sendable {
    let format: NumberFormat
    let shape: Shape
    /// Its bytes, counted from the first behind the header.
    let range: Range<Int>
  }

  /// The longest header that is read, in bytes: the limit of the format.
  private static let longestHeader = 100 << 20

  let url: URL

  /// The texts under `__metadata__`.
  let metadata: [String: String]

  private let entries: [String: Entry]
  private let numbers: Data

  /// The names of the arrays of the formats that are read.
  var names: Set<String> { Set(entries.keys) }

  /// Reads a file; its arrays are checked, and converted when they are asked for.
  ///
  /// - Throws: `ModelError` if the header is damaged or an array does not lie where it should.
  init(_ url: URL) throws {
    let data = try FileContent.bytes(of: url)
    func failure(_ problem: String) -> ModelError {
      ModelError(url, "\(problem); the file is damaged, copy or download it again")
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
    let header: JSONValue
    do {
      header = try JSONParser.parse(data[data.startIndex + 8..<end])
    } catch {
      throw failure("the safetensors header \(error)")
    }
    guard var members = header.object else { throw failure("the safetensors header is no object") }
    metadata = (members.removeValue(forKey: "__metadata__")?.object ?? [:]).compactMapValues(
      \.string)
    numbers = data[end...]
    self.url = url
    entries = try Self.entries(members, byteCount: data.endIndex - end, url: url)
  }

  /// The checked entries of a header.
  private static func entries(
    _ members: [String: JSONValue], byteCount: Int, url: URL
  ) throws -> [String: Entry] {
    var entries: [String: Entry] = [:]
    for (name, json) in members {
      func failure(_ problem: String) -> ModelError {
        ModelError(url, "array '\(name.prefix(200))' \(problem); the file is damaged")
      }
      guard let dtype = json["dtype"].string, let shape = json["shape"].array,
        let offsets = json["data_offsets"].array?.compactMap(whole), offsets.count == 2
      else { throw failure("has no 'dtype', 'shape' or 'data_offsets'") }
      guard let format = formats[dtype] else {
        throw ModelError(
          url,
          "array '\(name.prefix(200))' has numbers of the type '\(dtype.prefix(40))'; known are"
            + " \(formats.keys.sorted().joined(separator: ", ")); convert it to F32")
      }
      let extents = shape.compactMap(whole)
      let size = extents.reduce(format.byteCount as Int?) { size, extent in
        guard let (product, overflow) = size?.multipliedReportingOverflow(by: extent) else {
          return nil
        }
        return overflow ? nil : product
      }
      guard extents.count == shape.count, extents.count <= 16, offsets[0] <= offsets[1],
        offsets[1] <= byteCount
      else {
        throw failure(
          "claims bytes \(offsets[0]) to \(offsets[1]) of \(byteCount), or has no shape")
      }
      guard offsets[1] - offsets[0] == size else {
        let text = extents.map(String.init).joined(separator: "×")
        throw failure(
          "has \(offsets[1] - offsets[0]) bytes, but its shape \(text.isEmpty ? "[]" : text) of"
            + " \(dtype) takes another number")
      }
      entries[name] = Entry(
        format: format, shape: Shape(extents), range: offsets[0]..<offsets[1])
    }
    let sorted = entries.filter { !$0.value.range.isEmpty }
      .sorted { $0.value.range.lowerBound < $1.value.range.lowerBound }
    for (one, next) in zip(sorted, sorted.dropFirst())
    where one.value.range.upperBound > next.value.range.lowerBound {
      throw ModelError(
        url,
        "the arrays '\(one.key.prefix(200))' and '\(next.key.prefix(200))' overlap; the file is"
          + " damaged")
    }
    return entries
  }

  /// A whole number from 0 that a double tells exactly.
  private static func whole(_ json: JSONValue) -> Int? {
    guard let number = json.number, number >= 0, number <= 0x1p60 else { return nil }
    return Int(exactly: number)
  }

  private static let formats: [String: NumberFormat] = [
    "F64": .float64, "F32": .float32, "F16": .float16, "BF16": .bfloat16, "I64": .int64,
    "I32": .int32, "I16": .int16, "I8": .int8, "U64": .uint64, "U32": .uint32, "U16": .uint16,
    "U8": .uint8, "BOOL": .bool,
  ]

  func tensor(_ name: String) throws -> Tensor {
    guard let entry = entries[name] else {
      throw ModelError(url, "there is no array '\(name)' in the file")
    }
    let start = numbers.startIndex
    let bytes = numbers[start + entry.range.lowerBound..<start + entry.range.upperBound]
    let values = bytes.withUnsafeBytes {
      entry.format.floats($0, at: 0..<$0.count / entry.format.byteCount)
    }
    return Tensor(shape: entry.shape, values: values)
  }
}
