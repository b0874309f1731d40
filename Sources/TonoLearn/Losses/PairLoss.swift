import Foundation
import TonoCore

/// The loss by which a network learns which pairs of sounds belong together.
///
/// The network gives each pair one logit x; its likelihood is p = 1 ÷ (1 + e⁻ˣ). All three losses are of
/// that number, so that they fit towers of any two sizes.
public enum PairLoss: Sendable, Hashable, Codable {
  /// −log p of pairs that belong together, −log(1 − p) of others: the papers' loss.
  case binaryCrossEntropy
  /// With the distance d = 1 − p: d² of pairs that belong together, max(0, margin − d)² of others
  /// (Hadsell, Chopra & LeCun, CVPR 2006).
  case contrastive(margin: Double)
  /// Of two pairs with one imitation, the first of which belongs together:
  /// max(0, margin − x₁ + x₂) (Schultz & Joachims 2003).
  case triplet(margin: Double)

  /// How many pairs, one after another in a batch, make one example.
  public var pairsPerExample: Int {
    if case .triplet = self { 2 } else { 1 }
  }

  /// The loss of logits `[N, 1]`, in double precision: the mean over examples.
  ///
  /// A pair is right if its logit is on its side of 0; a triplet if the first logit is the larger.
  ///
  /// - Parameters:
  ///   - logits: of each pair.
  ///   - matches: whether each pair belongs together; in triplets the first does and the second does not.
  /// - Returns: the loss, its gradient with respect to the logits, and how many pairs are right.
  public func callAsFunction(_ logits: Tensor, matches: [Bool]) -> BatchLoss {
    precondition(logits.count == matches.count, "a label for each pair")
    precondition(matches.count % pairsPerExample == 0, "whole examples")
    let count = Double(matches.count / pairsPerExample)
    let terms: [Term]
    switch self {
    case .binaryCrossEntropy:
      terms = zip(logits.values, matches).map { Self.crossEntropy(Double($0), $1) }
    case .contrastive(let margin):
      terms = zip(logits.values, matches).map { Self.contrastive(Double($0), $1, margin) }
    case .triplet(let margin):
      terms = stride(from: 0, to: matches.count, by: 2).flatMap { index in
        precondition(matches[index] && !matches[index + 1], "a match, then another pair")
        return Self.triplet(
          Double(logits.values[index]), Double(logits.values[index + 1]), margin)
      }
    }
    return BatchLoss(
      value: terms.reduce(0) { $0 + $1.loss } / count,
      gradient: Tensor(shape: logits.shape, values: terms.map { Float($0.slope / count) }),
      correct: terms.count { $0.isRight })
  }

  /// One pair's part of the loss.
  private struct Term {
    var loss: Double
    /// Its derivative by the pair's logit.
    var slope: Double
    var isRight: Bool
  }

  private static func crossEntropy(_ x: Double, _ isMatch: Bool) -> Term {
    let target = isMatch ? 1.0 : 0
    return Term(
      loss: log1p(exp(-abs(x))) + max(x, 0) - x * target, slope: likelihood(x) - target,
      isRight: (x > 0) == isMatch)
  }

  private static func contrastive(_ x: Double, _ isMatch: Bool, _ margin: Double) -> Term {
    let p = likelihood(x)
    let reach = isMatch ? p - 1 : max(0, margin - (1 - p))
    return Term(loss: reach * reach, slope: 2 * reach * p * (1 - p), isRight: (x > 0) == isMatch)
  }

  private static func triplet(_ near: Double, _ far: Double, _ margin: Double) -> [Term] {
    let loss = max(0, margin - near + far)
    let slope = loss > 0 ? 1.0 : 0
    // Both pairs are counted, so that counts of pairs are comparable between losses.
    return [
      Term(loss: loss, slope: -slope, isRight: near > far),
      Term(loss: 0, slope: slope, isRight: near > far),
    ]
  }

  private static func likelihood(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
}
