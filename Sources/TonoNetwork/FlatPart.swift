import TonoCore

/// The part of a layer that has no slope to climb: where it is at zero, or saturated.
public struct FlatPart: Sendable {
  /// What being in it means.
  public enum Meaning: String, Codable, Sendable {
    /// A rectifier passes nothing: usual, for a share of the cells.
    case zero
    /// A bounded function is at one of its ends.
    case saturated
  }

  private enum Rule {
    /// The slope is less than this.
    case slope(any Activation, below: Float)
    /// Along this axis of a sample one value is more than 0.99.
    case peak(axis: Int)
  }

  /// A slope below this share of the largest one counts as none.
  private static let least: Float = 0.01

  /// What being in it means for this layer.
  public let meaning: Meaning

  private let rule: Rule

  private init(_ meaning: Meaning, _ rule: Rule) { (self.meaning, self.rule) = (meaning, rule) }

  /// Where a function's slope is less than 0.01 of what it is at `x`, or of 1.
  public static func of(
    _ activation: some Activation, _ meaning: Meaning, steepestAt x: Float? = nil
  ) -> FlatPart {
    let steepest = x.map { activation.slope($0, activation.value($0)).magnitude } ?? 1
    return FlatPart(meaning, .slope(activation, below: least * steepest))
  }

  /// Where one value along an axis of a sample has nearly all of a sum that is 1.
  public static func peak(along axis: Int) -> FlatPart { FlatPart(.saturated, .peak(axis: axis)) }

  /// The same for samples that are parts of larger ones, along an outer axis.
  var ofParts: FlatPart {
    if case .peak(let axis) = rule { .peak(along: axis + 1) } else { self }
  }

  /// How many of an output's values are in the flat part, out of how many; of a softmax how many
  /// positions have one value above 0.99.
  public func count(input: Tensor, output: Tensor) -> (flat: Int, all: Int) {
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
