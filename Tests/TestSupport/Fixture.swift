import Foundation

/// Files that tests read: committed ones, and the optional reference folder beside a checkout.
public enum Fixture {
  /// The top of the repository.
  public static let repository = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// A committed file below `Tests/Fixtures`.
  public static func url(_ path: String) -> URL {
    repository.appending(path: "Tests/Fixtures").appending(path: path)
  }

  /// A model below `seeds`.
  public static func seed(_ name: String) -> URL {
    repository.appending(path: "seeds").appending(path: name)
  }

  /// A file of the optional folder of reference models and data beside the checkout, if it is there.
  public static func shared(_ path: String) -> URL? {
    let url = repository.deletingLastPathComponent().appending(path: "shared").appending(path: path)
    return FileManager.default.fileExists(atPath: url.path) ? url : nil
  }
}
