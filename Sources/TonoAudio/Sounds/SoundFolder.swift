import Foundation
import TonoCore

/// The sound files of a folder and the folders in it.
public struct SoundFolder: Sendable {
  /// One sound file.
  public struct File: Sendable, Hashable {
    /// Its path in the folder.
    public let path: String
    /// Its size.
    public let byteCount: Int
  }

  /// A sound or folder that could not be used.
  public struct Skipped: Codable, Hashable, Sendable {
    /// Its path in the folder.
    public let path: String
    /// Why, in one sentence.
    public let reason: String

    /// A sound or folder that could not be used for this reason.
    public init(path: String, reason: String) {
      self.path = path
      self.reason = reason
    }
  }

  /// What the names of sound files end in, in lower case.
  public static let extensions = [
    "wav", "flac", "ogg", "oga", "opus", "mp3", "aif", "aiff", "au", "caf", "w64",
  ]

  /// The folder.
  public let url: URL
  private let root: String
  /// The sound files, ordered by their paths.
  public private(set) var files: [File] = []
  /// The folders that cannot be looked into.
  public private(set) var skipped: [Skipped] = []

  /// The sound files below a folder, by the endings of their names; hidden ones are left out.
  ///
  /// Links are followed, each folder is visited once.
  ///
  /// - Parameters:
  ///   - url: the folder.
  ///   - excluded: a folder that is not looked into, such as the one that results go to.
  /// - Throws: `InputError` if there is no such folder, or no sound file in it.
  public init(_ url: URL, excluding excluded: URL? = nil) throws {
    self.url = url
    root = url.path
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: url.path) else {
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
      let isFile = FileManager.default.fileExists(atPath: url.path) && !isFolder.boolValue
      throw isFile
        ? InputError("\(url.path) is a file; name the folder that holds the sounds")
        : InputError(unreadable: url)
    }
    var visited = Set([url, excluded].compactMap { $0?.resolvingSymlinksInPath().path })
    visit(names, of: "", &visited)
    files.sort { $0.path < $1.path }
    guard !files.isEmpty else {
      throw InputError(
        "\(url.path) holds no sound file (\(Self.extensions.joined(separator: ", "))); name another "
          + "folder")
    }
  }

  /// One sound file, whatever its name ends in, or the sound files below a folder.
  ///
  /// - Throws: as `init(_:excluding:)`.
  public init(fileOrFolder url: URL) throws {
    var status = stat()
    guard stat(url.path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      try self.init(url)
      return
    }
    self.init(
      url.deletingLastPathComponent(),
      files: [File(path: url.lastPathComponent, byteCount: Int(status.st_size))])
  }

  private init(_ url: URL, files: [File]) {
    self.url = url
    root = url.path
    self.files = files
  }

  /// How large all files are together.
  public var byteCount: Int { files.reduce(0) { $0 + $1.byteCount } }

  /// The full path of a file.
  package func fullPath(of path: String) -> String {
    root.hasSuffix("/") ? root + path : "\(root)/\(path)"
  }

  private mutating func visit(_ names: [String], of folder: String, _ visited: inout Set<String>) {
    for name in names.sorted() where !name.hasPrefix(".") {
      let path = folder.isEmpty ? name : "\(folder)/\(name)"
      let full = fullPath(of: path)
      var status = stat()
      guard stat(full, &status) == 0 else {
        if Self.isSound(name) { files.append(File(path: path, byteCount: 0)) }
        continue
      }
      switch status.st_mode & S_IFMT {
      case S_IFDIR:
        let resolved = URL(filePath: full).resolvingSymlinksInPath().path
        guard visited.insert(resolved).inserted else { continue }
        do {
          visit(try FileManager.default.contentsOfDirectory(atPath: full), of: path, &visited)
        } catch {
          skipped.append(
            Skipped(path: path, reason: "\(full): cannot be looked into; check its permissions"))
        }
      case S_IFREG where Self.isSound(name):
        files.append(File(path: path, byteCount: Int(status.st_size)))
      default: break
      }
    }
  }

  /// Whether a file's name ends as those of sounds do.
  package static func isSound(_ name: String) -> Bool {
    extensions.contains((name as NSString).pathExtension.lowercased())
  }
}
