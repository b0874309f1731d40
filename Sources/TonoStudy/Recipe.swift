import TonoAscent
import TonoAudio
import TonoCore
import TonoFiles
import TonoModels
import TonoNetwork
import TonoRender

/// Everything that a run decides: how neurons are climbed, played and drawn.
///
/// Defaults, ranges and the rules between settings are here and nowhere else: flags, JSON and Swift all pass a
/// recipe. Its JSON has a key for each of ``settings`` that is not at its default; a wrong key or value is
/// refused by name.
///
///     var recipe = Recipe()
///     recipe.ascent.steps = 400
///     let plan = try recipe.plan(for: model, frontEnds: frontEnds)
public struct Recipe: Hashable, Sendable {
  /// What is climbed; nothing for a sound where the front end is known and no other setting needs cells, else
  /// a spectrogram.
  public var canvas: Canvas.Kind?
  /// Whether the canvas stays at zero mean and unit variance; nothing for what the front end does with
  /// examples.
  public var normalizes: Bool?
  /// Whether a spectrogram's cells are kept within the levels of real examples.
  public var boundsLevels = false
  /// What sounds are climbed for; nothing for robustly.
  public var heard: Heard?
  /// The weight of a sound's distance from real ones; nothing for the usual one where sounds are heard robustly.
  public var naturalness: Float?
  /// How neurons are climbed, but for `hearing` and naturalness, which `heard` and `naturalness` decide.
  public var ascent = AscentSettings()
  /// How patterns become sounds.
  public var inversion = Inversion()
  /// Whether there are sounds.
  public var playsSounds = true
  /// Whether there are pictures.
  public var drawsPictures = true
  /// The pictures' colours.
  public var colormap = Colormap.magma
  /// Whether a picture is bare: one pixel for each cell, without axes.
  public var drawsBare = false
  /// Whether the pictures of a contact sheet have one colour scale.
  public var sharesScale = false

  /// The defaults.
  public init() {}

  /// Checks that every value is one that its setting takes.
  ///
  /// - Throws: ``RecipeError`` with the first key whose value is none.
  public func validate() throws {
    for setting in Self.settings { try setting.check(self) }
  }

  /// What a run of this recipe is for a model.
  ///
  /// - Parameters:
  ///   - model: the model.
  ///   - frontEnds: per input name the front end before it.
  ///   - spectrograms: per input name the SHA-256 of the file that it starts from.
  ///   - held: per name of an input that is held the SHA-256 of the file that it is held at.
  ///   - naturalSounds: per input name what real sounds have in common; else what is typical of the front end.
  /// - Returns: everything that decides what the run's files hold.
  /// - Throws: ``RecipeError`` for a value that is none, or that does not go with another or with the model.
  public func plan(
    for model: Model, frontEnds: [String: FrontEnd], spectrograms: [String: String] = [:],
    held: [String: String] = [:], naturalSounds: [String: NaturalSound] = [:]
  ) throws -> RunPlan {
    try validate()
    let canvases = try canvases(of: model.network, frontEnds)
    let natural = try self.naturalSounds(behind: canvases, frontEnds, given: naturalSounds)
    return RunPlan(
      model: try ModelIdentity(of: model), frontEnds: frontEnds, canvases: canvases,
      ascent: try heardAscent(on: canvases, natural), naturalSounds: natural,
      spectrograms: spectrograms, held: held, sound: playsSounds ? inversion : nil,
      colormap: drawsPictures ? colormap : nil, barePictures: drawsBare, sharesScale: sharesScale)
  }
}

// MARK: - Rules between settings

extension Recipe {
  /// On what each input is climbed.
  private func canvases(
    of network: Network, _ frontEnds: [String: FrontEnd]
  ) throws -> [String: Canvas] {
    if let canvas, canvas != .spectrogram {
      let refused = cellSettings.own + (canvas.needsFrontEnd ? cellSettings.free : [])
      if let key = refused.first {
        throw RecipeError(key, "needs a spectrogram's cells", .leaveOutOrClimbSpectrogram)
      }
    }
    if let input = network.inputs.first(where: { frontEnds[$0.name] == nil }) {
      if let canvas, canvas.needsFrontEnd {
        throw RecipeError(
          "canvas", "is \(canvas.rawValue), which needs a front end before '\(input.name)'",
          .addFrontEnd)
      }
      if let key = levelSettings.first {
        throw RecipeError(
          key, "needs a front end before '\(input.name)'", .addFrontEndOrLeaveOut)
      }
    }
    let canvases = network.inputs.map { input in
      let frontEnd = frontEnds[input.name]
      let usual: Canvas.Kind =
        frontEnd != nil && (cellSettings.own + cellSettings.free).isEmpty ? .waveform : .spectrogram
      return (
        input.name,
        Canvas(
          canvas ?? usual, behind: frontEnd,
          normalizes: normalizes ?? (frontEnd?.normalization == .perExample),
          boundsLevels: boundsLevels)
      )
    }
    guard ascent.regularizer.l2 == 0 || !canvases.contains(where: { $1.cells?.normalizes == true })
    else {
      throw RecipeError(
        "l2", "does nothing on a normalized canvas, where every input has the same mean square",
        .useL1OrLeaveSphere)
    }
    return Dictionary(uniqueKeysWithValues: canvases)
  }

  /// The settings at work that need cells of a spectrogram, and those that its waves have too.
  private var cellSettings: (own: [String], free: [String]) {
    let regularizer = ascent.regularizer
    return (
      own: [(regularizer.blur != 0, "blur"), (boundsLevels, "bound-levels")].filter(\.0).map(\.1),
      free: [
        (regularizer.l2 != 0, "l2"), (normalizes == true, "normalize"),
        (normalizes == false, "no-normalize"),
        (ascent.start == .silence, "start"),
      ].filter(\.0).map(\.1)
    )
  }

  /// The settings at work that count in dB of a front end.
  private var levelSettings: [String] {
    [
      (ascent.acoustics.gain != 0, "gain-jitter"), (ascent.acoustics.tilt != 0, "tilt-jitter"),
      (ascent.acoustics.noiseFloor != 0, "noise-floor"),
      (ascent.regularizer.playability != 0, "playability"), (boundsLevels, "bound-levels"),
    ].filter(\.0).map(\.1)
  }
}

extension Canvas {
  /// A canvas of a kind before an input.
  ///
  /// Cells of a spectrogram lie on the sphere of normalized examples, or around the levels that are typical
  /// of the front end.
  ///
  /// - Precondition: there is a front end where the kind needs one.
  init(_ kind: Kind, behind frontEnd: FrontEnd?, normalizes: Bool, boundsLevels: Bool) {
    let typical = normalizes ? nil : frontEnd?.typicalInput
    let bounds = frontEnd.flatMap { frontEnd in
      boundsLevels
        ? SpectrogramCanvas.Bounds(
          lowest: frontEnd.inputRange.lowerBound, highest: frontEnd.inputRange.upperBound,
          range: frontEnd.inputRange.upperBound - frontEnd.inputRange.lowerBound) : nil
    }
    let cells = SpectrogramCanvas(
      normalizes: normalizes, level: typical?.mean ?? 0, spread: typical?.deviation ?? 1,
      bounds: bounds)
    self =
      switch kind {
      case .waveform: .waveform
      case .melPower: .melPower
      case .spectrogram: .spectrogram(cells)
      case .fourier: .fourier(FourierCanvas(cells))
      }
  }
}
