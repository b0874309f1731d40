import Foundation
import TonoAudio
import TonoCore
import TonoFiles

/// A sound of a data set that is at hand: in a file of its own, or taken out of an archive.
enum SoundContent: Sendable {
  /// A file.
  case file(URL)
  /// The bytes of a member of an archive, and how it is called.
  case bytes([UInt8], name: String)

  /// The SHA-256 of its bytes.
  ///
  /// - Throws: `InputError` if it cannot be read.
  func digest() throws -> String {
    switch self {
    case .file(let url): try FileDigest.sha256(of: url)
    case .bytes(let bytes, _): try FileDigest.sha256(of: bytes)
    }
  }

  /// What a front end makes of it, of its `inputShape`.
  ///
  /// - Throws: `InputError` if it is no sound, damaged, or so loud that its power is no number.
  func features(by frontEnd: FrontEnd) throws -> Tensor {
    let reader =
      switch self {
      case .file(let url): try SoundReader(url.path)
      case .bytes(let bytes, let name): try SoundReader(bytes: bytes, name: name)
      }
    let features = try frontEnd.features(of: reader)
    guard features.values.allSatisfy(\.isFinite) else {
      throw InputError("\(reader.path): too loud: its power is no finite number; scale it down")
    }
    return features
  }
}

extension SoundSource {
  /// The features of this sound alone, of the front end's `inputShape`.
  ///
  /// - Throws: `InputError` if it is missing, no sound or damaged.
  public func features(by frontEnd: FrontEnd) throws -> Tensor {
    var result: Result<Tensor, any Error>?
    try Self.withContents(of: [self]) { _, content in
      result = Result { try content.get().features(by: frontEnd) }
    }
    guard let result else { throw InputError(url, "'\(self)' cannot be read; get it again") }
    return try result.get()
  }

  /// Hands out the contents of sounds in one file: itself, or the members of an archive, which is gone through
  /// once.
  ///
  /// - Parameters:
  ///   - sources: sounds with one `url`.
  ///   - body: gets the index of each, and its contents or why there are none.
  /// - Throws: what `body` throws.
  static func withContents(
    of sources: [SoundSource],
    _ body: (_ index: Int, _ content: Result<SoundContent, any Error>) throws -> Void
  ) throws {
    guard sources.contains(where: { $0.member != nil }), let url = sources.first?.url else {
      for (index, source) in sources.enumerated() { try body(index, .success(.file(source.url))) }
      return
    }
    let wanted = Set(sources.compactMap(\.member))
    let members = Result {
      try SoundArchive.read(url, contentsOf: wanted.contains)
    }
    for (index, source) in sources.enumerated() {
      try body(
        index,
        members.flatMap { members in
          guard let bytes = members.first(where: { $0.path == source.member })?.bytes else {
            return .failure(InputError(url, "'\(source.member ?? "")' is not in it; get it again"))
          }
          return .success(
            .bytes(bytes, name: url.path + "/" + (source.member ?? "")))
        })
    }
  }
}
