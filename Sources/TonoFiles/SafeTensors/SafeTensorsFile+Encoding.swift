import Foundation
import TonoCore

/// Writing.
extension SafeTensorsFile {
  /// The bytes of a file with these 32-bit arrays, in this order, and texts under `__metadata__`.
  ///
  /// - Precondition: the names differ, and none is `__metadata__`.
  package static func encode(
    _ arrays: [(name: String, tensor: Tensor)], metadata: [String: String]
  ) -> Data {
    var header: [String: JSONValue] = [
      "__metadata__": .object(metadata.mapValues(JSONValue.string))
    ]
    var offset = 0
    for (name, tensor) in arrays {
      let end = offset + 4 * tensor.count
      header[name] = .object([
        "dtype": .string("F32"), "shape": .array(tensor.shape.extents.map { JSONValue($0) }),
        "data_offsets": .array([JSONValue(offset), JSONValue(end)]),
      ])
      offset = end
    }
    precondition(header.count == arrays.count + 1, "names of arrays differ")
    var text = Data(JSONValue.object(header).text.utf8)
    // The numbers begin at a multiple of eight bytes.
    text += Data(repeating: UInt8(ascii: " "), count: (8 - text.count % 8) % 8)
    var data = Data(capacity: 8 + text.count + offset)
    withUnsafeBytes(of: UInt64(text.count).littleEndian) { data.append(contentsOf: $0) }
    data.append(text)
    for (_, tensor) in arrays {
      tensor.values.map(\.bitPattern.littleEndian).withUnsafeBytes { data.append(contentsOf: $0) }
    }
    return data
  }
}
