import Foundation
import TonoCore
import TonoFiles
import TonoModels
import TonoNetwork

/// The file of an index: a safetensors file with one array `codes` `[stretches, length]`, and the sounds
/// and files as JSON under `tonoscope.index` of its metadata.
extension LibraryIndex {
  private static let key = "tonoscope.index"
  private static let array = "codes"

  /// Everything but the codes.
  private struct Contents: Codable {
    let origin: Origin
    let sounds: [Sound]
    let files: [File]
  }

  /// Where a library's index is if nothing else is said: beside its folder, `NAME.index.safetensors`.
  public static func usualPlace(of library: URL) -> URL {
    let folder = library.standardizedFileURL
    return folder.deletingLastPathComponent()
      .appending(path: folder.lastPathComponent + ".index.safetensors")
  }

  /// Reads an index.
  ///
  /// - Throws: `InputError` if the file is damaged or no index, and what the container throws.
  public init(_ url: URL) throws {
    let file = try SafeTensorsFile(url)
    guard let text = file.metadata[Self.key] else {
      throw InputError(url, "this is no index of a sound library")
    }
    guard let contents = try? JSONDecoder().decode(Contents.self, from: Data(text.utf8)) else {
      throw InputError(url, "the index is damaged, or of another version")
    }
    let codes = try file.tensor(Self.array)
    let stretches = contents.sounds.reduce(0) { $0 + $1.starts.count }
    guard codes.shape.extents == [stretches, contents.origin.length], contents.origin.length > 0,
      contents.files.allSatisfy({ contents.sounds.indices.contains($0.sound) }),
      contents.sounds.allSatisfy({ $0.starts.count == $0.ends.count })
    else {
      throw InputError(url, "the index is damaged")
    }
    self.init(
      origin: contents.origin, sounds: contents.sounds, files: contents.files,
      codes: CodeTable(length: contents.origin.length, values: codes.values))
  }

  /// Writes the index, whole or not at all.
  ///
  /// - Throws: what `AtomicFile` throws.
  public func write(to url: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let contents = try encoder.encode(Contents(origin: origin, sounds: sounds, files: files))
    try AtomicFile.write(
      SafeTensorsFile.encode(
        [(Self.array, Tensor(shape: [codes.count, codes.length], values: codes.values))],
        metadata: ["format": "tonoscope", Self.key: String(decoding: contents, as: UTF8.self)]),
      to: url)
  }
}
