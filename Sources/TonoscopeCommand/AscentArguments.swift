import ArgumentParser
import Foundation
import TonoAscent
import TonoAudio
import TonoCore
import TonoModels
import TonoNetwork
import TonoRender
import TonoStudy

extension Optimizer.Rule: ExpressibleByArgument {}
extension Canvas.Kind: ExpressibleByArgument {}
extension Recipe.Heard: ExpressibleByArgument {}

extension ArgumentHelp {
  /// What a setting of a recipe does, in the recipe's own words.
  static func setting(_ key: String, _ valueName: String? = nil) -> ArgumentHelp {
    ArgumentHelp(stringLiteral: Recipe.setting(key)?.help ?? "").named(valueName)
  }

  private func named(_ valueName: String?) -> ArgumentHelp {
    var help = self
    help.valueName = valueName
    return help
  }
}

/// How an ascent climbs: the settings of a `Recipe` as flags, with its defaults.
struct AscentArguments: ParsableArguments {
  private static let defaults = Recipe()

  @Option(help: .setting("canvas", "kind"))
  var canvas: Canvas.Kind?

  @Option(help: .setting("heard", "exactly|robustly"))
  var heard: Recipe.Heard?

  @Option(
    help: ArgumentHelp(
      """
      A folder of real sounds whose long-term spectrum and changes a climbed sound keeps to; INPUT=FOLDER \
      for one input of several. Without it those that are typical of the front end, where they are known.
      """, valueName: "sounds"))
  var natural: [String] = []

  @Option(help: .setting("naturalness", "share"))
  var naturalness: Float?

  @Option(help: .setting("steps", "count"))
  var steps = defaults.ascent.steps

  @Option(help: .setting("optimizer", "rule"))
  var optimizer = defaults.ascent.optimizer.rule

  @Option(help: .setting("rate", "rate"))
  var rate = defaults.ascent.optimizer.rate

  @Flag(name: .customLong("raw-gradient"), help: .setting("raw-gradient"))
  var rawGradient = false

  @Option(
    help: ArgumentHelp(
      """
      Where the canvas begins: noise, silence, a spectrogram (FILE.npy in network units) or a \
      sound (through the front end); INPUT=FILE for one input of several. May be repeated.
      """, valueName: "start"))
  var start: [String] = []

  @Option(
    help: ArgumentHelp(
      """
      Keep an input at a spectrogram (FILE.npy in network units) or a sound (through the front \
      end), and climb the others; patterns then hold the others alone. May be repeated.
      """, valueName: "input=file"))
  var hold: [String] = []

  @Option(help: .setting("starts", "count"))
  var starts = defaults.ascent.starts

  @Option(name: .customLong("waking-steps"), help: .setting("waking-steps", "count"))
  var wakingSteps = defaults.ascent.wakingSteps

  @Option(help: .setting("seed", "number"))
  var seed = defaults.ascent.seed

  @Flag(name: .customLong("no-plateau"), help: .setting("no-plateau"))
  var noPlateau = false

  @Flag(inversion: .prefixedNo, help: .setting("normalize"))
  var normalize: Bool?

  @Option(help: .setting("l2", "weight"))
  var l2: Float = 0

  @Option(help: .setting("l1", "weight"))
  var l1: Float = 0

  @Option(name: .customLong("time-variation"), help: .setting("time-variation", "weight"))
  var timeVariation: Float = 0

  @Option(name: .customLong("band-variation"), help: .setting("band-variation", "weight"))
  var bandVariation: Float = 0

  @Option(help: .setting("blur", "cells"))
  var blur: Float = 0

  @Option(name: .customLong("blur-every"), help: .setting("blur-every", "steps"))
  var blurInterval = defaults.ascent.regularizer.blurInterval

  @Option(name: .customLong("time-jitter"), help: .setting("time-jitter", "frames"))
  var timeJitter = 0

  @Option(name: .customLong("band-jitter"), help: .setting("band-jitter", "bands"))
  var bandJitter = 0

  @Option(name: .customLong("gain-jitter"), help: .setting("gain-jitter", "dB"))
  var gainJitter: Float = 0

  @Option(name: .customLong("tilt-jitter"), help: .setting("tilt-jitter", "dB"))
  var tiltJitter: Float = 0

  @Option(name: .customLong("noise-floor"), help: .setting("noise-floor", "dB"))
  var noiseFloor: Float = 0

  @Flag(name: .customLong("bound-levels"), help: .setting("bound-levels"))
  var boundLevels = false

  @Option(help: .setting("playability", "weight"))
  var playability: Float = 0

  @Flag(name: .customLong("exact-convolution"), help: .setting("exact-convolution"))
  var exactConvolution = false

  func validate() throws {
    do {
      try recipe(startsFrom: .noise).validate()
    } catch let error as RecipeError {
      throw ValidationError(error.inFlags)
    }
  }

  /// The recipe, whose canvas starts from given spectrograms or not.
  func recipe(startsFrom start: AscentSettings.Start) -> Recipe {
    var recipe = Recipe()
    recipe.canvas = canvas
    recipe.normalizes = normalize
    recipe.boundsLevels = boundLevels
    (recipe.heard, recipe.naturalness) = (heard, naturalness)
    recipe.ascent = AscentSettings(
      steps: steps,
      optimizer: Optimizer(rule: optimizer, rate: rate, normalizesGradient: !rawGradient),
      regularizer: Regularizer(
        l2: l2, l1: l1, timeVariation: timeVariation, bandVariation: bandVariation,
        playability: playability, blur: blur, blurInterval: blurInterval),
      jitter: Jitter(frames: timeJitter, bands: bandJitter),
      acoustics: Acoustics(gain: gainJitter, tilt: tiltJitter, noiseFloor: -noiseFloor),
      start: start, starts: starts, wakingSteps: wakingSteps,
      plateau: noPlateau ? nil : AscentSettings.Plateau(), seed: seed,
      exactConvolution: exactConvolution)
    return recipe
  }

  /// Where canvases start.
  struct StartingPoint {
    /// How.
    var start = AscentSettings.Start.noise
    /// From which spectrograms.
    var files = SpectrogramFiles()
  }

  /// Where canvases start: as --start says.
  func startingPoint(
    _ model: Model, _ frontEnds: [String: FrontEnd], held: SpectrogramFiles
  ) throws -> StartingPoint {
    if start.isEmpty { return StartingPoint() }
    if start.count == 1, let plain = AscentSettings.Start(rawValue: start[0]), plain != .spectrogram
    {
      return StartingPoint(start: plain)
    }
    var files = SpectrogramFiles()
    for request in start {
      let free = model.network.inputs.filter { held.spectrograms[$0.name] == nil }
      if let (name, _) = SpectrogramFiles.parts(of: request),
        held.spectrograms[name] != nil
      {
        throw InputError("--start and --hold both name '\(name)'; a held input starts nowhere")
      }
      try files.read(request, "--start", for: free, frontEnds)
    }
    return StartingPoint(start: .spectrogram, files: files)
  }

  /// Per input name what the sounds of a folder have in common: as --natural says.
  func naturalSounds(
    of model: Model, _ frontEnds: [String: FrontEnd], threads: Int
  ) throws -> [String: NaturalSound] {
    let inputs = model.network.inputs.map(\.name)
    var sounds: [String: NaturalSound] = [:]
    for request in natural {
      let parts = SpectrogramFiles.parts(of: request).flatMap {
        inputs.contains($0.input) ? $0 : nil
      }
      guard let input = parts?.input ?? (inputs.count == 1 ? inputs[0] : nil) else {
        throw InputError(
          "--natural \(request) names no input; write INPUT=FOLDER with one of "
            + inputs.joined(separator: ", "))
      }
      guard let frontEnd = frontEnds[input] else {
        throw InputError("--natural needs a front end before '\(input)'; add --front-end")
      }
      guard sounds[input] == nil else {
        throw InputError("--natural gives '\(input)' two folders; give it one")
      }
      sounds[input] = try NaturalSound(
        in: SoundFolder(URL(filePath: parts?.path ?? request)), heardBy: frontEnd,
        threads: threads)
    }
    return sounds
  }

  /// What inputs are held at: as --hold says.
  func heldInputs(of model: Model, _ frontEnds: [String: FrontEnd]) throws -> SpectrogramFiles {
    var files = SpectrogramFiles()
    for request in hold {
      let inputs = model.network.inputs
      guard let (name, _) = SpectrogramFiles.parts(of: request),
        inputs.contains(where: { $0.name == name })
      else {
        throw InputError(
          "--hold \(request) names no input; write INPUT=FILE with one of "
            + inputs.map(\.name).joined(separator: ", "))
      }
      try files.read(request, "--hold", for: inputs, frontEnds)
    }
    return files
  }
}
