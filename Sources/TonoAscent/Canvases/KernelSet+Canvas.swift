import CTonoKernels
import TonoCore

/// What a canvas and penalties compute at each step: on `count` floats, in place.
///
/// The order of sums depends on nothing but the count.
extension KernelSet {
  /// g ← factor·(g − mean − slope·y), computed in double.
  ///
  /// - Returns: Σ g²: a finite number if every element is one.
  package func adjoint(
    _ gradient: UnsafeMutablePointer<Float>, factor: Double, mean: Double, slope: Double,
    painted y: UnsafePointer<Float>, count: Int
  ) -> Double {
    canvas.adjoint(y, Int64(count), factor, mean, slope, gradient)
  }

  /// g ← g − share·(2·l2·x + l1·x ÷ |x|), |x| = √(x² + 10⁻⁶).
  ///
  /// - Returns: Σ l2·x² + l1·|x|.
  package func penalize(
    _ x: UnsafePointer<Float>, l2: Float, l1: Float, share: Float,
    gradient: UnsafeMutablePointer<Float>, count: Int
  ) -> Double {
    canvas.penalize(x, Int64(count), l2, l1, share, gradient)
  }

  /// Takes the gradient of share·Σ |d| off, d = x[i + step] − x[i] for i < count, |d| = √(d² + 10⁻⁶).
  ///
  /// - Returns: Σ |d|.
  package func vary(
    _ x: UnsafePointer<Float>, step: Int, share: Float, gradient: UnsafeMutablePointer<Float>,
    count: Int
  ) -> Double {
    canvas.vary(x, Int64(step), Int64(count), share, gradient)
  }

  private var canvas: tono_canvas_kernels { functions.pointee.canvas }
}
