import CTonoKernels
import TonoCore

/// The largest cell of each window of a map: `[C, H, W]` → `[C, H′, W′]`.
///
/// Of several equally large cells the first in row-major order takes the whole gradient.
public struct MaxPooling2D: UnaryLayer {
  /// The window's size, strides and padding; padding never wins.
  public let window: Window2D

  /// Pooling over windows of `window` cells.
  public init(window: Pair, strides: Pair, padding: Padding = .valid) {
    self.window = Window2D(size: window, strides: strides, padding: padding)
  }

  /// `MaxPooling2D`, in Keras' terms.
  public var kind: String { "MaxPooling2D" }

  /// One cell out of a window.
  public var role: LayerRole { .pooling }

  /// As many as a map has cells, at most.
  public func workPerCell(_ inputs: [Shape]) -> Int { inputs[0].mapCells }

  /// `[C, H′, W′]` for an input `[C, H, W]`.
  public func outputShape(_ input: Shape) throws -> Shape { try window.pooled(input, by: kind) }

  /// The pooled batch `[N, C, H′, W′]`.
  public func forward(_ input: Tensor) -> Tensor {
    let placed = window.place(rows: input.shape[2], columns: input.shape[3])
    return Tensor(shape: input.shape.pooled(placed)) { output in
      input.withPointer { tono_max_pool($0, input.shape.planes, placed, output) }
    }
  }

  /// The gradient `[N, C, H, W]`, handed to each window's winner.
  public func backward(_ dOutput: Tensor, input: Tensor, output: Tensor) -> Tensor {
    let placed = window.place(rows: input.shape[2], columns: input.shape[3])
    var dInput = Tensor(shape: input.shape)
    dInput.withMutablePointer { dInput in
      dOutput.withPointer { dOutput in
        input.withPointer {
          tono_max_pool_backward_add(dOutput, $0, input.shape.planes, placed, dInput)
        }
      }
    }
    return dInput
  }

  /// The cells under the windows.
  public func inputRegion(of output: Region, input: Shape) -> Region {
    window.pooledRegion(of: output, input: input)
  }
}

/// The mean of each window of a map: `[C, H, W]` → `[C, H′, W′]`; padding is not counted.
public struct AveragePooling2D: UnaryLayer {
  /// The window's size, strides and padding.
  public let window: Window2D

  /// Pooling over windows of `window` cells.
  public init(window: Pair, strides: Pair, padding: Padding = .valid) {
    self.window = Window2D(size: window, strides: strides, padding: padding)
  }

  /// `AveragePooling2D`, in Keras' terms.
  public var kind: String { "AveragePooling2D" }

  /// One cell out of a window.
  public var role: LayerRole { .pooling }

  /// As many as a map has cells, at most.
  public func workPerCell(_ inputs: [Shape]) -> Int { inputs[0].mapCells }

  /// `[C, H′, W′]` for an input `[C, H, W]`.
  public func outputShape(_ input: Shape) throws -> Shape { try window.pooled(input, by: kind) }

  /// The pooled batch `[N, C, H′, W′]`.
  public func forward(_ input: Tensor) -> Tensor {
    let placed = window.place(rows: input.shape[2], columns: input.shape[3])
    return Tensor(shape: input.shape.pooled(placed)) { output in
      input.withPointer { tono_average_pool($0, input.shape.planes, placed, output) }
    }
  }

  /// The gradient `[N, C, H, W]`, shared equally in each window.
  public func backward(_ dOutput: Tensor, input: Tensor, output: Tensor) -> Tensor {
    let placed = window.place(rows: input.shape[2], columns: input.shape[3])
    var dInput = Tensor(shape: input.shape)
    dInput.withMutablePointer { dInput in
      dOutput.withPointer {
        tono_average_pool_backward_add($0, input.shape.planes, placed, dInput)
      }
    }
    return dInput
  }

  /// The cells under the windows.
  public func inputRegion(of output: Region, input: Shape) -> Region {
    window.pooledRegion(of: output, input: input)
  }
}

extension Window2D {
  /// The shape of a pooled map; every window must hold a cell of the map itself.
  fileprivate func pooled(_ input: Shape, by kind: String) throws -> Shape {
    guard input.rank == 3 else {
      throw ShapeError("\(kind) expects a map [channels, rows, columns], got \(input)")
    }
    let output = try output(rows: input[1], columns: input[2])
    let last = inputRanges(
      rows: output.rows - 1..<output.rows, columns: output.columns - 1..<output.columns,
      of: Pair(rows: input[1], columns: input[2]))
    let first = inputRanges(
      rows: 0..<1, columns: 0..<1, of: Pair(rows: input[1], columns: input[2]))
    guard ![first.rows, first.columns, last.rows, last.columns].contains(where: \.isEmpty) else {
      throw ShapeError("\(kind) is padded so far that a window holds no cell of \(input)")
    }
    return [input[0], output.rows, output.columns]
  }

  fileprivate func pooledRegion(of output: Region, input: Shape) -> Region {
    let cells = inputRanges(
      rows: output.ranges[1], columns: output.ranges[2],
      of: Pair(rows: input[1], columns: input[2]))
    return Region([output.ranges[0], cells.rows, cells.columns])
  }
}

extension Shape {
  /// The cells of each channel of a sample `[C, …]`.
  var mapCells: Int { extents.dropFirst().reduce(1, *) }

  /// The maps of a batch `[N, C, H, W]`: N·C of them.
  fileprivate var planes: Int32 { Int32(self[0] * self[1]) }

  fileprivate func pooled(_ placed: tono_window) -> Shape {
    [self[0], self[1], Int(placed.out_rows), Int(placed.out_columns)]
  }
}
