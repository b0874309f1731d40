import Foundation
import Testing

@testable import TonoSearch

/// Measures of rankings: against every order that ties allow, counted one by one.
@Suite struct MeasureTests {
  /// All orders of some places.
  private static func orders(of places: [Int]) -> [[Int]] {
    guard places.count > 1 else { return [places] }
    return places.flatMap { first in
      orders(of: places.filter { $0 != first }).map { [first] + $0 }
    }
  }

  /// Measures of one order, by their definitions.
  private static func plain(_ order: [Int], _ relevant: Set<Int>) -> [Double] {
    let hits = order.map { relevant.contains($0) }
    let first = Double((hits.firstIndex(of: true) ?? 0) + 1)
    func gain(_ hits: [Bool]) -> Double {
      hits.enumerated().reduce(0) { $0 + ($1.element ? 1 / log2(Double($1.offset) + 2) : 0) }
    }
    let best = relevant.map { _ in true }
    return [
      first, 1 / first, Double(hits.prefix(2).count { $0 }) / 2,
      Double(hits.prefix(3).count { $0 }) / Double(relevant.count), gain(hits) / gain(best),
    ]
  }

  @Test(
    "each measure is its mean over all orders of ties",
    arguments: [
      ([3, 1, 2, 0, -1], [0]), ([3, 3, 2, 0, -1], [1]), ([1, 1, 1, 1, 1], [4]),
      ([1, 1, 1, 1, 1], [0, 3]), ([2, 1, 1, 1, 0, 2], [1, 4, 5]), ([0, 0, 5, 5, 5], [0, 2]),
      ([1], [0]), ([-2, -2, -2, -3], [3]),
    ] as [([Float], Set<Int>)])
  func ties(_ scores: [Float], _ relevant: Set<Int>) {
    let ranking = RankedRelevance(scores: scores, relevant: relevant)
    let measured = [
      ranking.rank, ranking.reciprocalRank, ranking.precision(at: 2), ranking.recall(at: 3),
      ranking.normalizedGain,
    ]
    let orders = Self.orders(of: Array(scores.indices)).filter { order in
      zip(order, order.dropFirst()).allSatisfy { scores[$0] >= scores[$1] }
    }
    let all = orders.map { Self.plain($0, relevant) }
    for index in measured.indices {
      let mean = all.reduce(0) { $0 + $1[index] } / Double(all.count)
      #expect(abs(measured[index] - mean) < 1e-12, "measure \(index): \(measured[index]), \(mean)")
    }
  }

  @Test("chance is a scorer that finds everything equal: the harmonic number over n")
  func chance() {
    for n in [1, 14, 45, 121] {
      let ranking = RankedRelevance(scores: Array(0..<n).map { Float($0) }, relevant: [0]).atChance
      let harmonic = (1...n).reduce(0.0) { $0 + 1 / Double($1) }
      #expect(abs(ranking.reciprocalRank - harmonic / Double(n)) < 1e-12)
      #expect(abs(ranking.rank - Double(n + 1) / 2) < 1e-9)
    }
    // What the QVIM challenge and the reference runs print.
    let qvim = RankedRelevance(scores: Array(repeating: 0, count: 121), relevant: [7])
    #expect(abs(qvim.reciprocalRank - 0.0444) < 5e-5)
    let held = RankedRelevance(scores: Array(repeating: 0, count: 14), relevant: [7])
    #expect(abs(held.reciprocalRank - 0.232) < 5e-4)
  }

  @Test("an estimate has the mean, chance, and what is left of it without chance")
  func estimate() throws {
    let queries = [(1.0, "a"), (1, "a"), (0.5, "b"), (0.25, "c")].enumerated().map { index, entry in
      let place = Int(1 / entry.0) - 1
      return AnsweredQuery(
        query: "\(index)", sound: entry.1, person: nil, category: "k",
        ranking: RankedRelevance(scores: [9, 8, 7, 6], relevant: [place]))
    }
    let estimate = try #require(RetrievalEstimate(.reciprocalRank, of: [queries]))
    #expect(estimate.mean == 0.6875)
    let chance = (1 + 1.0 / 2 + 1.0 / 3 + 1.0 / 4) / 4
    #expect(abs(estimate.chance - chance) < 1e-12)
    #expect(abs(try #require(estimate.corrected) - (0.6875 - chance) / (1 - chance)) < 1e-12)
    let interval = try #require(estimate.interval)
    #expect(interval.lowerBound == 0.25 && interval.upperBound == 1)
    #expect(RetrievalEstimate(.classNormalizedGain, of: [queries]) == nil)
    #expect(RetrievalEstimate(.reciprocalRank, of: [Array(queries[..<2])])?.interval == nil)
    #expect(RetrievalEstimate(.rank, of: [queries])?.corrected == nil)
  }
}

@Suite struct ResamplingTests {
  @Test("the test counts all sign patterns of few groups")
  func exact() {
    // 4 groups of one sign: only all flipped or none flipped is as large.
    #expect(Resampling.permutationTest(differences: [[1], [2], [1], [3]]) == 2.0 / 16)
    #expect(Resampling.permutationTest(differences: [[1], [-1]]) == 1)
    #expect(Resampling.permutationTest(differences: [[0], [0, 0]]) == 1)
    #expect(Resampling.permutationTest(differences: []) == 1)
    // Queries of a group are turned together.
    #expect(Resampling.permutationTest(differences: [[1, 1, 1, 1]]) == 1)
  }

  @Test("many groups are sampled: a clear difference is found, none is not")
  func sampled() {
    let clear = (0..<40).map { [0.2 + 0.01 * Double($0 % 5)] }
    #expect(Resampling.permutationTest(differences: clear) < 0.001)
    let none = (0..<40).map { [$0 % 2 == 0 ? 0.3 : -0.3] }
    #expect(Resampling.permutationTest(differences: none) > 0.5)
    #expect(
      Resampling.permutationTest(differences: clear, seed: 4)
        == Resampling.permutationTest(differences: clear, seed: 4))
  }

  @Test("the bootstrap of a mean is as wide as its standard error says")
  func interval() throws {
    let values = (0..<200).map { [sin(Double($0 * $0))] }
    let flat = values.flatMap(\.self)
    let mean = flat.reduce(0, +) / 200
    let deviation = (flat.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 200).squareRoot()
    let error = deviation / Double(200).squareRoot()
    let interval = try #require(Resampling.interval(ofMean: values))
    #expect(abs(interval.lowerBound - (mean - 1.96 * error)) < 0.1 * error)
    #expect(abs(interval.upperBound - (mean + 1.96 * error)) < 0.1 * error)
    // Ten equal queries of a sound tell no more than one.
    let repeated = values.map { Array(repeating: $0[0], count: 10) }
    #expect(
      try #require(Resampling.interval(ofMean: repeated)).lowerBound
        .distance(to: interval.lowerBound).magnitude < 1e-9)
  }
}
