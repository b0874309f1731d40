import TonoNetwork

/// How the elements of an input lie: maps one after another, rows of columns.
struct Maps {
  /// How many maps there are.
  let count: Int
  /// The bands.
  let rows: Int
  /// The frames.
  let columns: Int

  /// The maps of `[…, rows, columns]`; a vector is one row.
  init(_ shape: Shape) {
    columns = shape.extents.last ?? 1
    rows = shape.extents.dropLast().last ?? 1
    count = shape.extents.dropLast(2).reduce(1, *)
  }
}
