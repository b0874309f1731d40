import Foundation

/// The one file, in memory, as which each input stands while it is read: readers take paths.
struct MemoryFile {
  static let shared = MemoryFile()

  let url: URL

  private init() {
    let folder = URL(filePath: "/dev/shm/tonofuzz-\(getpid())")
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    url = folder.appending(path: "input")
  }

  func write(_ bytes: Data) {
    guard (try? bytes.write(to: url)) != nil else {
      preconditionFailure("\(url.path) cannot be written")
    }
  }
}
