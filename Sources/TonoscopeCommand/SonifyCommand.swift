import ArgumentParser
import Foundation
import TonoAudio
import TonoCore
import TonoFiles
import TonoModels
import TonoNetwork
import TonoStudy

/// The formats of `--format`.
enum SoundFormat: String, ExpressibleByArgument, CaseIterable {
  case wav, flac, ogg

  /// The encoding; nil for WAV as the front end needs it.
  var encoding: AudioFile.Encoding? {
    switch self {
    case .wav: nil
    case .flac: .flac
    case .ogg: .ogg
    }
  }
}

/// `tonoscope sonify`: patterns become sounds.
struct SonifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sonify",
    abstract: "Turn patterns into sounds, and ask how true they are.",
    discussion: """
      A pattern is a .npy or .npz file in network units, or all of a run's directory. Band powers \
      come from its levels, Fourier bins from those by non-negative least squares, phases by fast \
      Griffin–Lim at a dense hop; then the samples descend the distance between what the front end \
      makes of them and the pattern.

      Each sound is read again: the log-mel distance is the root mean square between its features \
      and the pattern, in network units. Where the pattern lies in a run whose model is still \
      there (or is named by --model), its retention is what the neuron answers to the sound, as a \
      share of what it answers to the pattern.
      """)

  @Argument(help: "Patterns: .npy, .npz, or a run's directory.", completion: .file())
  var patterns: [String]

  @Option(
    name: .customLong("out"),
    help: ArgumentHelp(
      "Where the sounds go; by default beside each file. Needed for a run's directory.",
      valueName: "dir"))
  var directory: String?

  @OptionGroup var frontEnds: FrontEndArguments

  @Option(help: ArgumentHelp("What files are written: wav, flac or ogg.", valueName: "format"))
  var format = SoundFormat.wav

  @Option(
    help: ArgumentHelp(
      "The model of the run, if it lies elsewhere now.", valueName: "file"),
    completion: .file())
  var model: String?

  @Option(
    help: ArgumentHelp(
      """
      Another run of the same neurons: each neuron's sound is also written with the other's behind \
      it, at one loudness, as NAME.pair.
      """, valueName: "dir"))
  var against: String?

  @Option(help: ArgumentHelp("How often Griffin–Lim corrects the phases.", valueName: "count"))
  var iterations = Inversion().iterations

  @Option(
    help: ArgumentHelp(
      "How many steps the samples take towards the pattern; 0 for none.", valueName: "count"))
  var refinement = Inversion().refinement

  @Option(
    help: ArgumentHelp(
      """
      How many synthesis frames lie in a window: 4 or more, or 0 for the hop of the analysis.
      """, valueName: "count"))
  var overlap = Inversion().hopDivisor

  @Option(help: ArgumentHelp("What the first phases are drawn from.", valueName: "number"))
  var seed = Inversion().seed

  @Option(
    help: ArgumentHelp("The loudness of the sounds, in LUFS (ITU-R BS.1770).", valueName: "level"))
  var loudness = Inversion().loudness

  @Option(
    name: .customLong("true-peak"),
    help: ArgumentHelp("The level that they never exceed, in dBTP.", valueName: "level"))
  var truePeak = Inversion().truePeak

  func validate() throws {
    func require(_ condition: Bool, _ sentence: String) throws {
      guard condition else { throw ValidationError(sentence) }
    }
    try require(!patterns.isEmpty, "name a pattern")
    try require(iterations >= 0, "--iterations is \(iterations); give 0 or more")
    try require(refinement >= 0, "--refinement is \(refinement); give 0 or more")
    try require(overlap == 0 || overlap >= 4, "--overlap is \(overlap); give 4 or more, or 0")
    try require(loudness.isFinite, "--loudness is \(loudness); give a number")
    try require(truePeak <= 0, "--true-peak is \(truePeak); give 0 or less")
  }

  func run() throws {
    let sonification = Sonification(
      Inversion(
        iterations: iterations, refinement: refinement, seed: seed, hopDivisor: overlap,
        loudness: loudness, truePeak: truePeak), encoding: format.encoding)
    let sources = try PatternSource.read(patterns, frontEnds: frontEnds.frontEnds)
    let others = try against.map { try PatternSource.read([$0], frontEnds: frontEnds.frontEnds) }
    var networks = NetworkFinder(asked: model)
    for source in sources {
      guard source.origin == nil || directory != nil else {
        throw InputError("a run's own sounds would be replaced; say where these go with --out")
      }
      let folder = directory.map { URL(filePath: $0) } ?? source.url.deletingLastPathComponent()
      let result = try sonification.play(
        source, into: folder, network: networks.network(of: source))
      for (input, file) in result.files.sorted(by: { $0.key < $1.key }) {
        print("\(file.relativePath): \(try description(of: result, input))")
      }
      guard let other = others?.first(where: { $0.name == source.name }) else { continue }
      for pair in try sonification.pairs(source, other, into: folder) { print(pair.relativePath) }
    }
  }

  private func description(of result: Sonification.Result, _ input: String) throws -> String {
    guard let sound = result.sounds[input], let distance = result.logMelDistances[input] else {
      return ""
    }
    var words = [String(format: "%.2f s", sound.seconds)]
    if let level = try Loudness(of: sound).integrated {
      words.append(String(format: "%.1f LUFS", level))
    }
    words.append(String(format: "log-mel distance %.3f", distance))
    if let retention = result.roundTrip?.retention {
      words.append(String(format: "retention %.1f %%", 100 * retention))
      if let elsewhere = result.roundTrip?.playedElsewhere {
        words.append(
          String(format: "played elsewhere %.1f %%", 100 * elsewhere.least)
            + " (\(elsewhere.leastWay))")
      }
    }
    return words.joined(separator: ", ")
  }

  /// The networks of runs, each loaded once.
  private struct NetworkFinder {
    let asked: String?
    private var networks: [String: Network?] = [:]

    init(asked: String?) { self.asked = asked }

    /// The network of the run that a pattern lies in, if it is still the same file.
    mutating func network(of source: PatternSource) throws -> Network? {
      guard let run = source.origin?.run else { return nil }
      let path = asked ?? run.modelPath
      if let known = networks[path] { return known }
      let url = URL(filePath: path)
      guard FileManager.default.fileExists(atPath: path),
        try FileDigest.sha256(of: url) == run.plan.model.sha256
      else {
        if let asked { throw InputError("\(asked) is another model than the run's; name that one") }
        Terminal.note("note: \(path) is not the run's model any more; there is no retention")
        networks[path] = .some(nil)
        return nil
      }
      let network = try? ModelFile.load(url, architecture: nil).network
      networks[path] = network
      return network
    }
  }
}
