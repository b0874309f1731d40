import TonoCore
import TonoFiles
import TonoNetwork

/// The axes behind the channels of a tensor `[N, C, …]`, as the layers on maps take them.
///
/// A tensor with columns alone is a map of one row; one of several samples is worked on sample by
/// sample.
struct ONNXSpatial {
  /// How many samples there are.
  let samples: Int
  /// How many channels.
  let channels: Int
  /// The extents behind them, as the file has them.
  let extents: [Int]

  /// The axes of a tensor.
  ///
  /// - Throws: `ModelError` if it has none behind the channels.
  init(_ value: ONNXValue, _ call: ONNXCall) throws {
    guard value.shape.count > 2 else {
      throw call.failure(
        "reads a tensor of shape \(call.text(value.shape)); expected samples, channels and one"
          + " axis more")
    }
    (samples, channels) = (value.shape[0], value.shape[1])
    extents = Array(value.shape.dropFirst(2))
  }

  /// How many axes there are.
  var rank: Int { extents.count }

  /// Numbers for each axis, for those of a map.
  func pair(_ numbers: [Int], _ row: Int) -> Pair {
    numbers.count == 1
      ? Pair(rows: row, columns: numbers[0]) : Pair(rows: numbers[0], columns: numbers[1])
  }

  /// The layout in which layers on maps read the tensor.
  var mapLayout: Shape { Shape(leading + [channels] + (rank == 1 ? [1] : []) + extents) }

  /// The layout without an axis for rows where there are none.
  var plainLayout: Shape { Shape(leading + [channels] + extents) }

  /// The axes in front of the channels in both.
  private var leading: [Int] { samples == 1 ? [] : [samples] }

  /// A layer on single samples as one on this tensor.
  func onSamples(_ layer: any Layer) -> any Layer {
    samples == 1 ? layer : TimeDistributed(layer)
  }

  /// The file's shape of an output with this layout of its own.
  func shape(channels: Int, _ extents: [Int]) -> [Int] { [samples, channels] + extents }
}

/// How a window slides along one axis.
struct ONNXWindow {
  /// The window's cells, the distance between windows, and between a window's cells.
  let size: Int
  let stride: Int
  let dilation: Int
  /// The cells of padding before and behind.
  let before: Int
  let after: Int

  /// The cells from a window's first to its last.
  var span: Int { dilation * (size - 1) + 1 }

  /// How many windows fit a map of `extent` cells; the last may stick out if it begins in the map or
  /// the padding before it.
  func count(_ extent: Int, ceiling: Bool) -> Int {
    let room = before + extent + after - span
    guard room >= 0 || ceiling && room > -stride else { return 0 }
    let count = (ceiling ? (room + stride - 1) / stride : room / stride) + 1
    return ceiling && (count - 1) * stride >= extent + before ? count - 1 : count
  }

  /// The windows along each axis, from the node's attributes.
  ///
  /// - Throws: `ModelError` if they are as many as the axes are not, or absurd.
  static func read(
    _ call: ONNXCall, size: [Int], _ map: ONNXSpatial, ceiling: Bool = false
  ) throws -> [ONNXWindow] {
    let rank = map.rank
    let ones = [Int](repeating: 1, count: rank)
    let strides = try call.integers("strides", count: rank, from: 1) ?? ones
    let dilations = try call.integers("dilations", count: rank, from: 1) ?? ones
    let pads = try call.integers("pads", count: 2 * rank) ?? Array(repeating: 0, count: 2 * rank)
    guard pads.allSatisfy({ $0 >= 0 }) else {
      throw call.unsupported("has negative padding, which is not read")
    }
    let mode = try call.text("auto_pad", default: "NOTSET")
    return try (0..<rank).map { axis in
      let (size, stride, dilation) = (size[axis], strides[axis], dilations[axis])
      guard size > 0, size <= 1 << 20, dilation <= 1 << 20, stride <= 1 << 20,
        pads[axis] <= 1 << 20, pads[axis + rank] <= 1 << 20
      else {
        throw call.failure("has a window of more than 2^20 cells; the file is damaged")
      }
      var (before, after) = (pads[axis], pads[axis + rank])
      switch mode {
      case "NOTSET": break
      case "VALID": (before, after) = (0, 0)
      case "SAME_UPPER", "SAME_LOWER":
        let extent = map.extents[axis]
        let count = (extent + stride - 1) / stride
        let total = max(0, (count - 1) * stride + dilation * (size - 1) + 1 - extent)
        let smaller = total / 2
        (before, after) =
          mode == "SAME_UPPER" ? (smaller, total - smaller) : (total - smaller, smaller)
      default: throw call.failure("has the unknown 'auto_pad' '\(mode)'")
      }
      guard max(before, after) <= 1 << 24 else {
        throw call.failure("is padded by \(before) and \(after) cells; the file is damaged")
      }
      return ONNXWindow(
        size: size, stride: stride, dilation: dilation, before: before, after: after)
    }
  }
}

extension [ONNXWindow] {
  /// The same along the rows and columns of a map, of which a tensor with columns alone has one row.
  var onMap: [ONNXWindow] {
    count == 1
      ? [ONNXWindow(size: 1, stride: 1, dilation: 1, before: 0, after: 0), self[0]] : self
  }

  /// Two windows as one over rows and columns.
  var padding: Padding {
    let (rows, columns) = (onMap[0], onMap[1])
    if [rows.before, rows.after, columns.before, columns.after] == [0, 0, 0, 0] { return .valid }
    return .explicit(
      top: rows.before, bottom: rows.after, left: columns.before, right: columns.after)
  }

  /// One number of each, for rows and columns.
  func pair(_ number: (ONNXWindow) -> Int) -> Pair {
    Pair(rows: number(onMap[0]), columns: number(onMap[1]))
  }
}
