import ArgumentParser
import Foundation
import TonoAudio
import TonoCore
import TonoFiles
import TonoListen
import TonoStudy

/// `tonoscope features`: a sound as a network sees it.
struct FeaturesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "features",
    abstract: "Turn a sound into a network's input through a front end.",
    discussion: """
      Reads any sound that libsndfile reads, brings it to the front end's rate and length, and \
      writes it in network units: bands × frames, or as the front end's axes say.
      """)

  @Argument(help: "A sound: WAV, FLAC, OGG, …", completion: .file())
  var sound: String

  @Argument(help: "Where --png draws; by default the array's name with .png.")
  var picture: String?

  @Option(
    name: .customLong("front-end"),
    help: ArgumentHelp("\(FrontEnd.presetNames), or a JSON file.", valueName: "name"))
  var frontEnd: String

  @Option(help: ArgumentHelp("The array to write.", valueName: "file.npy"))
  var out: String

  @Flag(help: "Draw the spectrogram too.")
  var png = false

  func run() throws {
    let asked = try FrontEnd.load(frontEnd)
    let features = try asked.features(ofFile: sound)
    let frontEnd = asked.fitted(to: features.shape)
    guard features.values.allSatisfy({ $0.isFinite }) else {
      throw InputError("\(sound) is too loud: its power is no finite number; scale it down")
    }
    try AtomicFile.write(
      NumPyArray.encode(features.reshaped(features.shape.sample)), to: URL(filePath: out))
    guard png || picture != nil else { return }
    let figure = PatternFigure(
      frontEnds: ["": frontEnd],
      normalizedInputs: frontEnd.normalization == .perExample ? [""] : [], colormap: .magma)
    let page = try figure.page(
      title: URL(filePath: sound).lastPathComponent, subtitle: frontEnd.name, [("", features)])
    try AtomicFile.write(try page.png(), to: pictureURL)
  }

  /// Where the picture goes.
  private var pictureURL: URL {
    picture.map { URL(filePath: $0) }
      ?? URL(filePath: out).deletingPathExtension().appendingPathExtension("png")
  }

  func validate() throws {
    guard !png || pictureURL.path != URL(filePath: out).path else {
      throw ValidationError("--out and the picture are the same file; name two")
    }
  }
}
