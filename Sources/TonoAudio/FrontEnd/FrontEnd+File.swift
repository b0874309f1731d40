import Foundation
import TonoCore
import TonoFiles

extension FrontEnd {
  /// The preset of that name, or else the front end in the JSON file at that path.
  ///
  /// Files of numbers that it names (`.npy`, or text with numbers between spaces, commas or lines, as
  /// `numpy.savetxt` writes them) are looked for in its own folder.
  ///
  /// - Throws: `InputError` listing the known names, or naming the file and what is wrong in it, or a
  ///   file of numbers that cannot be read.
  public static func load(_ nameOrPath: String) throws -> FrontEnd {
    guard FileManager.default.fileExists(atPath: nameOrPath) else { return try named(nameOrPath) }
    if let preset = presets.first(where: { $0.name == nameOrPath }) { return preset }
    guard let data = FileManager.default.contents(atPath: nameOrPath) else {
      throw InputError("\(nameOrPath): cannot be read; expected the JSON file of a front end")
    }
    let folder = URL(filePath: nameOrPath).deletingLastPathComponent()
    return try parse(data, from: nameOrPath) { name in
      try numbers(in: URL(filePath: name, relativeTo: folder))
    }
  }

  private static func numbers(in url: URL) throws -> [Float] {
    guard url.pathExtension != "npy" else { return try NumPyArray.read(url).values }
    let text = String(decoding: try InputFile.bytes(of: url), as: UTF8.self)
    return try text.split { $0.isWhitespace || $0 == "," }.map { word in
      guard let number = Float(word) else {
        throw InputError("\(url.relativePath): '\(word.prefix(40))' is no number; expected numbers")
      }
      return number
    }
  }
}
