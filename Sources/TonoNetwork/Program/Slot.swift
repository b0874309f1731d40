import TonoCore

/// Where a workspace keeps the values and the gradient of a node: rows of cells with their channels side by side: channels last.
struct MapSlot: Sendable {
  /// The channels of the node that are held.
  let channels: Range<Int>
  /// The rows and columns held, in those of the node; beyond its edges they are padding: zeros.
  let rows: Range<Int>
  let columns: Range<Int>
  /// Floats of a cell: the channels, and zeros up to a whole vector.
  let cell: Int
  /// Floats from one row to the next.
  let pitch: Int
  /// Where the values and the gradient begin.
  let values: Int
  let gradient: Int

  /// Its channels, rows and columns.
  var extent: Shape { [channels.count, rows.count, columns.count] }

  /// Floats from the first cell to this one.
  func offset(row: Int, column: Int) -> Int {
    (row - rows.lowerBound) * pitch + (column - columns.lowerBound) * cell
  }
}

/// Where a workspace keeps the values and the gradient of a node: the cells of a region in row-major
/// order, channels first.
struct DenseSlot: Sendable {
  let region: Region
  let values: Int
  let gradient: Int

  var shape: Shape { Shape(region.ranges.map(\.count)) }
}
