import CTonoKernels
import TonoCore

extension ConvolutionTraining {
  /// What a block remembers of each sample between its passes, and room to work in.
  struct Buffers {
    /// The input `[samples][rows, columns, cell]`, if the block reads a tensor.
    var input = AlignedBuffer<Float>(count: 0)
    var inputStride = 0
    /// The map `[samples][tiles, output cell]` before pooling; a first block has none.
    var map = AlignedBuffer<Float>(count: 0)
    /// The winners' values before normalization, and their places in their windows.
    var pooled = AlignedBuffer<Float>(count: 0)
    var winners = AlignedBuffer<UInt8>(count: 0)
    /// The output; on the way back the gradient in front of the rectifier takes its place.
    var output = AlignedBuffer<Float>(count: 0)
    var outputStride = 0
    /// Per sample two sums for each channel: of the map on the way there, of the gradient on the
    /// way back.
    var moments = AlignedBuffer<Double>(count: 0)
    /// Per sample a first block's products of patches, then their sums.
    var patches = AlignedBuffer<Double>(count: 0)
    /// Per group of samples the sums of weight gradients: of a first block in double precision, else
    /// in Winograd's domain.
    var patchSums = AlignedBuffer<Double>(count: 0)
    var products = AlignedBuffer<Float>(count: 0)
    /// Per thread room for kernels, for a map's gradient with zeros behind it, and for an input's.
    var scratch: [AlignedBuffer<Float>] = []
    var mapGradients: [AlignedBuffer<Float>] = []
    var inputGradients: [AlignedBuffer<Float>] = []
  }

  /// Plans all buffers for a largest batch.
  func allocate(batch: Int, threads: Int) {
    let shape = shape
    if source == nil {
      buffers.inputStride = Geometry.inputCount(shape.input, cell: shape.cell, kernel: shape.kernel)
      buffers.input = AlignedBuffer(count: batch * buffers.inputStride + 8)
    }
    buffers.outputStride =
      reader.map { Geometry.inputCount(shape.output, cell: shape.outputCell, kernel: $0) }
      ?? shape.outputCount
    buffers.output = AlignedBuffer(count: batch * buffers.outputStride)
    buffers.moments = AlignedBuffer(count: batch * 2 * shape.outputCell)
    if shape.isPooled { buffers.winners = AlignedBuffer(count: batch * shape.outputCount) }
    buffers.pooled = AlignedBuffer(count: batch * shape.outputCount)
    if shape.isFirst {
      let sums = shape.outputCell * shape.kernel.rows * 8
      buffers.patches = AlignedBuffer(count: batch * shape.patchCount)
      buffers.patchSums = AlignedBuffer(count: Self.groups * sums)
      var convolution = shape.pooledConvolution
      let count = max(Int(tono_convolve_scratch(&convolution)), sums)
      buffers.scratch = (0..<threads).map { _ in AlignedBuffer(count: count) }
    } else {
      buffers.map = AlignedBuffer(count: batch * shape.mapCount)
      buffers.products = AlignedBuffer(count: Self.groups * 64 * shape.cell * shape.outputCell)
      var convolution = shape.convolution
      let (rows, columns) = (Int32(shape.map.rows), Int32(shape.map.columns))
      let count = max(
        tono_winograd_blocks(&convolution, columns).scratch,
        tono_winograd_adjoint_scratch(&convolution, rows, columns))
      buffers.scratch = (0..<threads).map { _ in AlignedBuffer(count: Int(count)) }
      buffers.mapGradients = (0..<threads).map { _ in AlignedBuffer(count: shape.mapCount) }
    }
    let inputCount = shape.input.rows * shape.input.columns * shape.cell
    let room = max(readsInput ? 0 : inputCount, reader == nil ? shape.outputCount : 0)
    buffers.inputGradients = (0..<threads).map { _ in AlignedBuffer(count: room) }
  }

  /// A sample's input, whether it is this block's own copy or the source's output.
  func input(_ sample: Int) -> UnsafeMutablePointer<Float> {
    source.map { $0.output(sample) } ?? buffers.input.start + sample * buffers.inputStride
  }

  func output(_ sample: Int) -> UnsafeMutablePointer<Float> {
    buffers.output.start + sample * buffers.outputStride
  }

  func map(_ sample: Int) -> UnsafeMutablePointer<Float> {
    buffers.map.start + sample * shape.mapCount
  }

  func pooled(_ sample: Int) -> UnsafeMutablePointer<Float> {
    buffers.pooled.start + sample * shape.outputCount
  }

  func winners(_ sample: Int) -> UnsafeMutablePointer<UInt8>? {
    shape.isPooled ? buffers.winners.start + sample * shape.outputCount : nil
  }

  /// A sample's sums, set to zero.
  func clearedMoments(_ sample: Int) -> (UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>)
  {
    let start = sample * 2 * shape.outputCell
    buffers.moments.clear(start..<start + 2 * shape.outputCell)
    let sums = buffers.moments.start + start
    return (sums, sums + shape.outputCell)
  }

  /// Both sums of each filter over all samples, in their order.
  func totalMoments(_ samples: Int) -> (first: [Double], second: [Double]) {
    var (first, second) = ([Double](), [Double]())
    for filter in 0..<shape.filters {
      var sums = (0.0, 0.0)
      for sample in 0..<samples {
        let moments = buffers.moments.start + sample * 2 * shape.outputCell
        sums.0 += moments[filter]
        sums.1 += moments[shape.outputCell + filter]
      }
      first.append(sums.0)
      second.append(sums.1)
    }
    return (first, second)
  }

  /// The samples of one group of a batch: the same for any number of threads.
  func samples(of group: Int, in count: Int) -> Range<Int> {
    group * count / Self.groups..<(group + 1) * count / Self.groups
  }
}

/// Copies a map `[channels, cells]` to `[cells, cell]`; what is behind the channels is left alone.
func copyChannelsLast(
  _ source: UnsafePointer<Float>, channels: Int, cells: Int, cell: Int,
  to target: UnsafeMutablePointer<Float>
) {
  for channel in 0..<channels {
    for index in 0..<cells { target[index * cell + channel] = source[channel * cells + index] }
  }
}

/// Copies a map `[cells, cell]` to `[channels, cells]`.
func copyChannelsFirst(
  _ source: UnsafePointer<Float>, channels: Int, cells: Int, cell: Int,
  to target: UnsafeMutablePointer<Float>
) {
  for channel in 0..<channels {
    for index in 0..<cells { target[channel * cells + index] = source[index * cell + channel] }
  }
}
