import TonoCore
import TonoNetwork

/// A sound of the library, as it answers a query.
public struct SearchHit: Codable, Sendable, Equatable {
  /// Its rank, from 1; equals share the mean of theirs.
  public let rank: Double
  /// How likely the network finds it that the query imitates it: 0…1 where it ends in a sigmoid.
  public let likelihood: Float
  /// The number that ranks: the likelihood's logit where it ends in a sigmoid.
  public let score: Float
  /// Its path in the library.
  public let file: String
  /// The stretch of it that fits best, in seconds.
  public let start, end: Double
  /// The stretch of the query that fits it best, in seconds.
  public let queryStart, queryEnd: Double
}

/// Ranks the sounds of a library for queries.
public struct LibrarySearch: Sendable {
  private let network: SiameseNetwork
  private let index: LibraryIndex

  /// A search of an indexed library.
  ///
  /// - Throws: `InputError` if the index is another network's, or holds nothing that can be found.
  public init(_ network: SiameseNetwork, index: LibraryIndex) throws {
    guard try index.origin == LibraryIndex.Origin(of: network) else {
      throw InputError("the index is not of \(network.model.name); make one with this model")
    }
    guard index.fileCount > 0 else {
      let reason = index.skipped.first.map { ": \($0.path): \($0.reason)" } ?? ""
      throw InputError("the library holds no sound that can be used\(reason)")
    }
    self.network = network
    self.index = index
  }

  /// The files that hold these bytes, by their SHA-256.
  public func files(ofContent sha256: String) -> [String] {
    index.files.filter { index.sounds[$0.sound].sha256 == sha256 }.map(\.path)
  }

  /// The best stretch of a sound.
  private struct Best {
    var score = -Float.infinity
    var stretch = 0
    var queryStretch = 0
  }

  /// All sounds, the best first; equals in the order of their paths.
  ///
  /// - Parameters:
  ///   - query: the imitation. Of its stretches and a sound's, the pair that fits best counts.
  ///   - threads: how many score; hits do not depend on it.
  /// - Returns: a hit for each file that can be used.
  /// - Throws: as `SiameseNetwork.scores(of:with:threads:)`.
  /// - Complexity: O(stretches of the query · stretches of the library · code length).
  public func hits(of query: SoundQuery, threads: Int = 1) throws -> [SearchHit] {
    var best = [Best](repeating: Best(), count: index.sounds.count)
    for (queryStretch, code) in query.codes.enumerated() {
      let scores = try network.scores(of: code, with: index.codes, threads: threads)
      for (sound, first) in index.firstCodes.enumerated() {
        for stretch in index.sounds[sound].starts.indices
        where scores[first + stretch] > best[sound].score {
          best[sound] = Best(
            score: scores[first + stretch], stretch: stretch, queryStretch: queryStretch)
        }
      }
    }
    let files = index.files.filter { index.sounds[$0.sound].problem == nil }
    let order = files.indices.sorted {
      let (a, b) = (best[files[$0].sound].score, best[files[$1].sound].score)
      return a == b ? $0 < $1 : a > b
    }
    let ranks = Self.ranks(order.map { best[files[$0].sound].score })
    return zip(order, ranks).map { place, rank in
      let file = files[place]
      let (sound, best) = (index.sounds[file.sound], best[file.sound])
      return SearchHit(
        rank: rank, likelihood: network.likelihood(ofScore: best.score), score: best.score,
        file: file.path, start: sound.starts[best.stretch], end: sound.ends[best.stretch],
        queryStart: query.starts[best.queryStretch], queryEnd: query.ends[best.queryStretch])
    }
  }

  /// The ranks of falling scores: equals share the mean of theirs.
  static func ranks(_ scores: [Float]) -> [Double] {
    var ranks: [Double] = []
    while ranks.count < scores.count {
      let first = ranks.count
      let count = scores[first...].prefix { $0 == scores[first] }.count
      ranks += Array(repeating: Double(first + 1) + Double(count - 1) / 2, count: count)
    }
    return ranks
  }
}
