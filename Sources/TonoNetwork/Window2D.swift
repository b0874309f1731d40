import CTonoKernels
import TonoCore

/// A number for each axis of a map: along rows (bands) and along columns (frames).
public struct Pair: Hashable, Sendable {
  /// Along the rows.
  public let rows: Int
  /// Along the columns.
  public let columns: Int

  /// A pair of `rows` and `columns`.
  public init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
  }

  /// One in each direction.
  public static let one = Pair(rows: 1, columns: 1)
}

/// How a map is extended at its edges before a window slides over it.
public enum Padding: Hashable, Sendable {
  /// Not at all: windows stay inside the map.
  case valid
  /// So that there are ⌈extent ÷ stride⌉ output cells, as TensorFlow does: an odd cell goes to the
  /// bottom or the right.
  case same
  /// By these numbers of cells.
  case explicit(top: Int, bottom: Int, left: Int, right: Int)
}

/// A window that slides over the rows and columns of a map: the geometry of convolution and pooling.
public struct Window2D: Hashable, Sendable {
  /// The window's cells along each axis.
  public let size: Pair
  /// The distance between neighbouring windows.
  public let strides: Pair
  /// The distance between neighbouring cells of one window.
  public let dilation: Pair
  /// How the map is extended at its edges.
  public let padding: Padding

  /// The most cells from a window's first to its last: the kernels count in 32 bits.
  private static let longestSpan = 1 << 30

  /// A window of `size` cells, each number of which is at least 1.
  public init(size: Pair, strides: Pair = .one, dilation: Pair = .one, padding: Padding = .valid) {
    precondition(
      [size, strides, dilation].allSatisfy { $0.rows > 0 && $0.columns > 0 },
      "a window's size, strides and dilation are at least 1")
    self.size = size
    self.strides = strides
    self.dilation = dilation
    self.padding = padding
  }

  /// The rows and columns of output for a map of `rows`×`columns` cells:
  /// ⌊(extent + padding − dilation·(size − 1) − 1) ÷ stride⌋ + 1.
  ///
  /// - Throws: `ShapeError` if the window is larger than the padded map, or than any.
  public func output(rows: Int, columns: Int) throws -> Pair {
    for (size, dilation) in [(size.rows, dilation.rows), (size.columns, dilation.columns)]
    where size > Self.longestSpan / dilation {
      throw ShapeError(
        "a window of \(size) cells, each \(dilation) from the next, is larger than any map")
    }
    let placement = place(rows: rows, columns: columns)
    guard placement.out_rows > 0, placement.out_columns > 0 else {
      throw ShapeError(
        "a window of \(size.rows)×\(size.columns) cells does not fit a map of \(rows)×\(columns)")
    }
    return Pair(rows: Int(placement.out_rows), columns: Int(placement.out_columns))
  }

  /// The window laid over a map of `rows`×`columns` cells, as the kernels take it.
  func place(rows: Int, columns: Int) -> tono_window {
    let pads: (top: Int, bottom: Int, left: Int, right: Int)
    switch padding {
    case .valid: pads = (0, 0, 0, 0)
    case .explicit(let top, let bottom, let left, let right): pads = (top, bottom, left, right)
    case .same:
      let vertical = Self.same(rows, size.rows, strides.rows, dilation.rows)
      let horizontal = Self.same(columns, size.columns, strides.columns, dilation.columns)
      pads = (
        vertical / 2, vertical - vertical / 2, horizontal / 2, horizontal - horizontal / 2
      )
    }
    func cells(_ padded: Int, _ size: Int, _ stride: Int, _ dilation: Int) -> Int32 {
      let span = dilation * (size - 1) + 1
      return padded < span ? 0 : Int32((padded - span) / stride + 1)
    }
    return tono_window(
      rows: Int32(rows), columns: Int32(columns),
      out_rows: cells(rows + pads.top + pads.bottom, size.rows, strides.rows, dilation.rows),
      out_columns: cells(
        columns + pads.left + pads.right, size.columns, strides.columns, dilation.columns),
      kernel_rows: Int32(size.rows), kernel_columns: Int32(size.columns),
      stride_rows: Int32(strides.rows), stride_columns: Int32(strides.columns),
      dilation_rows: Int32(dilation.rows), dilation_columns: Int32(dilation.columns),
      pad_top: Int32(pads.top), pad_left: Int32(pads.left))
  }

  /// The input rows and columns that a box of output rows and columns looks at, without padding.
  func inputRanges(
    rows: Range<Int>, columns: Range<Int>, of extent: Pair
  ) -> (rows: Range<Int>, columns: Range<Int>) {
    let placed = place(rows: extent.rows, columns: extent.columns)
    func range(
      _ output: Range<Int>, _ size: Int, _ stride: Int, _ dilation: Int, _ pad: Int32,
      _ extent: Int
    ) -> Range<Int> {
      guard !output.isEmpty else { return 0..<0 }
      let low = output.lowerBound * stride - Int(pad)
      let high = (output.upperBound - 1) * stride - Int(pad) + dilation * (size - 1) + 1
      return (low..<high).clamped(to: 0..<extent)
    }
    return (
      range(rows, size.rows, strides.rows, dilation.rows, placed.pad_top, extent.rows),
      range(
        columns, size.columns, strides.columns, dilation.columns, placed.pad_left, extent.columns)
    )
  }

  /// The cells of padding along one axis that give ⌈extent ÷ stride⌉ output cells.
  private static func same(_ extent: Int, _ size: Int, _ stride: Int, _ dilation: Int) -> Int {
    let output = (extent + stride - 1) / stride
    return max((output - 1) * stride + dilation * (size - 1) + 1 - extent, 0)
  }
}
