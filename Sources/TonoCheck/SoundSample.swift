import TonoAscent
import TonoAudio
import TonoCore
import TonoNetwork

/// Some of a folder's sounds, evenly spread over its files, each heard by all inputs of a network.
struct SoundSample: Sendable {
  /// The folder.
  let folder: SoundFolder
  /// Per input name what turns sounds into it.
  let frontEnds: [String: FrontEnd]
  /// The files that are opened.
  let files: [SoundFolder.File]
  /// How many examples of each are heard, from its beginning, at most.
  let examplesPerFile: Int
  /// The front end with the longest examples, which decides where sounds are cut.
  private let longest: FrontEnd

  /// About `count` examples out of a folder.
  ///
  /// - Throws: `InputError` if an input has no front end, or one makes no sense.
  init(
    _ folder: SoundFolder, count: Int, frontEnds: [String: FrontEnd], network: Network
  ) throws {
    precondition(count > 0, "\(count) examples")
    var longest: FrontEnd?
    for input in network.inputs {
      guard let frontEnd = frontEnds[input.name] else {
        throw InputError(
          "'\(input.name)' has no front end, so that it hears no sounds", remedy: .addFrontEnd)
      }
      try frontEnd.validate()
      if frontEnd.seconds > longest?.seconds ?? 0 { longest = frontEnd }
    }
    guard let longest else { throw InputError("the network has no input that could hear sounds") }
    self.longest = longest
    self.folder = folder
    self.frontEnds = frontEnds
    let all = folder.files
    let taken = min(count, all.count)
    files = (0..<taken).map { all[$0 * all.count / taken] }
    examplesPerFile = (count + taken - 1) / taken
  }

  /// What a file's first examples are to all inputs, each `[C, H, W]` in network units.
  ///
  /// - Throws: `InputError` if the file cannot be used.
  func examples(of file: SoundFolder.File, _ body: ([String: Tensor]) throws -> Void) throws {
    var reader = try StretchReader(folder.fullPath(of: file.path), frontEnd: longest)
    for _ in 0..<examplesPerFile {
      guard let stretch = try reader.next() else { return }
      try body(frontEnds.mapValues { try stretch.features(by: $0) })
    }
  }
}
