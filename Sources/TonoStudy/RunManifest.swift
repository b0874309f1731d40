import TonoAscent
import TonoCore
import TonoFiles

/// What `run.json` holds: what was asked, and what became of each neuron.
public struct RunManifest: Codable, Sendable {
  /// The model's path as it was given; its content is known by the plan.
  public var modelPath: String
  /// Everything that decides what the files hold.
  public var plan: RunPlan
  /// How many threads the last session ran on; they change the times, not the results.
  public var threads: Int
  /// The instruction set of the last session's kernels, by its name in `tonoscope --version`.
  ///
  /// Another one rounds otherwise: a run may be continued on it, but its patterns then agree with those
  /// of one machine up to rounding, not to the byte.
  public var instructionSet: String
  /// Per input name the unit and the meaning of the arrays.
  public var units: [String: String]
  /// The neurons that are finished, in the order of the network's layers and channels asked.
  public var neurons: [NeuronRecord]
}

/// What became of one neuron.
public struct NeuronRecord: Codable, Sendable {
  /// The neuron.
  public var neuron: NeuronReference
  /// Whether no start could wake it.
  public var dead: Bool
  /// Its activation on the pattern, by the network that `plan.model` names.
  public var activation: Float
  /// Its activation before each step, and after the last.
  public var activations: [Float]
  /// How many steps it took to wake it first.
  public var wakingSteps: Int
  /// Which start the pattern grew from, counted from 0.
  public var start: Int
  /// `steps`, `plateau`, `dead`, or why the climb had to end.
  public var ending: String
  /// What was tried to wake a dead neuron.
  public var tried: [String]?
  /// What the neuron says to the pattern's sounds, where each of its inputs has one.
  public var roundTrip: RoundTrip?
  /// How long climbing took, in seconds.
  public var seconds: Double
  /// The files written, relative to the run's directory.
  public var files: [String]

  /// The record of a pattern.
  init(
    neuron: NeuronReference, pattern: Pattern, roundTrip: RoundTrip?, seconds: Double,
    files: [String]
  ) {
    self.neuron = neuron
    dead = pattern.isDead
    activation = pattern.activation
    activations = pattern.activations
    wakingSteps = pattern.wakingSteps
    start = pattern.start
    self.roundTrip = roundTrip
    self.seconds = seconds
    self.files = files
    if case .dead(let tried) = pattern.ending {
      ending = "dead"
      self.tried = tried
    } else {
      ending = pattern.ending.description
    }
  }
}
