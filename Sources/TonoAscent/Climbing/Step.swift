/// One step of a climb, taken.
public struct Step: Hashable, Sendable {
  /// What a climb is about.
  public enum Phase: String, Hashable, Sendable, Codable {
    /// Looking for a place where the objective has a gradient.
    case waking
    /// Climbing the objective.
    case climbing
  }

  /// How many steps were taken before it in its phase and from its start, from 0.
  public let index: Int
  /// What it belongs to.
  public let phase: Phase
  /// Which start it climbs from, from 0.
  public let start: Int
  /// The objective before the step, or its pre-activation while waking.
  public let value: Float
  /// The penalties that are taken off it.
  public let penalty: Float
}
