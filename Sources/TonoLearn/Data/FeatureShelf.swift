import Foundation
import TonoAudio
import TonoCore
import TonoFiles

/// The part of a cache that belongs to one front end: a folder with batches of features in NumPy's format.
///
/// `VERSION-KEY/front-end.json` tells the front end; `VERSION-KEY/*.npz` hold arrays that are called by the SHA-256
/// of their sounds. The archives' checksums tell damaged ones, which are removed.
struct FeatureShelf: Sendable {
  /// How many sounds' features are in a file: as much as a killed computation loses.
  static let batch = 64

  private static let ending = "npz"

  private let folder: URL
  private let shape: Shape

  /// The shelf of a front end, made if it is not there; what another version left is removed.
  ///
  /// - Throws: `InputError` if the folder cannot be made or written.
  init(_ cache: URL, _ frontEnd: FrontEnd) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    let description = try encoder.encode(frontEnd)
    let key = try FileDigest.sha256(of: description).prefix(16)
    let version = "v\(FeatureCache.version)-"
    folder = cache.appending(path: version + key)
    shape = frontEnd.inputShape
    try AtomicFile.makeFolders(cache)
    for name in (try? FileManager.default.contentsOfDirectory(atPath: cache.path)) ?? []
    where name.wholeMatch(of: /v[0-9]+-[0-9a-f]{16}/) != nil && !name.hasPrefix(version) {
      try? FileManager.default.removeItem(at: cache.appending(path: name))
    }
    let label = folder.appending(path: "front-end.json")
    if (try? InputFile.bytes(of: label)) != description {
      // Whatever lies there is of no front end that is known.
      try? FileManager.default.removeItem(at: folder)
      try AtomicFile.write(description, to: label)
    }
  }

  /// All features that are kept, by the SHA-256 of their sounds; damaged files are removed.
  ///
  /// - Throws: `InputError` if the folder cannot be looked into.
  func load(threads: Int) throws -> [String: Tensor] {
    let names = try DataFile.names(in: folder).filter { $0.hasSuffix("." + Self.ending) }
    let found = Collected<[NumPyArchive.Entry]>()
    try concurrently(names.count, threads: threads) { index, _ in
      let url = folder.appending(path: names[index])
      if let entries = try? NumPyArchive.read(url),
        entries.allSatisfy({ $0.tensor.shape == shape && $0.tensor.values.allSatisfy(\.isFinite) })
      {
        found.store(entries, at: index)
      } else {
        try? FileManager.default.removeItem(at: url)
      }
    }
    return Dictionary(
      found.inOrder.joined().map { ($0.name, $0.tensor) }, uniquingKeysWith: { first, _ in first })
  }

  /// Writes a file of features, whole or not at all.
  ///
  /// - Throws: `InputError` if it cannot be written.
  func store(_ features: [String: Tensor]) throws {
    let entries = features.sorted { $0.key < $1.key }
    guard let first = entries.first?.key else { return }
    let bytes = try NumPyArchive.encode(entries.map { (name: $0.key, tensor: $0.value) })
    try AtomicFile.write(bytes, to: folder.appending(path: "\(first.prefix(16)).\(Self.ending)"))
  }
}
