import CTonoKernels
import TonoCore

/// When and how convolutions run by Winograd's minimal filtering with the eight points 0, ±1, ±2, ±½
/// and infinity: F(m×n, k×l) with m = 9 − k, n = 9 − l.
///
/// Lavin & Gray, "Fast Algorithms for Convolutional Neural Networks", 2016.
enum Winograd {
  /// The rows of G, `[8, size]`: powers of the points, scaled so that the input's transform has
  /// elements of at most 1.
  static func kernelTransform(size: Int) -> [[Double]] {
    let points: [(point: Double, scale: Double)] = [
      (0, 21 / 4), (1, 17 / 18), (-1, 17 / 18), (2, 1 / 36), (-2, 1 / 36), (0.5, 32 / 9),
      (-0.5, 32 / 9),
    ]
    let finite = points.map { point, scale in
      (0..<size).map { power in scale * (0..<power).reduce(1) { value, _ in value * point } }
    }
    return finite + [(0..<size).map { $0 == size - 1 ? 21 / 4 : 0 }]
  }

  /// Calls `body` with the transforms of kernels of one size.
  static func withKernels(
    _ size: Pair, _ body: (UnsafePointer<tono_winograd_kernels>) -> Void
  ) {
    let vertical = kernelTransform(size: size.rows).flatMap { $0 }
    let horizontal = kernelTransform(size: size.columns).flatMap { $0 }
    vertical.withUnsafeBufferPointer { vertical in
      horizontal.withUnsafeBufferPointer { horizontal in
        guard let vertical = vertical.baseAddress, let horizontal = horizontal.baseAddress else {
          return
        }
        var kernels = tono_winograd_kernels(
          kernel_rows: Int32(size.rows), kernel_columns: Int32(size.columns), vertical: vertical,
          horizontal: horizontal)
        body(&kernels)
      }
    }
  }

  /// Whether it is expected to be faster than the direct kernel for a convolution that gives
  /// `rows`×`columns` cells before pooling.
  static func pays(_ block: ConvolutionBlock, outputs: Int, rows: Int, columns: Int) -> Bool {
    let (kernel, window) = (block.kernel, block.convolution.window)
    guard (2...7).contains(kernel.rows), (2...7).contains(kernel.columns),
      window.strides == .one, window.dilation == .one, block.channels >= 8
    else { return false }
    let (m, n) = (9 - kernel.rows, 9 - kernel.columns)
    let tiles = ((rows + m - 1) / m) * ((columns + n - 1) / n)
    // Multiplications, with a third more for the transforms; a large set of transformed weights
    // comes from memory for each sample, where a float costs as much as some thirty of them.
    let channels = wholeVectors(block.channels) * outputs
    let weights = 64 * channels
    let filtered = weights * tiles * 4 / 3 + (weights > 1 << 19 ? weights * 30 : 0)
    return filtered < kernel.rows * kernel.columns * channels * rows * columns
  }
}
