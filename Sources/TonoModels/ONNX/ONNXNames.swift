import TonoCore
import TonoFiles

/// The names of an ONNX model's inputs and nodes: the file's own, so far as they can name folders.
///
/// - Slashes at the beginning go, others become points: `/features/0/Conv` is `features.0.Conv`.
/// - Where a name stands twice, the second ends in `.2`, and so on.
struct ONNXNames {
  /// The longest name: file systems take 255 bytes, of which others may be appended.
  private static let longest = 160

  private var taken: Set<String> = []
  private var counts: [String: Int] = [:]

  /// A name like this one that nothing else has, nor will get.
  mutating func take(_ name: String) -> String {
    let base = Self.plain(name)
    var unique = base
    var number = counts[base] ?? 1
    while !taken.insert(unique).inserted {
      number += 1
      unique = "\(base).\(number)"
    }
    counts[base] = number
    return unique
  }

  private static func plain(_ name: String) -> String {
    var plain = ""
    for scalar in name.unicodeScalars.drop(while: { $0 == "/" || $0 == "." }) {
      let isControl = scalar.properties.generalCategory == .control
      plain.unicodeScalars.append(isControl ? "_" : scalar == "/" ? "." : scalar)
      if plain.utf8.count >= longest { break }
    }
    return plain.isEmpty ? "node" : plain
  }
}
