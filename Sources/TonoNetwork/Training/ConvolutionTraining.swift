import CTonoKernels
import TonoCore

/// A convolution with the batch normalization, rectifier and max-pooling that follow it, in training.
///
/// - Pooling comes before normalization: where gamma is not negative the largest cell of a window is
///   also the largest when normalized. Where it is negative, the kernel and gamma change their signs
///   together, which leaves the layer as it is. Only winners are ever normalized.
/// - A first convolution, of one input channel, keeps its winners and never stores its map. The
///   statistics of the map follow from sums over patches of input p: its mean is w·Σp, its second
///   moment wᵀ(Σ ppᵀ)w; and so does the part of its weight gradient that comes through them.
/// - Others keep their map, of which batch normalization makes a dense gradient. It goes back by the
///   adjoint of Winograd's filtering, which has the gradient of the weights on its way.
/// - The bias of a normalized convolution has no effect, and its gradient is zero.
final class ConvolutionTraining: TrainingStep {
  /// How many parts a batch is cut into, each of which sums up weight gradients of its own.
  static let groups = 16

  let block: ConvolutionBlock
  let shape: Geometry
  let kernels: KernelSet
  /// The block whose maps this one reads as they are; otherwise it reads a tensor.
  let source: ConvolutionTraining?
  /// Whether the block reads an input of the network, which needs no gradient.
  let readsInput: Bool
  /// The kernel of the block that reads this one's maps as they are.
  private(set) var reader: Pair?

  var buffers: Buffers
  var weights: Weights
  var normalization: Normalization
  /// Whether the way back has brought a gradient to this block.
  var isReached = false

  /// Whether there are kernels for a block.
  static func canTrain(_ block: ConvolutionBlock, of network: Network) -> Bool {
    let kernel = block.kernel
    let placed = block.convolution.window.place(
      rows: block.inputShape[1], columns: block.inputShape[2])
    guard block.convolution.window.strides == .one, block.convolution.window.dilation == .one,
      Int(placed.out_rows) == block.inputShape[1] - kernel.rows + 1,
      Int(placed.out_columns) == block.inputShape[2] - kernel.columns + 1,
      placed.pad_top == 0, placed.pad_left == 0
    else { return false }
    return (2...7).contains(kernel.rows) && (2...7).contains(kernel.columns)
  }

  init(
    _ block: ConvolutionBlock, of network: Network, source: ConvolutionTraining?,
    _ kernels: KernelSet
  ) {
    self.block = block
    self.kernels = kernels
    self.source = source
    readsInput = network.inputs.contains { $0.name == block.input }
    shape = Geometry(block, isFirst: readsInput && block.channels == 1)
    buffers = Buffers()
    weights = Weights(shape)
    normalization = Normalization(filters: shape.filters, cell: shape.outputCell)
    source?.reader = block.kernel
  }

  /// Extents, channels in whole vectors, and the descriptions that kernels take.
  struct Geometry {
    let isFirst: Bool
    let channels: Int
    let filters: Int
    /// Floats of a cell of the input, and of the map and all that follows.
    let cell: Int
    let outputCell: Int
    let kernel: Pair
    let window: Pair
    let input: Pair
    let map: Pair
    let output: Pair

    init(_ block: ConvolutionBlock, isFirst: Bool) {
      self.isFirst = isFirst
      (channels, filters) = (block.channels, block.filters)
      cell = isFirst ? 1 : wholeVectors(channels)
      outputCell = wholeVectors(filters)
      (kernel, window) = (block.kernel, block.window)
      input = Pair(rows: block.inputShape[1], columns: block.inputShape[2])
      map = Pair(rows: input.rows - kernel.rows + 1, columns: input.columns - kernel.columns + 1)
      output = Pair(rows: map.rows / window.rows, columns: map.columns / window.columns)
    }

    /// The map in whole tiles of Winograd's filtering.
    var tiles: Pair {
      let (m, n) = (9 - kernel.rows, 9 - kernel.columns)
      return Pair(rows: (map.rows + m - 1) / m * m, columns: (map.columns + n - 1) / n * n)
    }
    var mapCount: Int { tiles.rows * tiles.columns * outputCell }
    var outputCells: Int { output.rows * output.columns }
    var outputCount: Int { outputCells * outputCell }
    /// Weights of one filter and channel.
    var kernelCount: Int { kernel.rows * kernel.columns }
    var weightCount: Int { filters * channels * kernelCount }
    /// Floats of a sample of a first block's sums over patches: as many products and sums.
    var patchCount: Int { kernelCount * kernelCount + kernelCount }
    var isPooled: Bool { window != .one }

    /// Floats of a sample's input, with zeros behind it that tiles of Winograd's filtering may read.
    static func inputCount(_ map: Pair, cell: Int, kernel: Pair) -> Int {
      ((map.rows + 8 - kernel.rows) * map.columns + 8) * cell
    }

    /// A first block's convolution with its pooling.
    var pooledConvolution: tono_convolution { description(window, outputColumns: output.columns) }
    /// The convolution that gives the map, and its adjoint.
    var convolution: tono_convolution { description(.one, outputColumns: tiles.columns) }
    /// The pooling of the map.
    var pooling: tono_convolution { description(window, outputColumns: tiles.columns) }

    private func description(_ window: Pair, outputColumns: Int) -> tono_convolution {
      tono_convolution(
        kernel_rows: Int32(kernel.rows), kernel_columns: Int32(kernel.columns), stride_rows: 1,
        stride_columns: 1, dilation_rows: 1, window_rows: Int32(window.rows),
        window_columns: Int32(window.columns), rectifies: 0, input_cell: Int32(cell),
        output_cell: Int32(outputCell), input_pitch: Int64(cell * input.columns),
        output_pitch: Int64(outputCell * outputColumns))
    }
  }
}
