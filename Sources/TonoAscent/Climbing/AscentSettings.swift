import TonoAudio
import TonoCore

/// Everything an ascent does besides the network, the neuron and the canvas.
///
/// Printed into each run.
public struct AscentSettings: Hashable, Sendable, Codable {
  /// Where the canvas begins.
  public enum Start: String, Hashable, Sendable, Codable, CaseIterable {
    /// White noise with the standard normal distribution, drawn from the seed and the neuron's name.
    case noise
    /// The same value everywhere: zero.
    case silence
    /// A spectrogram given for each input, in network units.
    case spectrogram
  }

  /// When an ascent that rises no more is ended.
  public struct Plateau: Hashable, Sendable, Codable {
    /// How many steps may pass without a rise.
    public let patience: Int
    /// The smallest rise that counts, as a share of the value reached.
    public let tolerance: Float

    /// An end after `patience` steps that rise by less than `tolerance`.
    public init(patience: Int = 40, tolerance: Float = 1e-3) {
      self.patience = patience
      self.tolerance = tolerance
    }
  }

  /// The largest number of steps.
  public var steps: Int
  /// How a gradient becomes a step.
  public var optimizer: Optimizer
  /// What keeps a pattern plain.
  public var regularizer: Regularizer
  /// Random shifts of the input at each step.
  public var jitter: Jitter
  /// Random changes of how the input might have been recorded, at each step.
  public var acoustics: Acoustics
  /// How sounds that are climbed reach the network, drawn anew at each step; nil for exactly as they are.
  ///
  /// Steps then grow shorter to the end, all of them are taken, and the last sound is the result.
  public var hearing: Hearing?
  /// Where the canvas begins.
  public var start: Start
  /// How many starts are tried to wake a neuron that is at zero; those after the first are noise.
  public var starts: Int
  /// How many steps each start may climb the pre-activation to wake the neuron.
  public var wakingSteps: Int
  /// When to stop early, or never.
  public var plateau: Plateau?
  /// What all random numbers are drawn from, together with the neuron's name.
  public var seed: UInt64
  /// Whether convolutions are summed as they are written, not by Winograd's minimal filtering.
  public var exactConvolution: Bool

  /// The defaults are those of the command line.
  public init(
    steps: Int = 200, optimizer: Optimizer = Optimizer(), regularizer: Regularizer = Regularizer(),
    jitter: Jitter = Jitter(), acoustics: Acoustics = Acoustics(), hearing: Hearing? = Hearing(),
    start: Start = .noise,
    starts: Int = 4, wakingSteps: Int = 100, plateau: Plateau? = Plateau(), seed: UInt64 = 0,
    exactConvolution: Bool = false
  ) {
    self.steps = steps
    self.optimizer = optimizer
    self.regularizer = regularizer
    self.jitter = jitter
    self.acoustics = acoustics
    self.hearing = hearing
    self.start = start
    self.starts = starts
    self.wakingSteps = wakingSteps
    self.plateau = plateau
    self.seed = seed
    self.exactConvolution = exactConvolution
  }
}
