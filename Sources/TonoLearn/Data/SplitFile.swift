import Foundation
import TonoCore
import TonoFiles

/// What is saved beside a model to tell which sounds served for what: a JSON file.
public protocol SavedSplit: Codable, Sendable {
  /// How it was made, in words and with its seed.
  var rule: String { get }
  /// The names of a part's sounds.
  subscript(part: DataPart) -> [String] { get }
}

extension LabelledSplit: SavedSplit {}
extension RetrievalSplit: SavedSplit {}

extension SavedSplit {
  /// Reads a split from its file.
  ///
  /// - Throws: `InputError` naming the file, if it cannot be read, is no such split, or has a sound in two
  ///   parts.
  public static func read(_ url: URL) throws -> Self {
    let text = try InputFile.text(of: url)
    let split: Self
    do {
      split = try JSONDecoder().decode(Self.self, from: text)
    } catch let DecodingError.keyNotFound(key, _) {
      throw InputError(url, "is no split of such a data set: '\(key.stringValue)' is missing")
    } catch {
      throw InputError(url, "is no split of a data set, or damaged; get it again")
    }
    var seen: Set<String> = []
    for part in DataPart.allCases {
      if let name = split[part].first(where: { !seen.insert($0).inserted }) {
        throw InputError(
          url, "has '\(name)' twice, so that it would be tested on what it learned; correct it")
      }
    }
    return split
  }

  /// Writes the split's file, whole or not at all; the same split gives the same bytes.
  ///
  /// - Throws: `InputError` if it cannot be written.
  public func write(to url: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try AtomicFile.write(encoder.encode(self), to: url)
  }
}
