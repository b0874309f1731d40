import TonoAscent
import TonoCore

/// What became of one objective.
public struct PatternRecord: Codable, Sendable {
  /// What was climbed.
  public var objective: Objective
  /// Whether no start could wake it.
  public var dead: Bool
  /// Its value on the pattern, by the network that `plan.model` names.
  public var activation: Float
  /// Its value before each step, and after the last.
  public var activations: [Float]
  /// How many steps it took to wake it first.
  public var wakingSteps: Int
  /// Which start the pattern grew from, counted from 0.
  public var start: Int
  /// `steps`, `plateau`, `dead`, or why the climb had to end.
  public var ending: String
  /// What was tried to wake a dead one.
  public var tried: [String]?
  /// What it says to the pattern's sounds, where each of its inputs has one.
  public var roundTrip: RoundTrip?
  /// How long climbing took, in seconds.
  public var seconds: Double
  /// The files written, relative to the run's directory.
  public var files: [String]

  // In JSON an objective is called what most are.
  private enum CodingKeys: String, CodingKey {
    case objective = "neuron"
    case dead, activation, activations, wakingSteps, start, ending, tried, roundTrip, seconds, files
  }

  /// The record of a pattern.
  init(_ pattern: Pattern, roundTrip: RoundTrip?, seconds: Double, files: [String]) {
    objective = pattern.objective
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
