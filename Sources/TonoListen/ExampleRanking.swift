import TonoCore

/// One example's value for a neuron, and where in a folder it is.
struct RankedExample: Sendable, Hashable {
  /// The neuron's value.
  let value: Float
  /// The file's path in the folder.
  let path: String
  /// The place of the stretch in the file, from 0.
  let stretch: Int
  /// Where the stretch begins, in seconds of the file.
  let start: Double
  /// Which of the neuron's cells has the largest value, in row-major order.
  let peak: Int

  /// Whether it stands before another of the same value: by path, then by time.
  fileprivate func isEarlier(than other: RankedExample) -> Bool {
    path == other.path ? stretch < other.stretch : path < other.path
  }
}

/// The examples with the largest and those with the smallest values, a few of each.
///
/// The order of equal values is that of their paths and times, so that the result does not depend on
/// the order in which examples come.
struct ExampleRanking: Sendable {
  /// How many are kept at either end.
  let count: Int
  /// The largest values, largest first.
  private(set) var most: [RankedExample] = []
  /// The smallest values, smallest first.
  private(set) var least: [RankedExample] = []

  /// A ranking without examples yet.
  init(count: Int) { self.count = count }

  /// Takes an example in.
  mutating func add(_ example: RankedExample) {
    insert(example, into: \.most) { $0.value > $1.value }
    insert(example, into: \.least) { $0.value < $1.value }
  }

  /// Takes in what another ranking has kept.
  mutating func add(_ other: ExampleRanking) {
    for example in other.most { insert(example, into: \.most) { $0.value > $1.value } }
    for example in other.least { insert(example, into: \.least) { $0.value < $1.value } }
  }

  private mutating func insert(
    _ example: RankedExample, into list: WritableKeyPath<Self, [RankedExample]>,
    _ precedes: (RankedExample, RankedExample) -> Bool
  ) {
    let place =
      self[keyPath: list].firstIndex { other in
        precedes(example, other) || example.value == other.value && example.isEarlier(than: other)
      } ?? self[keyPath: list].count
    guard place < count else { return }
    self[keyPath: list].insert(example, at: place)
    if self[keyPath: list].count > count { self[keyPath: list].removeLast() }
  }
}
