import TonoAudio
import TonoCore
import TonoNetwork

/// How the elements of an input lie: maps one after another, rows of columns.
struct Maps {
  /// How many maps there are.
  let count: Int
  /// How many rows a map has: bands, or frames where it is transposed.
  let rows: Int
  /// How many columns a map has: frames, or bands where it is transposed.
  let columns: Int
  /// Whether rows are frames.
  let isTransposed: Bool

  /// The maps of `[…, rows, columns]`; a vector is one row.
  ///
  /// Without a front end rows are taken for bands.
  init(_ shape: Shape, axes: FrontEnd.Axes = .bandsFrames) {
    isTransposed = axes == .framesBands
    columns = shape.extents.last ?? 1
    rows = shape.extents.dropLast().last ?? 1
    count = shape.extents.dropLast(2).reduce(1, *)
  }
}
