/// How many pixels wide and high a cell is drawn: whole ones, so that every cell looks the same.
struct CellSize: Equatable {
  let width: Int
  let height: Int

  /// The whole pixels that bring a matrix nearest to an area, without stretching it too far.
  ///
  /// - Parameters:
  ///   - rows: The rows of the matrix.
  ///   - columns: The columns of the matrix.
  ///   - height: How high the picture should be, in pixels.
  ///   - largest: The longest side of a cell, in pixels.
  init(rows: Int, columns: Int, height: Double, largest: Int) {
    let width = height * Self.aspect(rows: rows, columns: columns)
    self.width = min(max(1, Int((width / Double(columns)).rounded())), largest)
    self.height = min(max(1, Int((height / Double(rows)).rounded())), largest)
  }

  /// How much wider than high a matrix is drawn: as its cells would have it, within limits.
  static func aspect(rows: Int, columns: Int) -> Double {
    min(max(Double(columns) / Double(rows), 0.4), 2.25)
  }
}
