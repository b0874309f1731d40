import Foundation

/// Measures of one query's ranking, each in 0…1 but for the rank, and each its mean over all orders of ties.
extension RankedRelevance {
  /// The rank of the first relevant candidate, from 1: of one in a group of m equals behind g better ones,
  /// g + (m + 1) ÷ 2.
  public var rank: Double {
    firstPlaces.reduce(0) { $0 + $1.chance * Double($1.place) }
  }

  /// One over the rank of the first relevant candidate.
  public var reciprocalRank: Double {
    firstPlaces.reduce(0) { $0 + $1.chance / Double($1.place) }
  }

  /// Which share of the first k candidates is relevant.
  public func precision(at k: Int) -> Double { found(within: k) / Double(k) }

  /// Which share of the relevant candidates is among the first k.
  public func recall(at k: Int) -> Double { found(within: k) / Double(relevant) }

  /// The normalized discounted cumulative gain of all ranks, relevance being 0 or 1: Σ 1 ÷ log₂(1 + rank)
  /// over the relevant candidates, divided by what the best order has (Järvelin & Kekäläinen 2002).
  public var normalizedGain: Double {
    let gain = groups.reduce(0.0) { sum, group in
      let share = Double(group.relevant) / Double(group.count)
      return sum + share * Self.discounts(group.before + 1...group.before + group.count)
    }
    return gain / Self.discounts(1...relevant)
  }

  private static func discounts(_ ranks: ClosedRange<Int>) -> Double {
    ranks.reduce(0) { $0 + 1 / log2(Double($1) + 1) }
  }

  /// How many relevant candidates are among the first k, on average over the orders of ties.
  private func found(within k: Int) -> Double {
    groups.reduce(0) { sum, group in
      let places = min(max(0, k - group.before), group.count)
      return sum + Double(places * group.relevant) / Double(group.count)
    }
  }

  /// At which places the first relevant candidate can stand, and how probable each is.
  ///
  /// Of m equals in any order of which r are relevant, the first relevant one stands at place j with
  /// probability r ÷ (m − j + 1) · Π (1 − r ÷ (m − i + 1)), the product over i < j.
  private var firstPlaces: [(place: Int, chance: Double)] {
    guard let group = groups.first else { return [] }
    var left = 1.0
    return (1...group.count - group.relevant + 1).map { place in
      let chance = Double(group.relevant) / Double(group.count - place + 1)
      defer { left *= 1 - chance }
      return (group.before + place, left * chance)
    }
  }
}
