import CTonoKernels
import TonoCore

/// The block's weights in the layouts of the kernels. `cell` is the floats of an input cell: channels
/// beyond the block's own have no weight. Outputs are padded to whole vectors of 8.
extension ConvolutionBlock {
  /// `[kernel rows, kernel columns, cell, outputs]`.
  func packDirect(_ filters: Range<Int>, cell: Int) -> AlignedFloats {
    let outputs = wholeVectors(filters.count)
    return AlignedFloats(count: kernel.rows * kernel.columns * cell * outputs) { packed in
      forEachWeight(filters) { output, filter, channel, row, column in
        let place = (row * kernel.columns + column) * cell + channel
        packed[place * outputs + output] = Float(weight(filter, channel, row, column))
      }
    }
  }

  /// `[kernel rows, outputs, run]` for the adjoint, run = kernel columns · cell in whole cache lines.
  func packScatter(_ filters: Range<Int>, cell: Int) -> AlignedFloats {
    let (outputs, run) = (wholeVectors(filters.count), wholeLines(kernel.columns * cell))
    return AlignedFloats(count: kernel.rows * outputs * run) { packed in
      forEachWeight(filters) { output, filter, channel, row, column in
        packed[(row * outputs + output) * run + column * cell + channel] =
          Float(weight(filter, channel, row, column))
      }
    }
  }

  /// `[outputs, window cells, patch rows, patch]`: the kernel placed where each winner has it.
  func packTable(_ filters: Range<Int>) -> AlignedFloats {
    let (rows, columns) = (patch.rows, patch.columns)
    let (strides, dilation) = (convolution.window.strides, convolution.window.dilation)
    let count = wholeVectors(filters.count) * window.rows * window.columns * rows * columns
    return AlignedFloats(count: count) { packed in
      for place in 0..<window.rows * window.columns {
        let top = place / window.columns * strides.rows
        let left = place % window.columns * strides.columns
        forEachWeight(filters) { output, filter, channel, row, column in
          let entry = output * window.rows * window.columns + place
          packed[(entry * rows + top + row * dilation.rows) * columns + left + column] =
            Float(weight(filter, channel, row, column))
        }
      }
    }
  }

  /// The rows of the patch of input that a window sees, and its columns in whole vectors.
  var patch: Pair {
    let (strides, dilation) = (convolution.window.strides, convolution.window.dilation)
    return Pair(
      rows: (window.rows - 1) * strides.rows + (kernel.rows - 1) * dilation.rows + 1,
      columns: wholeVectors((window.columns - 1) * strides.columns + kernel.columns))
  }

  /// `[kernel rows, kernel columns · cell]` of one filter.
  func packChannel(_ filter: Int, cell: Int) -> AlignedFloats {
    AlignedFloats(count: kernel.rows * kernel.columns * cell) { packed in
      forEachWeight(filter..<filter + 1) { _, filter, channel, row, column in
        packed[(row * kernel.columns + column) * cell + channel] =
          Float(weight(filter, channel, row, column))
      }
    }
  }

  /// `[outputs]`.
  func packBias(_ filters: Range<Int>) -> AlignedFloats {
    AlignedFloats(count: wholeVectors(filters.count)) { packed in
      for (output, filter) in filters.enumerated() { packed[output] = Float(bias(filter)) }
    }
  }

  /// `[8·8, cell, outputs]`: G·w·Gᵀ of each kernel, computed in double precision.
  func packWinograd(_ filters: Range<Int>, cell: Int) -> AlignedFloats {
    let outputs = wholeVectors(filters.count)
    let size = kernel.rows * kernel.columns
    return AlignedFloats(count: 64 * cell * outputs) { packed in
      convolution.kernel.withPointer { weights in
        Winograd.withKernels(kernel) { kernels in
          for (output, filter) in filters.enumerated() {
            tono_winograd_transform(
              kernels, weights + filter * channels * size, Int64(size), Int32(channels),
              normalization?.layer.scale[filter] ?? 1, packed + output, Int64(outputs),
              Int64(cell * outputs))
          }
        }
      }
    }
  }

  private func forEachWeight(
    _ filters: Range<Int>,
    _ body: (_ output: Int, _ filter: Int, _ channel: Int, _ row: Int, _ column: Int) -> Void
  ) {
    for (output, filter) in filters.enumerated() {
      for channel in 0..<channels {
        for row in 0..<kernel.rows {
          for column in 0..<kernel.columns { body(output, filter, channel, row, column) }
        }
      }
    }
  }
}

/// The smallest multiple of 8 that holds so many floats.
func wholeVectors(_ count: Int) -> Int { (count + 7) / 8 * 8 }

/// The smallest multiple of 16, a cache line, that holds so many floats.
func wholeLines(_ count: Int) -> Int { (count + 15) / 16 * 16 }
