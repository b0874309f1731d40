/// Where the relevant ones of some ranked candidates stand, as far as their scores tell.
///
/// Candidates of equal scores have no order. Every measure is then its mean over all orders they could stand
/// in: a system that finds all candidates equal gets what chance gets, and none gains by ties.
public struct RankedRelevance: Sendable, Equatable {
  /// Candidates of one score.
  struct TieGroup: Sendable, Equatable {
    /// How many candidates have larger scores.
    let before: Int
    /// How many candidates there are.
    let count: Int
    /// How many of them are relevant.
    let relevant: Int
  }

  /// How many candidates were ranked.
  public let candidates: Int
  /// How many of them are relevant.
  public let relevant: Int
  /// The groups with relevant candidates, the best first.
  let groups: [TieGroup]

  /// The ranks of candidates with these scores, the largest first.
  ///
  /// - Parameters:
  ///   - scores: a finite number for each candidate.
  ///   - relevant: the places of those that are relevant, each once: at least one.
  /// - Complexity: O(n log n).
  public init(scores: [Float], relevant: Set<Int>) {
    precondition(!relevant.isEmpty, "something is to be found")
    candidates = scores.count
    self.relevant = relevant.count
    let wanted = Dictionary(grouping: relevant, by: { scores[$0] }).mapValues(\.count)
    var counts: [Float: (before: Int, count: Int)] = wanted.mapValues { _ in (0, 0) }
    let thresholds = wanted.keys.sorted(by: >)
    // Each score raises `before` of all wanted scores below it: from the first such on.
    var above = [Int](repeating: 0, count: thresholds.count + 1)
    for score in scores {
      let place = Self.firstIndex(in: thresholds) { $0 < score }
      above[place] += 1
      if counts[score] != nil { counts[score]?.count += 1 }
    }
    var before = 0
    groups = thresholds.enumerated().map { index, threshold in
      before += above[index]
      return TieGroup(
        before: before, count: counts[threshold]?.count ?? 0, relevant: wanted[threshold] ?? 0)
    }
  }

  private init(candidates: Int, relevant: Int, groups: [TieGroup]) {
    self.candidates = candidates
    self.relevant = relevant
    self.groups = groups
  }

  /// The same candidates ranked by chance: all equal.
  public var atChance: RankedRelevance {
    RankedRelevance(
      candidates: candidates, relevant: relevant,
      groups: [TieGroup(before: 0, count: candidates, relevant: relevant)])
  }

  /// The first place at which a condition holds that holds from some place on.
  private static func firstIndex(in values: [Float], where holds: (Float) -> Bool) -> Int {
    var (low, high) = (0, values.count)
    while low < high {
      let middle = (low + high) / 2
      if holds(values[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
