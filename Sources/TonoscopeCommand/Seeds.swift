import Foundation
import TonoCore

/// The trained networks that come with the tool.
enum Seeds {
  /// The pretrained siamese network of TL-IMINET.
  ///
  /// Looked for in `seeds/` of the working directory, of the folders above the executable (a build in a
  /// checkout) and in `share/tonoscope/` beside its folder (an installation).
  ///
  /// - Throws: `InputError` if it is in none of them.
  static func siamese() throws -> URL {
    let names = ["siamese_pretrained.safetensors", "siamese_pretrained.h5"]
    var folders = [URL(filePath: "seeds")]
    let executable = Bundle.main.executableURL?.resolvingSymlinksInPath()
    var above = executable?.deletingLastPathComponent()
    for _ in 0..<4 {
      guard let folder = above, folder.path != "/" else { break }
      folders += [
        folder.appending(path: "seeds"), folder.appending(path: "share/tonoscope/seeds"),
      ]
      above = folder.deletingLastPathComponent()
    }
    let files = folders.flatMap { folder in names.map { folder.appending(path: $0) } }
    guard let file = files.first(where: { FileManager.default.fileExists(atPath: $0.path) }) else {
      throw InputError(
        "the network that comes with the tool is not there; name a siamese network with --model")
    }
    return file
  }
}
