import CTonoKernels
import TonoCore

/// A two-dimensional cross-correlation with frozen weights.
///
/// `y[o, r, c] = bias[o] + Σ w[o, i, kr, kc] · x[i, r·s − p + kr·d, c·s − p + kc·d]`, with stride
/// s, dilation d and padding p. Input `[C, H, W]`, output `[O, H′, W′]`; see
/// ``Window2D/output(rows:columns:)`` for H′ and W′. A depthwise convolution has `groups` = C.
public struct Conv2D: UnaryLayer {
  /// The weights `[O, C ÷ groups, kernel rows, kernel columns]`.
  public let kernel: Tensor
  /// One number per output channel, or none.
  public let bias: [Float]?
  /// The window's size, strides, dilation and padding.
  public let window: Window2D
  /// How many groups of channels are convolved apart from each other.
  public let groups: Int

  /// `Conv2D`, in Keras' terms.
  public var kind: String { "Conv2D" }

  /// A convolution with these weights, `[O, C ÷ groups, kernel rows, kernel columns]`.
  public init(
    kernel: Tensor, bias: [Float]?, strides: Pair = .one, dilation: Pair = .one, groups: Int = 1,
    padding: Padding = .valid
  ) {
    precondition(kernel.shape.rank == 4, "a kernel has four axes")
    precondition(groups > 0 && kernel.shape[0] % groups == 0, "groups divide the output channels")
    precondition(bias == nil || bias?.count == kernel.shape[0], "one bias per output channel")
    self.kernel = kernel
    self.bias = bias
    self.groups = groups
    window = Window2D(
      size: Pair(rows: kernel.shape[2], columns: kernel.shape[3]), strides: strides,
      dilation: dilation, padding: padding)
  }

  /// The weights and biases.
  public var parameterCount: Int { kernel.count + (bias?.count ?? 0) }

  /// `[O, H′, W′]` for an input `[C, H, W]`.
  public func outputShape(_ input: Shape) throws -> Shape {
    guard input.rank == 3, input[0] == kernel.shape[1] * groups else {
      throw ShapeError(
        "Conv2D expects a map of \(kernel.shape[1] * groups) channels, got \(input)")
    }
    let output = try window.output(rows: input[1], columns: input[2])
    return [kernel.shape[0], output.rows, output.columns]
  }

  /// The convolved batch `[N, O, H′, W′]` of a batch `[N, C, H, W]`.
  ///
  /// Equal patches give equal results to the bit wherever they lie: where a spectrogram is at its
  /// floor, cells that tie before a max-pool are not told apart by rounding.
  public func forward(_ input: Tensor) -> Tensor {
    let tiling = Tiling(self, input: input.shape)
    let bias = bias ?? Array(repeating: 0, count: kernel.shape[0])
    return Tensor(shape: tiling.outputShape) { output in
      input.withPointer { input in
        kernel.withPointer { kernel in
          bias.withUnsafeBufferPointer { bias in
            tiling.forEachTile { tile, patches in
              tono_im2col(
                input + tile.input, Int32(tiling.channels), tiling.placed, tile.firstRow,
                tile.rowCount, patches)
              KernelSet.current.functions.pointee.multiply(
                kernel + tile.kernel, Int64(tiling.depth), 1, Int32(tiling.filters),
                Int32(tiling.depth), bias.baseAddress.map { $0 + tile.firstFilter }, patches,
                Int64(tile.cells), output + tile.output, Int64(tiling.outputCells),
                Int32(tile.cells))
            }
          }
        }
      }
    }
  }

  /// The gradient `[N, C, H, W]` with respect to the input, for one `[N, O, H′, W′]` of the output.
  public func backward(_ dOutput: Tensor, input: Tensor, output: Tensor) -> Tensor {
    let tiling = Tiling(self, input: input.shape)
    var dInput = Tensor(shape: input.shape)
    dInput.withMutablePointer { dInput in
      dOutput.withPointer { dOutput in
        kernel.withPointer { kernel in
          tiling.forEachTile { tile, dPatches in
            KernelSet.current.functions.pointee.multiply(
              kernel + tile.kernel, 1, Int64(tiling.depth), Int32(tiling.depth),
              Int32(tiling.filters), nil, dOutput + tile.output, Int64(tiling.outputCells),
              dPatches, Int64(tile.cells), Int32(tile.cells))
            tono_col2im_add(
              dPatches, Int32(tiling.channels), tiling.placed, tile.firstRow, tile.rowCount,
              dInput + tile.input)
          }
        }
      }
    }
    return dInput
  }

  /// The cells under the windows of the output cells, in the channels of their groups.
  public func inputRegion(of output: Region, input: Shape) -> Region {
    let cells = window.inputRanges(
      rows: output.ranges[1], columns: output.ranges[2],
      of: Pair(rows: input[1], columns: input[2]))
    let (filters, channels) = (kernel.shape[0] / groups, kernel.shape[1])
    let range = output.ranges[0]
    guard !range.isEmpty else { return Region([0..<0, cells.rows, cells.columns]) }
    let first = range.lowerBound / filters
    let last = (range.upperBound - 1) / filters
    return Region([first * channels..<(last + 1) * channels, cells.rows, cells.columns])
  }
}

extension Conv2D: TrainableLayer {
  /// `kernel` `[O, C ÷ groups, kernel rows, kernel columns]`, and `bias` `[O]` if there is one.
  public var parameters: [String: Tensor] {
    var parameters = ["kernel": kernel]
    if let bias { parameters["bias"] = Tensor(shape: [bias.count], values: bias) }
    return parameters
  }

  /// Σ dy · patchᵀ and Σ dy over all samples and cells; tiles are added up in double precision.
  public func parameterGradients(
    _ dOutput: Tensor, inputs: [Tensor], output: Tensor
  ) -> [String: Tensor] {
    let tiling = Tiling(self, input: inputs[0].shape)
    let count = tiling.filters * tiling.depth
    var sums = [Double](repeating: 0, count: kernel.count)
    var part = Tensor(shape: [tiling.filters, tiling.depth])
    inputs[0].withPointer { input in
      dOutput.withPointer { dOutput in
        tiling.forEachTile { tile, patches in
          tono_im2col(
            input + tile.input, Int32(tiling.channels), tiling.placed, tile.firstRow,
            tile.rowCount, patches)
          part.withMutablePointer { part in
            BLAS.multiply(
              dOutput + tile.output, transposed: false, leading: tiling.outputCells, patches,
              transposed: true, rows: tiling.filters, columns: tiling.depth, depth: tile.cells,
              into: part)
          }
          for index in 0..<count { sums[tile.kernel + index] += Double(part.values[index]) }
        }
      }
    }
    var gradients = ["kernel": Tensor(shape: kernel.shape, values: sums.map(Float.init))]
    if bias != nil { gradients["bias"] = dOutput.sums }
    return gradients
  }

  /// The same convolution with another kernel or bias.
  public func replacing(_ parameters: [String: Tensor]) -> Conv2D {
    Conv2D(
      kernel: parameters["kernel"] ?? kernel, bias: bias.map { parameters["bias"]?.values ?? $0 },
      strides: window.strides, dilation: window.dilation, groups: groups, padding: window.padding)
  }
}

/// How a convolution over a batch is cut into matrix products whose patches stay in cache.
///
/// The cuts depend on the shape of one sample only, so that a sample's result is the same to the
/// bit alone and in any batch.
private struct Tiling {
  let placed: tono_window
  let outputShape: Shape
  /// Input channels, filters and patch cells of one group.
  let channels: Int
  let filters: Int
  let depth: Int
  let groups: Int
  let inputCells: Int
  let outputCells: Int
  let rowsPerTile: Int

  /// A run of output rows of one group of one sample; offsets are into the whole arrays.
  struct Tile {
    let input: Int
    let kernel: Int
    let output: Int
    let firstFilter: Int
    let firstRow: Int32
    let rowCount: Int32
    let cells: Int
  }

  /// Patches of a tile: 1 MiB of floats, about half of a core's second-level cache.
  private static let patchCapacity = 1 << 18

  init(_ layer: Conv2D, input: Shape) {
    placed = layer.window.place(rows: input[2], columns: input[3])
    groups = layer.groups
    channels = layer.kernel.shape[1]
    filters = layer.kernel.shape[0] / groups
    depth = channels * layer.kernel.shape[2] * layer.kernel.shape[3]
    inputCells = input[2] * input[3]
    let (rows, columns) = (Int(placed.out_rows), Int(placed.out_columns))
    outputCells = rows * columns
    outputShape = [input[0], layer.kernel.shape[0], rows, columns]
    rowsPerTile = max(1, min(rows, Self.patchCapacity / max(1, depth * columns)))
  }

  /// Visits every tile, with room for its patches `[depth, cells]`.
  func forEachTile(_ body: (Tile, UnsafeMutablePointer<Float>) -> Void) {
    let columns = Int(placed.out_columns)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: depth * rowsPerTile * columns) {
      patches in
      guard let patches = patches.baseAddress else { return }
      for sample in 0..<outputShape[0] {
        for group in 0..<groups {
          let first = sample * groups + group
          for row in stride(from: 0, to: Int(placed.out_rows), by: rowsPerTile) {
            let rowCount = min(rowsPerTile, Int(placed.out_rows) - row)
            let tile = Tile(
              input: first * channels * inputCells, kernel: group * filters * depth,
              output: first * filters * outputCells + row * columns, firstFilter: group * filters,
              firstRow: Int32(row), rowCount: Int32(rowCount), cells: rowCount * columns)
            body(tile, patches)
          }
        }
      }
    }
  }
}
