import TonoCore

/// Changes of the rows of one input at random, by a seed and the input's name.
struct RowAugmentation: Sendable {
  private let augmenter: Augmenter
  private let seed: UInt64

  init(_ augmenter: Augmenter, seed: UInt64, text: String) {
    self.augmenter = augmenter
    var random = RandomSource(seed: seed, text: text)
    self.seed = random.next()
  }

  /// A row, changed as chance has it for its number in the epoch.
  func row(_ features: Tensor, _ number: Int, of epoch: Int) -> Tensor {
    augmenter.apply(to: features, seed: seed, epoch: epoch, example: number)
  }
}

/// Memory whose rows are written by several threads, each row by one.
struct SharedRows: @unchecked Sendable {
  private let start: UnsafeMutablePointer<Float>

  init(_ start: UnsafeMutablePointer<Float>) { self.start = start }

  /// Writes a row that begins at an offset.
  func write(_ row: some Collection<Float>, at offset: Int) {
    let count = row.withContiguousStorageIfAvailable { values in
      if let first = values.baseAddress {
        (start + offset).update(from: first, count: values.count)
      }
      return values.count
    }
    precondition(count == row.count, "a row lies in one piece")
  }
}

extension Tensor {
  /// A batch `[rows] + shape` of samples of one shape, each changed at random if that is wished.
  ///
  /// - Parameters:
  ///   - rows: the samples, at least one.
  ///   - epoch: the epoch they are for.
  ///   - first: the number of the first row in the epoch.
  ///   - augmentation: how they are changed.
  ///   - threads: how many threads copy; no result depends on it.
  /// - Throws: nothing.
  init(
    rows: [Tensor], of epoch: Int, from first: Int, changedBy augmentation: RowAugmentation?,
    threads: Int
  ) throws {
    let count = rows[0].count
    try self.init(shape: rows[0].shape.batched(rows.count)) { batch in
      let batch = SharedRows(batch)
      try concurrently(rows.count, threads: threads) { index, _ in
        let row = augmentation?.row(rows[index], first + index, of: epoch) ?? rows[index]
        batch.write(row.values, at: index * count)
      }
    }
  }
}
