import Foundation
import TonoCore

/// Reading files that a person named, which may be anything.
package enum InputFile {
  /// The largest text that is read; those of the largest models' architectures take a few megabytes.
  private static let largestText = 256 << 20

  /// The first kilobytes of a file.
  ///
  /// - Throws: `InputError` if it is not there, is a folder, or cannot be read.
  package static func head(of url: URL) throws -> Data {
    try check(url)
    do {
      let handle = try FileHandle(forReadingFrom: url)
      defer { try? handle.close() }
      return try handle.read(upToCount: 4096) ?? Data()
    } catch {
      throw InputError(unreadable: url)
    }
  }

  /// All of a text file.
  ///
  /// - Throws: `InputError` if it is not there, is a folder, is absurdly long, or cannot be read.
  package static func text(of url: URL) throws -> Data {
    guard try check(url) <= largestText else {
      throw InputError(url, "the file is too long for an architecture")
    }
    return try bytes(of: url)
  }

  /// All of a file, of which only what is looked at takes memory.
  ///
  /// - Throws: `InputError` if it is not there, is a folder, or cannot be read.
  package static func bytes(of url: URL) throws -> Data {
    try check(url)
    guard let data = try? Data(contentsOf: url, options: .mappedIfSafe) else {
      throw InputError(unreadable: url)
    }
    return data
  }

  /// How many bytes a file has.
  ///
  /// - Throws: `InputError` if it is not there, or is a folder.
  package static func size(of url: URL) throws -> Int { try check(url) }

  /// Checks that there is a regular file, and says how many bytes it has.
  @discardableResult
  private static func check(_ url: URL) throws -> Int {
    let resolved = url.resolvingSymlinksInPath()
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: resolved.path) else {
      throw InputError(url, "there is no such file; check the name")
    }
    switch attributes[.type] as? FileAttributeType {
    case .typeRegular?: return (attributes[.size] as? NSNumber)?.intValue ?? 0
    case .typeDirectory?: throw InputError(url, "this is a folder; name a file in it")
    default: throw InputError(url, "this is not a regular file")
    }
  }
}

extension InputError {
  /// An error for a file or folder that is not there or cannot be read.
  package init(unreadable url: URL) {
    var isFolder: ObjCBool = false
    let isThere = FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
    self.init(
      url,
      !isThere
        ? "there is no such file; check the name"
        : isFolder.boolValue
          ? "this is a folder; name a file in it"
          : "the file cannot be read; check its permissions with ls -l")
  }
}
