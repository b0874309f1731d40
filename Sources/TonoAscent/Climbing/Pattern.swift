import TonoAudio
import TonoCore
import TonoNetwork

/// What came out of an ascent: the input that excites a neuron most, and how it was found.
public struct Pattern: Sendable {
  /// Why the climb ended.
  public enum Ending: Hashable, Sendable, CustomStringConvertible {
    /// Not yet: a snapshot on the way.
    case underway
    /// All steps were taken.
    case steps
    /// The objective rose no more.
    case plateau
    /// A value was no longer a finite number; the pattern is the best one before.
    case notFinite(String)
    /// No start gave the neuron a gradient; the sentences say what was tried.
    case dead([String])

    /// `underway`, `steps`, `plateau`, or the reason.
    public var description: String {
      switch self {
      case .underway: "underway"
      case .steps: "steps"
      case .plateau: "plateau"
      case .notFinite(let reason): reason
      case .dead(let tried): "dead: " + tried.joined(separator: "; ")
      }
    }
  }

  /// What was maximized.
  public let objective: Objective
  /// Per input name the painted input in network units, `[1, H, W]`.
  public let inputs: [String: Tensor]
  /// Per input name the sound that the input is the features of, at no particular level, where the
  /// canvas was a sound.
  public let sounds: [String: Waveform]
  /// The objective's value before each step, and after the last.
  public let activations: [Float]
  /// The objective's value on `inputs`.
  public let activation: Float
  /// How many steps climbed the pre-activation before the neuron woke.
  public let wakingSteps: Int
  /// Which start the pattern grew from, counted from 0.
  public let start: Int
  /// Why the climb ended.
  public let ending: Ending

  /// Whether there is an input worth drawing: not of a dead neuron, nor of one whose activation or
  /// gradient was no finite number from the start.
  public var isFound: Bool {
    switch ending {
    case .underway, .steps, .plateau: true
    case .notFinite: !activations.isEmpty
    case .dead: false
    }
  }

  /// Whether no start could wake the neuron.
  public var isDead: Bool { if case .dead = ending { true } else { false } }
}
