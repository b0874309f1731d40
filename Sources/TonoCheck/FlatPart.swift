import TonoCore
import TonoNetwork

/// The part of an activation that has no slope to climb: where it is at zero, or saturated.
struct FlatPart {
  /// What being in it means.
  enum Meaning: String, Codable, Sendable {
    /// A rectifier passes nothing: usual, for a share of the cells.
    case zero
    /// A bounded function is at one of its ends.
    case saturated
  }

  /// What being in it means for this layer.
  let meaning: Meaning

  private enum Rule {
    /// The slope is less than this.
    case slope(any Activation, below: Float)
    /// Along this axis of a sample one value is more than 0.99.
    case peak(axis: Int)
  }

  /// A slope below this share of the largest one counts as none.
  private static let least: Float = 0.01

  private let rule: Rule

  /// The flat part of a layer, if it has one.
  init?(of layer: any Layer) {
    func bounded(_ activation: any Activation, steepestAt x: Float) -> Rule {
      let steepest = activation.slope(x, activation.value(x)).magnitude
      return .slope(activation, below: Self.least * steepest)
    }
    // The parts of a distributed layer lie along an axis of their own.
    let parts = layer as? TimeDistributed
    switch parts?.layer ?? layer {
    case let layer as ReLU where layer.negativeSlope == 0:
      (meaning, rule) = (.zero, .slope(layer, below: Self.least))
    case is Sigmoid, is Tanh, is Softsign, is ErrorFunction:
      guard let activation = layer as? any Activation else { return nil }
      (meaning, rule) = (.saturated, bounded(activation, steepestAt: 0))
    case let layer as HardSigmoid where layer.scale != 0:
      (meaning, rule) = (
        .saturated, bounded(layer, steepestAt: (0.5 - layer.shift) / layer.scale)
      )
    case let layer as Clip:
      // A clip to 0 and more is a rectifier, with a maximum or without.
      (meaning, rule) = (
        layer.minimum == 0 ? .zero : .saturated, .slope(layer, below: Self.least)
      )
    case let layer as Softmax:
      (meaning, rule) = (.saturated, .peak(axis: layer.axis + (parts == nil ? 0 : 1)))
    default: return nil
    }
  }

  /// How many of an output's values are in the flat part, out of how many; of a softmax how many
  /// positions have one value above 0.99.
  func count(input: Tensor, output: Tensor) -> (flat: Int, all: Int) {
    switch rule {
    case .slope(let activation, let least):
      let flat = zip(input.values, output.values).count { x, y in
        y.isFinite && activation.slope(x, y).magnitude < least
      }
      return (flat, output.count)
    case .peak(let axis):
      // At most one of a position's values can be as large.
      let length = max(1, output.shape[axis + 1])
      return (output.values.count { $0 > 0.99 }, output.count / length)
    }
  }
}
