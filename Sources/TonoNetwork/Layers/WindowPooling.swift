import TonoCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Pooling over windows of up to three axes with every setting: `[C, …]` → `[C, …]`.
///
/// ``MaxPooling2D`` and ``AveragePooling2D`` are faster where they suffice.
public struct WindowPooling: UnaryLayer {
  /// What becomes of the cells of a window.
  public enum Operation: Sendable, Hashable {
    /// The largest; of equals the first takes the gradient.
    case maximum
    /// The mean, over the padding too if it is counted.
    case average(countsPadding: Bool)
    /// (Σ|x|^p)^(1÷p).
    case norm(p: Float)
  }

  /// A window's course along one axis.
  public struct Axis: Sendable, Hashable {
    /// The window's cells.
    public let size: Int
    /// The distance between neighbouring windows.
    public let stride: Int
    /// The distance between neighbouring cells of one window.
    public let dilation: Int
    /// The cells of padding before the map.
    public let before: Int
    /// The cells of padding behind it that are counted as such.
    public let after: Int
    /// How many windows there are.
    public let windows: Int

    /// A course with these numbers, of which sizes, strides, dilations and windows are at least 1.
    public init(size: Int, stride: Int, dilation: Int, before: Int, after: Int, windows: Int) {
      precondition(min(size, stride, dilation, windows) > 0, "at least 1 of each")
      (self.size, self.stride, self.dilation) = (size, stride, dilation)
      (self.before, self.after, self.windows) = (before, after, windows)
    }

    /// One cell at a time.
    fileprivate static let none = Axis(
      size: 1, stride: 1, dilation: 1, before: 0, after: 0, windows: 1)

    /// The cells of a map of `extent` cells that a window holds, padding left out.
    fileprivate func cells(of window: Int, extent: Int) -> [Int] {
      members(of: window, in: 0..<extent).map { window * stride - before + $0 * dilation }
    }

    /// How many cells a window holds, those of the padding too.
    fileprivate func count(of window: Int, extent: Int) -> Int {
      members(of: window, in: -before..<extent + after).count
    }

    /// Which of a window's cells lie in a range: the window may be far larger than the map.
    private func members(of window: Int, in range: Range<Int>) -> Range<Int> {
      let start = window * stride - before
      func first(from cell: Int) -> Int {
        cell <= start ? 0 : (cell - start + dilation - 1) / dilation
      }
      let end = min(size, first(from: range.upperBound))
      return min(first(from: range.lowerBound), end)..<end
    }
  }

  /// What becomes of the cells.
  public let operation: Operation
  /// The windows' course along each axis behind the channels.
  public let axes: [Axis]

  /// Pooling along one to three axes.
  public init(_ operation: Operation, axes: [Axis]) {
    precondition((1...3).contains(axes.count), "one to three axes")
    self.operation = operation
    self.axes = axes
  }

  /// The kind of pooling with its number of axes: `MaxPooling1D`.
  public var kind: String {
    let name =
      switch operation {
      case .maximum: "MaxPooling"
      case .average: "AveragePooling"
      case .norm: "LpPooling"
      }
    return "\(name)\(axes.count)D"
  }

  /// One cell out of a window.
  public var role: LayerRole { .pooling }

  /// As many as a map has cells, at most.
  public func workPerCell(_ inputs: [Shape]) -> Int { inputs[0].mapCells }

  /// `[C]` and the numbers of windows.
  public func outputShape(_ input: Shape) throws -> Shape {
    guard input.rank == axes.count + 1 else {
      throw ShapeError("\(kind) expects \(axes.count) axes behind the channels, got \(input)")
    }
    for (axis, extent) in zip(axes, input.extents.dropFirst()) {
      for window in 0..<axis.windows where axis.cells(of: window, extent: extent).isEmpty {
        throw ShapeError("\(kind) is padded so far that a window holds no cell of \(input)")
      }
    }
    return Shape([input[0]] + axes.map(\.windows))
  }

  /// The pooled batch.
  public func forward(_ input: Tensor) -> Tensor {
    var values: [Float] = []
    forEachWindow(of: input.shape) { cells, count in
      switch operation {
      case .maximum:
        values.append(input.values[winner(of: cells, in: input)])
      case .average:
        values.append(cells.reduce(Float(0)) { $0 + input.values[$1] } / Float(count))
      case .norm(let p):
        values.append(
          powf(cells.reduce(Float(0)) { $0 + powf(abs(input.values[$1]), p) }, 1 / p))
      }
    }
    return Tensor(shape: Shape(input.shape.extents.prefix(2) + axes.map(\.windows)), values: values)
  }

  /// The gradient, handed to each window's winner or shared among its cells.
  public func backward(_ dOutput: Tensor, input: Tensor, output: Tensor) -> Tensor {
    var dInput = Tensor(shape: input.shape)
    var place = 0
    forEachWindow(of: input.shape) { cells, count in
      let (gradient, y) = (dOutput.values[place], output.values[place])
      place += 1
      switch operation {
      case .maximum:
        dInput.values[winner(of: cells, in: input)] += gradient
      case .average:
        for cell in cells { dInput.values[cell] += gradient / Float(count) }
      case .norm(let p) where y != 0:
        for cell in cells {
          let x = input.values[cell]
          let slope = powf(abs(x) / y, p - 1)
          dInput.values[cell] += gradient * (x < 0 ? -slope : slope)
        }
      case .norm: break
      }
    }
    return dInput
  }

  /// The cells under the windows.
  public func inputRegion(of output: Region, input: Shape) -> Region {
    let ranges = zip(axes, zip(output.ranges, input.extents).dropFirst()).map { axis, pair in
      let cells = pair.0.flatMap { axis.cells(of: $0, extent: pair.1) }
      return (cells.min() ?? 0)..<(cells.max().map { $0 + 1 } ?? 0)
    }
    return Region([output.ranges[0]] + ranges)
  }

  private func winner(of cells: [Int], in input: Tensor) -> Int {
    cells.dropFirst().reduce(cells[0]) { best, cell in
      let (value, highest) = (input.values[cell], input.values[best])
      return value > highest || value.isNaN && !highest.isNaN ? cell : best
    }
  }

  /// Visits every window of a batch `[N, C, …]` with the offsets of its cells, in row-major order,
  /// and by how many a mean is divided.
  private func forEachWindow(of shape: Shape, _ body: (_ cells: [Int], _ count: Int) -> Void) {
    let courses = Array(repeating: Axis.none, count: 3 - axes.count) + axes
    let extents =
      Array(repeating: 1, count: 3 - axes.count) + Array(shape.extents.dropFirst(2))
    let countsPadding = operation == .average(countsPadding: true)
    let windows = zip(courses, extents).map { course, extent in
      (0..<course.windows).map { window in
        let cells = course.cells(of: window, extent: extent)
        return (
          cells: cells,
          count: countsPadding ? course.count(of: window, extent: extent) : cells.count
        )
      }
    }
    for plane in 0..<shape[0] * shape[1] {
      for layer in windows[0] {
        for row in windows[1] {
          for column in windows[2] {
            var cells: [Int] = []
            for z in layer.cells {
              for y in row.cells {
                let start = ((plane * extents[0] + z) * extents[1] + y) * extents[2]
                for x in column.cells { cells.append(start + x) }
              }
            }
            body(cells, layer.count * row.count * column.count)
          }
        }
      }
    }
  }
}
