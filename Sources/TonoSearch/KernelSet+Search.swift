import CTonoKernels
import TonoCore
import TonoNetwork

extension KernelSet {
  /// For `count` vectors `[width]` of `others`: bias + Σ weights · max(0, one + other).
  ///
  /// An answer depends on nothing but its own vector, not on its companions.
  func rectifiedSums(
    _ one: UnsafePointer<Float>, _ others: UnsafePointer<Float>, _ weights: UnsafePointer<Float>,
    bias: Float, width: Int, count: Int, into answers: UnsafeMutablePointer<Float>
  ) {
    functions.pointee.rectified_sums(
      one, others, weights, bias, Int64(width), Int64(count), answers)
  }
}
