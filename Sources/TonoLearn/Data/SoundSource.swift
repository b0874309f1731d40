import Foundation

/// A sound of a data set that can be read: a file, or a member of an archive.
///
/// It is known by its place in the data set, the same on every machine; what it holds is told by the
/// digest of its bytes.
public struct SoundSource: Hashable, Sendable, CustomStringConvertible {
  /// The folder of the data set.
  public let folder: URL
  /// The path of the file in that folder; of the archive where the sound is a member of one.
  public let path: String
  /// The path in the archive; nil for a file of its own.
  public let member: String?

  /// A file of a data set, or a member of an archive in it.
  public init(folder: URL, path: String, member: String? = nil) {
    self.folder = folder
    self.path = path
    self.member = member
  }

  /// Its path in the data set, with an archive standing for a folder: what splits name it by.
  public var description: String { member.map { "\(path)/\($0)" } ?? path }

  /// The file, or the archive.
  public var url: URL { folder.appending(path: path) }
}
