import ArgumentParser
import Foundation
import TonoAscent
import TonoAudio
import TonoCore
import TonoFiles
import TonoListen
import TonoModels
import TonoNetwork
import TonoStudy

extension Optimizer.Rule: ExpressibleByArgument {}
extension CanvasKind: ExpressibleByArgument {}

/// What a sound is climbed for.
enum Heard: String, ExpressibleByArgument, CaseIterable {
  case exactly, robustly
}

/// How an ascent climbs: the settings of `AscentSettings` as flags, with its defaults.
struct AscentArguments: ParsableArguments {
  private static let defaults = AscentSettings()

  @Option(
    help: ArgumentHelp(
      """
      What is climbed: the samples of a sound, whose pattern can be played as it is (waveform); \
      the power in each band and frame (mel-power); the free cells of a spectrogram, which may be \
      what no sound has (spectrogram); or its waves along time and frequency (fourier). By default \
      a sound where the front end is known and no other setting needs cells, else a spectrogram.
      """, valueName: "kind"))
  var canvas: CanvasKind?

  @Option(
    help: ArgumentHelp(
      """
      What a sound is climbed for: exactly what the network hears of it; or what it hears on average \
      wherever the sound is played (robustly), its start anywhere within the hop, in small rooms, with \
      noise, through codecs. By default robustly; needs --canvas waveform.
      """, valueName: "exactly|robustly"))
  var heard: Heard?

  @Option(
    help: ArgumentHelp(
      """
      A folder of real sounds whose long-term spectrum and changes a climbed sound keeps to; INPUT=FOLDER \
      for one input of several. Without it those that are typical of the front end, if they are known.
      """, valueName: "sounds"))
  var natural: [String] = []

  @Option(
    help: ArgumentHelp(
      """
      The weight of a sound's distance from real ones, as a share of the activation; 0 for none.
      """, valueName: "share"))
  var naturalness: Float?

  @Option(help: ArgumentHelp("The most steps that a neuron climbs.", valueName: "count"))
  var steps = defaults.steps

  @Option(help: ArgumentHelp("How a gradient becomes a step.", valueName: "rule"))
  var optimizer = defaults.optimizer.rule

  @Option(
    help: ArgumentHelp(
      """
      The length of a step, in network units per cell; samples of a sound take steps four times as \
      long, in units of the start's root mean square.
      """, valueName: "rate"))
  var rate = defaults.optimizer.rate

  @Flag(
    name: .customLong("raw-gradient"),
    help: """
      Use the gradient as it is. Without this it is divided by the root of its mean square, so \
      that a rate means the same for every neuron.
      """)
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

  @Option(
    help: ArgumentHelp(
      """
      How many starts are tried to wake a neuron that is at zero; those after the first are noise.
      """, valueName: "count"))
  var starts = defaults.starts

  @Option(
    name: .customLong("waking-steps"),
    help: ArgumentHelp(
      "How many steps each start may climb the pre-activation to wake a neuron.",
      valueName: "count"))
  var wakingSteps = defaults.wakingSteps

  @Option(
    help: ArgumentHelp(
      "What all random numbers are drawn from, with the neuron's name.", valueName: "number"))
  var seed = defaults.seed

  @Flag(
    name: .customLong("no-plateau"),
    help: "Take all steps, even where the activation rises no more.")
  var noPlateau = false

  @Flag(
    inversion: .prefixedNo,
    help: """
      Keep the canvas on the sphere of zero mean and unit variance, or let it leave it; by default \
      as the input's front end does with examples. Activations on and off it cannot be compared.
      """)
  var normalize: Bool?

  @Option(
    help: ArgumentHelp(
      "The weight of the penalty mean(x²); needs --no-normalize.", valueName: "weight"))
  var l2: Float = 0

  @Option(help: ArgumentHelp("The weight of the penalty mean(|x|).", valueName: "weight"))
  var l1: Float = 0

  @Option(
    name: .customLong("time-variation"),
    help: ArgumentHelp(
      "The weight of total variation along time: differences between neighbouring frames.",
      valueName: "weight"))
  var timeVariation: Float = 0

  @Option(
    name: .customLong("band-variation"),
    help: ArgumentHelp(
      "The weight of total variation along frequency: differences between neighbouring bands.",
      valueName: "weight"))
  var bandVariation: Float = 0

  @Option(
    help: ArgumentHelp(
      "The deviation of a Gaussian blur of the canvas, in bands and frames; 0 for none.",
      valueName: "cells"))
  var blur: Float = 0

  @Option(
    name: .customLong("blur-every"),
    help: ArgumentHelp("How many steps lie between two blurs.", valueName: "steps"))
  var blurInterval = defaults.regularizer.blurInterval

  @Option(
    name: .customLong("time-jitter"),
    help: ArgumentHelp(
      "How many frames the input is shifted at each step, at most, either way, at random.",
      valueName: "frames"))
  var timeJitter = 0

  @Option(
    name: .customLong("band-jitter"),
    help: ArgumentHelp(
      "How many bands the input is shifted at each step, at most, either way, at random.",
      valueName: "bands"))
  var bandJitter = 0

  @Option(
    name: .customLong("gain-jitter"),
    help: ArgumentHelp(
      "How many dB louder or quieter the input is made at each step, at most, at random.",
      valueName: "dB"))
  var gainJitter: Float = 0

  @Option(
    name: .customLong("tilt-jitter"),
    help: ArgumentHelp(
      "How many dB its highest band is raised or lowered against the lowest, at most, at random.",
      valueName: "dB"))
  var tiltJitter: Float = 0

  @Option(
    name: .customLong("noise-floor"),
    help: ArgumentHelp(
      """
      The highest noise floor laid under the input at each step, at random, in dB below its \
      maximum; 0 for none.
      """, valueName: "dB"))
  var noiseFloor: Float = 0

  @Flag(
    name: .customLong("bound-levels"),
    help: """
      Keep a spectrogram's cells within the levels of real examples after each step: from the \
      front end's floor to its maximum.
      """)
  var boundLevels = false

  @Option(
    help: ArgumentHelp(
      """
      The weight of the penalty on the distance to what the front end can produce: the mean \
      square, in network units.
      """, valueName: "weight"))
  var playability: Float = 0

  @Flag(
    name: .customLong("exact-convolution"),
    help: """
      Sum convolutions as they are written, not by Winograd's minimal filtering: a tenth of the \
      rounding, and slower.
      """)
  var exactConvolution = false

  func validate() throws {
    func require(_ condition: Bool, _ sentence: String) throws {
      guard condition else { throw ValidationError(sentence) }
    }
    try require(steps >= 1, "--steps is \(steps); give at least 1")
    try require(rate > 0 && rate.isFinite, "--rate is \(rate); give a positive number")
    try require(starts >= 1, "--starts is \(starts); give at least 1")
    try require(wakingSteps >= 0, "--waking-steps is \(wakingSteps); give 0 or more")
    try require(blur >= 0 && blur <= 100, "--blur is \(blur); give a number from 0 to 100")
    try require(blurInterval >= 1, "--blur-every is \(blurInterval); give at least 1")
    if let naturalness {
      try require(
        naturalness >= 0 && naturalness.isFinite,
        "--naturalness is \(naturalness); give a number that is not negative")
    }
    try require(
      timeJitter >= 0 && bandJitter >= 0, "a jitter is negative; give 0 or more")
    for (flag, weight) in [
      ("l2", l2), ("l1", l1), ("time-variation", timeVariation), ("band-variation", bandVariation),
      ("gain-jitter", gainJitter), ("tilt-jitter", tiltJitter), ("noise-floor", noiseFloor),
      ("playability", playability),
    ] {
      try require(
        weight >= 0 && weight.isFinite, "--\(flag) is \(weight); give a number that is not negative"
      )
    }
  }

  /// The settings, whether the canvas starts from given spectrograms or not.
  ///
  /// - Parameters:
  ///   - start: where the canvas begins.
  ///   - climbsSounds: whether some input's canvas is a sound.
  ///   - naturalSounds: what real sounds have in common, where that is known.
  func settings(
    startsFrom start: AscentSettings.Start, climbsSounds: Bool,
    naturalSounds: [String: NaturalSound]
  ) -> AscentSettings {
    let isRobust = climbsSounds && heard != .exactly
    let share = naturalness ?? (isRobust || !natural.isEmpty ? Self.naturalness : 0)
    return AscentSettings(
      steps: steps,
      optimizer: Optimizer(rule: optimizer, rate: rate, normalizesGradient: !rawGradient),
      regularizer: Regularizer(
        l2: l2, l1: l1, timeVariation: timeVariation, bandVariation: bandVariation,
        playability: playability, naturalness: naturalSounds.isEmpty ? 0 : share, blur: blur, blurInterval: blurInterval),
      jitter: Jitter(frames: timeJitter, bands: bandJitter),
      acoustics: Acoustics(gain: gainJitter, tilt: tiltJitter, noiseFloor: -noiseFloor),
      hearing: isRobust ? Hearing() : nil, start: start, starts: starts,
      wakingSteps: wakingSteps, plateau: noPlateau ? nil : AscentSettings.Plateau(), seed: seed,
      exactConvolution: exactConvolution)
  }

  /// The settings that need cells of a spectrogram, and those that its waves have too.
  private var cellSettings: (own: [String], free: [String]) {
    (
      own: [(blur != 0, "--blur"), (boundLevels, "--bound-levels")].filter(\.0).map(\.1),
      free: [
        (l2 != 0, "--l2"), (normalize == true, "--normalize"),
        (normalize == false, "--no-normalize"), (start == ["silence"], "--start silence"),
      ].filter(\.0).map(\.1)
    )
  }

  /// The settings that count in dB of a front end, as they are written.
  private var levelSettings: [String] {
    [
      (gainJitter != 0, "--gain-jitter"), (tiltJitter != 0, "--tilt-jitter"),
      (noiseFloor != 0, "--noise-floor"), (playability != 0, "--playability"),
      (boundLevels, "--bound-levels"),
    ].filter(\.0).map(\.1)
  }

  /// On what each input is climbed.
  func canvases(of model: Model, _ frontEnds: [String: FrontEnd]) throws -> [String: CanvasKind] {
    let needs = cellSettings
    if let canvas, canvas != .spectrogram {
      let refused = needs.own + (canvas.needsFrontEnd ? needs.free : [])
      if let setting = refused.first {
        throw InputError(
          "\(setting) needs a spectrogram's cells; leave it out, or add --canvas spectrogram")
      }
    }
    if let canvas, canvas.needsFrontEnd,
      let input = model.network.inputs.first(where: { frontEnds[$0.name] == nil })
    {
      throw InputError(
        "--canvas \(canvas.rawValue) needs a front end before '\(input.name)'; add --front-end")
    }
    if let setting = levelSettings.first,
      let input = model.network.inputs.first(where: { frontEnds[$0.name] == nil })
    {
      throw InputError(
        "\(setting) needs a front end before '\(input.name)'; add --front-end, or leave it out")
    }
    return Dictionary(
      uniqueKeysWithValues: model.network.inputs.map { input in
        let usual: CanvasKind =
          frontEnds[input.name] != nil && (needs.own + needs.free).isEmpty
          ? .waveform : .spectrogram
        return (input.name, canvas ?? usual)
      })
  }

  /// The weight of naturalness unless one is given.
  private static let naturalness: Float = 0.03

  /// Per input whose canvas is a sound what real sounds have in common: of a folder that was named, or what is
  /// typical of the front end.
  func naturalSounds(
    of canvases: [String: CanvasKind], _ frontEnds: [String: FrontEnd], threads: Int
  ) throws -> [String: NaturalSound] {
    let inputs = canvases.filter { $0.value == .waveform }.keys.sorted()
    guard !inputs.isEmpty else {
      let given = [
        (heard != nil, "--heard"), (!natural.isEmpty, "--natural"),
        (naturalness != nil, "--naturalness"),
      ]
      if let flag = given.first(where: \.0)?.1 {
        throw InputError("\(flag) is about sounds that are climbed; add --canvas waveform")
      }
      return [:]
    }
    guard naturalness != 0, heard != .exactly || !natural.isEmpty || naturalness != nil else {
      return [:]
    }
    var folders: [String: String] = [:]
    for request in natural {
      let parts = SpectrogramFiles.parts(of: request).flatMap { inputs.contains($0.input) ? $0 : nil }
      guard let input = parts?.input ?? (inputs.count == 1 ? inputs[0] : nil) else {
        throw InputError(
          "--natural \(request) names no input; write INPUT=FOLDER with one of "
            + inputs.joined(separator: ", "))
      }
      guard folders.updateValue(parts?.path ?? request, forKey: input) == nil else {
        throw InputError("--natural gives '\(input)' two folders; give it one")
      }
    }
    var sounds: [String: NaturalSound] = [:]
    for input in inputs {
      guard let frontEnd = frontEnds[input] else { continue }
      if let folder = folders[input] {
        sounds[input] = try NaturalSound(
          in: SoundFolder(URL(filePath: folder)), heardBy: frontEnd, threads: threads)
      } else {
        sounds[input] = NaturalSound.typical(of: frontEnd)
      }
    }
    if naturalness != nil, sounds.isEmpty {
      throw InputError(
        "--naturalness needs real sounds to compare with; name a folder of them with --natural")
    }
    return sounds
  }

  /// The inputs whose canvas is normalized: those whose front end normalizes examples, if nothing
  /// else is asked.
  func normalizedInputs(of model: Model, _ frontEnds: [String: FrontEnd]) throws -> [String] {
    let inputs = model.network.inputs.map(\.name).filter {
      normalize ?? (frontEnds[$0]?.normalization == .perExample)
    }
    guard l2 == 0 || inputs.isEmpty else {
      throw InputError(
        """
        --l2 does nothing on a normalized canvas, where every input has the same mean square; \
        use --l1, or add --no-normalize
        """)
    }
    return inputs
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
