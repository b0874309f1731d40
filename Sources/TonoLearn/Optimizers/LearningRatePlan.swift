import Foundation
import TonoCore

/// How the learning rate changes in the course of a training.
///
/// Its text form, which it prints and is read from, is one of `constant`, `decay:1e-4`,
/// `steps:0.7=0.2,0.9=0.04`, `exponential:0.95` and `cosine`.
public enum LearningRatePlan: Sendable, Hashable {
  /// The same all the time.
  case constant
  /// 1 ÷ (1 + decay·steps) of it: Keras' `decay`.
  case decay(Double)
  /// A multiple of it from a share of the epochs on, in ascending order of the shares.
  case steps([Step])
  /// factorᵉ of it in epoch e, counted from 0.
  case exponential(Double)
  /// ½(1 + cos πs) of it after a share s of all steps (Loshchilov & Hutter 2017, without restarts).
  case cosine

  /// A change of the learning rate.
  public struct Step: Sendable, Hashable {
    /// The share of all epochs that lie before it.
    public let share: Double
    /// The multiple of the first rate that then holds.
    public let factor: Double

    /// A change at a share of the epochs.
    public init(share: Double, factor: Double) {
      self.share = share
      self.factor = factor
    }
  }

  /// The multiple of the learning rate that a step is made with.
  ///
  /// - Parameters:
  ///   - step: how many steps were made before it.
  ///   - stepsPerEpoch: how many make an epoch.
  ///   - epochs: how many epochs there are.
  /// - Returns: what the first learning rate is multiplied by.
  public func factor(step: Int, stepsPerEpoch: Int, epochs: Int) -> Double {
    let epoch = step / max(1, stepsPerEpoch)
    switch self {
    case .constant: return 1
    case .decay(let decay): return 1 / (1 + decay * Double(step))
    case .steps(let steps):
      return steps.last { Double(epoch) >= $0.share * Double(epochs) }?.factor ?? 1
    case .exponential(let factor): return pow(factor, Double(epoch))
    case .cosine:
      return (1 + cos(.pi * Double(step) / Double(max(1, stepsPerEpoch * epochs)))) / 2
    }
  }
}

extension LearningRatePlan: CustomStringConvertible, Codable {
  /// The plan that a text says.
  ///
  /// - Throws: `InputError` saying what is expected.
  public init(_ text: String) throws {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let argument = parts.count == 2 ? parts[1] : ""
    let number = Double(argument).flatMap { $0.isFinite ? $0 : nil }
    switch (parts[0], number) {
    case ("constant", _) where parts.count == 1: self = .constant
    case ("cosine", _) where parts.count == 1: self = .cosine
    case ("decay", let decay?) where decay >= 0: self = .decay(decay)
    case ("exponential", let factor?) where factor > 0: self = .exponential(factor)
    case ("steps", _):
      let steps = argument.split(separator: ",", omittingEmptySubsequences: false).map { text in
        text.split(separator: "=", omittingEmptySubsequences: false).compactMap { Double($0) }
      }
      let shares = steps.compactMap(\.first)
      guard steps.allSatisfy({ $0.count == 2 && $0[1] > 0 && $0[1].isFinite }),
        shares.allSatisfy({ (0...1).contains($0) }), shares == shares.sorted()
      else { fallthrough }
      self = .steps(steps.map { Step(share: $0[0], factor: $0[1]) })
    default:
      throw InputError(
        """
        '\(text)' is no plan for a learning rate; the plans are constant, decay:RATE, exponential:FACTOR, \
        cosine, and steps:SHARE=FACTOR,… with the shares of the epochs in ascending order, such as \
        steps:0.7=0.2
        """)
    }
  }

  /// The text form.
  public var description: String {
    switch self {
    case .constant: "constant"
    case .decay(let decay): "decay:\(decay)"
    case .steps(let steps):
      "steps:" + steps.map { "\($0.share)=\($0.factor)" }.joined(separator: ",")
    case .exponential(let factor): "exponential:\(factor)"
    case .cosine: "cosine"
    }
  }

  /// Reads the text form.
  public init(from decoder: any Decoder) throws {
    try self.init(decoder.singleValueContainer().decode(String.self))
  }

  /// Writes the text form.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
