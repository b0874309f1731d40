import Foundation
import TonoAudio
import TonoCore

/// Intervals and tests that assume no distribution, over groups of measurements.
///
/// The imitations of one sound are no independent trials: they are drawn and turned together, as a group.
public enum Resampling {
  /// How often groups are drawn anew.
  public static let draws = 10_000

  /// The percentile interval of a mean by the bootstrap over groups (Efron & Tibshirani 1993, chapter 13).
  ///
  /// - Parameters:
  ///   - groups: measurements that belong together; at least one, none of them empty.
  ///   - confidence: which share of all draws lies inside.
  ///   - seed: what groups are drawn from.
  /// - Returns: nil for a single group, which tells nothing about others.
  public static func interval(
    ofMean groups: [[Double]], confidence: Double = 0.95, seed: UInt64 = 0
  ) -> ClosedRange<Double>? {
    guard groups.count > 1 else { return nil }
    let (sums, counts) = (groups.map { $0.reduce(0, +) }, groups.map { Double($0.count) })
    var random = SplitMix64(seed: seed)
    let means = (0..<draws).map { _ in
      var (sum, count) = (0.0, 0.0)
      for _ in groups {
        let index = Int.random(in: groups.indices, using: &random)
        sum += sums[index]
        count += counts[index]
      }
      return sum / count
    }.sorted()
    let tail = (1 - confidence) / 2
    func percentile(_ share: Double) -> Double {
      let place = share * Double(draws - 1)
      let below = Int(place)
      let above = min(below + 1, draws - 1)
      return means[below] + (place - Double(below)) * (means[above] - means[below])
    }
    return percentile(tail)...percentile(1 - tail)
  }

  /// The probability of a mean difference as large as this one, in either direction, if each group's sign
  /// were as likely the other: the paired permutation test (Fisher 1935, by sign flips).
  ///
  /// All sign patterns are counted for up to 13 groups, else ``draws`` random ones and the one observed.
  ///
  /// - Parameters:
  ///   - differences: paired differences, in groups that belong together.
  ///   - seed: what signs are drawn from.
  /// - Returns: the p-value; 1 where there is nothing to compare.
  public static func permutationTest(differences: [[Double]], seed: UInt64 = 0) -> Double {
    let sums = differences.map { $0.reduce(0, +) }
    let observed = abs(sums.reduce(0, +))
    // Sums in another order differ by rounding alone.
    let bar = observed - 1e-12 * sums.reduce(0) { $0 + abs($1) }
    guard sums.contains(where: { $0 != 0 }) else { return 1 }
    func isAsLarge(_ flips: (Int) -> Bool) -> Bool {
      abs(sums.enumerated().reduce(0) { $0 + (flips($1.offset) ? -$1.element : $1.element) }) >= bar
    }
    if sums.count <= 13 {
      let patterns = 1 << sums.count
      let count = (0..<patterns).count { pattern in isAsLarge { pattern >> $0 & 1 == 1 } }
      return Double(count) / Double(patterns)
    }
    var random = SplitMix64(seed: seed)
    let count = (0..<draws).count { _ in
      isAsLarge { _ in Bool.random(using: &random) }
    }
    return Double(count + 1) / Double(draws + 1)
  }
}
