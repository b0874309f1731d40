import TonoCore

/// A matrix to be drawn: its values, the colours they have, and what runs along its two sides.
public struct Heatmap: Sendable, Equatable {
  /// A rectangle of cells that is outlined, such as a receptive field.
  public struct Mark: Sendable, Equatable {
    /// The rows, counted from the bottom.
    public let rows: Range<Int>

    /// The columns, counted from the left.
    public let columns: Range<Int>

    /// The rectangle of these rows, from the bottom, and columns, from the left.
    public init(rows: Range<Int>, columns: Range<Int>) {
      self.rows = rows
      self.columns = columns
    }
  }

  /// The values, `[rows, columns]`; row 0 is drawn at the bottom.
  public let matrix: Tensor

  /// The colours of the values.
  public let scale: ColorScale

  /// What runs upwards along the rows.
  public let rowAxis: Axis

  /// What runs to the right along the columns.
  public let columnAxis: Axis

  /// The rectangles that are outlined; parts outside the matrix are left out.
  public let marks: [Mark]

  /// A matrix to be drawn in these colours between these axes.
  ///
  /// - Parameters:
  ///   - matrix: `[rows, columns]` or `[1, rows, columns]`. Cells that are not finite are drawn in
  ///     the colour map's undefined colour.
  ///   - scale: The colours of the values.
  ///   - rowAxis: What runs upwards.
  ///   - columnAxis: What runs to the right.
  ///   - marks: Rectangles of cells that are outlined.
  /// - Throws: `InputError` if the tensor is not one matrix with at least one cell.
  public init(
    _ matrix: Tensor, scale: ColorScale, rowAxis: Axis = .none, columnAxis: Axis = .none,
    marks: [Mark] = []
  ) throws {
    let extents = matrix.shape.extents
    guard extents.count == 2 || extents.count == 3 && extents[0] == 1, matrix.count > 0 else {
      throw InputError(
        "a heat map is one matrix, rows × columns, but the tensor is \(matrix.shape); take one"
          + " sample and one channel of it")
    }
    self.matrix = matrix.reshaped(Shape(extents.suffix(2)))
    self.scale = scale
    self.rowAxis = rowAxis
    self.columnAxis = columnAxis
    self.marks = marks
  }

  /// How many rows the matrix has.
  public var rows: Int { matrix.shape[0] }

  /// How many columns the matrix has.
  public var columns: Int { matrix.shape[1] }

  /// The bare picture for programs: one pixel a cell, row 0 at the bottom, no margins.
  public var image: Image { image(width: columns, height: rows, palette: scale.colormap.colors) }

  /// The bare picture drawn larger: each pixel has the colour of the cell that it lies in.
  ///
  /// The palette holds the colours of the 256 entries of the colour map.
  func image(width: Int, height: Int, palette: [Color]) -> Image {
    let cells = matrix.values.map { value in
      scale.entry(of: value).map { palette[$0] } ?? scale.colormap.undefinedColor
    }
    var pixels: [UInt8] = []
    pixels.reserveCapacity(3 * width * height)
    for y in 0..<height {
      let row = (rows * (height - 1 - y)) / height
      for x in 0..<width {
        let color = cells[row * columns + x * columns / width]
        pixels.append(color.red)
        pixels.append(color.green)
        pixels.append(color.blue)
      }
    }
    return Image(width: width, height: height, pixels: pixels)
  }

  /// Whether finite values lie below and above the range of the scale.
  var clipping: (below: Bool, above: Bool) {
    let finite = matrix.values.lazy.filter(\.isFinite)
    return (
      finite.contains { $0 < scale.range.lowerBound },
      finite.contains { $0 > scale.range.upperBound }
    )
  }
}
