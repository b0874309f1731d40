import TonoCore

/// Where an objective's files lie.
extension Objective {
  /// The folder of objectives that are no single neurons.
  public static let composedFolder = "objectives"

  /// The folder of its files, and the name of the sheet that it is shown on: its layer for a neuron,
  /// ``composedFolder`` for others.
  public var sheet: String { neuron?.layer ?? Self.composedFolder }

  /// Its name on that sheet: the neuron's, or the whole text.
  public var name: String { neuron?.name ?? description }

  /// The path of its files without their extension: `LAYER/17`, or a readable name in ``composedFolder``
  /// that ends in a digest of the text, so that no two objectives share one.
  public var path: String {
    if let neuron { return neuron.path }
    let text = description
    let readable = text.unicodeScalars.prefix(60).map { scalar in
      scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
        || "._@+-".unicodeScalars.contains(scalar) ? String(scalar) : scalar == " " ? "" : "."
    }.joined()
    let digest = text.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01b3
    }
    let hexadecimal = String(digest, radix: 16)
    let padding = String(repeating: "0", count: 16 - hexadecimal.count)
    return "\(Self.composedFolder)/\(fileName(readable))-\(padding)\(hexadecimal)"
  }
}
