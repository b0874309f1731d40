import TonoAscent
import TonoCore
import TonoFiles
import TonoRender

extension Recipe {
  /// All settings, in the order in which they are listed.
  public static let settings: [Setting] = [
    .choice(
      "canvas", \.canvas,
      """
      What is climbed: the samples of a sound, whose pattern can be played as it is (waveform); the power in \
      each band and frame (mel-power); the free cells of a spectrogram, which may be what no sound has \
      (spectrogram); or its waves along time and frequency (fourier). By default a sound where the front \
      end is known and no other setting needs cells, else a spectrogram.
      """),
    .choice(
      "heard", \.heard,
      """
      What a sound is climbed for: exactly what the network hears of it; or what it hears on average wherever \
      the sound is played (robustly), its start anywhere within the hop, in small rooms, with noise, through \
      codecs. By default robustly.
      """),
    .optionalNumber(
      "naturalness", \.naturalness, from: 0,
      """
      The weight of a climbed sound's distance from real ones, from their long-term spectrum and how fast they \
      change, as a share of the activation; by default 0.01 where sounds are heard robustly and real ones are \
      known.
      """),
    .integer("steps", \.ascent.steps, 1...1_000_000, "The most steps that a neuron climbs."),
    .choice("optimizer", \.ascent.optimizer.rule, "How a gradient becomes a step."),
    .number(
      "rate", \.ascent.optimizer.rate, above: 0,
      """
      The length of a step, in network units per cell; samples of a sound take steps four times as long, in \
      units of the start's root mean square.
      """),
    .flag(
      "raw-gradient", \.usesRawGradient,
      """
      Use the gradient as it is. Without this it is divided by the root of its mean square, so that a rate \
      means the same for every neuron.
      """),
    .choice("start", \.ascent.start, "Where the canvas begins."),
    .integer(
      "starts", \.ascent.starts, 1...10_000,
      "How many starts are tried to wake a neuron that is at zero; those after the first are noise."
    ),
    .integer(
      "waking-steps", \.ascent.wakingSteps, 0...1_000_000,
      "How many steps each start may climb the pre-activation to wake a neuron."),
    .seed("seed", \.ascent.seed, "What all random numbers are drawn from, with the neuron's name."),
    .flag(
      "no-plateau", \.takesAllSteps, "Take all steps, even where the activation rises no more."),
    .optionalFlag(
      "normalize", \.normalizes,
      """
      Keep the canvas on the sphere of zero mean and unit variance, or let it leave it; by default as the \
      input's front end does with examples. Activations on and off it cannot be compared.
      """),
    .number("l2", \.ascent.regularizer.l2, from: 0, "The weight of the penalty mean(x²)."),
    .number("l1", \.ascent.regularizer.l1, from: 0, "The weight of the penalty mean(|x|)."),
    .number(
      "time-variation", \.ascent.regularizer.timeVariation, from: 0,
      "The weight of total variation along time: differences between neighbouring frames."),
    .number(
      "band-variation", \.ascent.regularizer.bandVariation, from: 0,
      "The weight of total variation along frequency: differences between neighbouring bands."),
    .number(
      "blur", \.ascent.regularizer.blur, from: 0, to: 100,
      "The deviation of a Gaussian blur of the canvas, in bands and frames; 0 for none."),
    .integer(
      "blur-every", \.ascent.regularizer.blurInterval, 1...1_000_000,
      "How many steps lie between two blurs."),
    .integer(
      "time-jitter", \.ascent.jitter.frames, 0...1_000_000,
      "How many frames the input is shifted at each step, at most, either way, at random."),
    .integer(
      "band-jitter", \.ascent.jitter.bands, 0...1_000_000,
      "How many bands the input is shifted at each step, at most, either way, at random."),
    .number(
      "gain-jitter", \.ascent.acoustics.gain, from: 0,
      "How many dB louder or quieter the input is made at each step, at most, at random."),
    .number(
      "tilt-jitter", \.ascent.acoustics.tilt, from: 0,
      "How many dB its highest band is raised or lowered against the lowest, at most, at random."),
    .number(
      "noise-floor", \.noiseFloor, from: 0,
      """
      The highest noise floor laid under the input at each step, at random, in dB below its maximum; 0 for \
      none.
      """),
    .flag(
      "bound-levels", \.boundsLevels,
      """
      Keep a spectrogram's cells within the levels of real examples after each step: from the front end's \
      floor to its maximum.
      """),
    .number(
      "playability", \.ascent.regularizer.playability, from: 0,
      """
      The weight of the penalty on the distance to what the front end can produce: the mean square, in \
      network units.
      """),
    .flag(
      "exact-convolution", \.ascent.exactConvolution,
      """
      Sum convolutions as they are written, not by Winograd's minimal filtering: a tenth of the rounding, \
      and slower.
      """),
    .flag("no-sound", \.isSilent, "Play nothing."),
    .flag("no-pictures", \.isUndrawn, "Draw nothing."),
    .choice("colormap", \.colormap, "The pictures' colours."),
    .flag(
      "bare", \.drawsBare,
      "Draw bare pictures for programs: one pixel for each cell, without axes."),
    .flag(
      "shared-scale", \.sharesScale,
      "Give all pictures of a contact sheet one colour scale; without this each has its own."),
  ]

  /// The setting of a key.
  public static func setting(_ key: String) -> Setting? { settings.first { $0.key == key } }
}

// MARK: - Settings whose key says the opposite

extension Recipe {
  fileprivate var usesRawGradient: Bool {
    get { !ascent.optimizer.normalizesGradient }
    set { ascent.optimizer.normalizesGradient = !newValue }
  }
  fileprivate var takesAllSteps: Bool {
    get { ascent.plateau == nil }
    set { ascent.plateau = newValue ? nil : AscentSettings.Plateau() }
  }
  fileprivate var noiseFloor: Float {
    get { -ascent.acoustics.noiseFloor }
    set { ascent.acoustics.noiseFloor = -newValue }
  }
  fileprivate var isSilent: Bool {
    get { !playsSounds }
    set { playsSounds = !newValue }
  }
  fileprivate var isUndrawn: Bool {
    get { !drawsPictures }
    set { drawsPictures = !newValue }
  }
}
