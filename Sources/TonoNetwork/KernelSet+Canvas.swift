import CTonoKernels

/// What an ascent computes at each step besides the network: on `count` floats, in place.
///
/// The order of sums depends on nothing but the count.
extension KernelSet {
  /// Σ x, in double.
  package func sum(_ x: UnsafePointer<Float>, count: Int) -> Double {
    canvas.sum(x, Int64(count))
  }

  /// Σ (x − mean)², in double.
  package func sumOfSquares(
    _ x: UnsafePointer<Float>, around mean: Double = 0, count: Int
  ) -> Double {
    canvas.sum_squares(x, mean, Int64(count))
  }

  /// Σ x·y, in double.
  package func sumOfProducts(
    _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, count: Int
  ) -> Double {
    canvas.sum_products(x, y, Int64(count))
  }

  /// y = factor·x + level, computed in double.
  ///
  /// - Returns: Σ y: a finite number if every element is one.
  package func paint(
    _ x: UnsafePointer<Float>, factor: Double, level: Double,
    into y: UnsafeMutablePointer<Float>, count: Int
  ) -> Double {
    canvas.paint(x, Int64(count), factor, level, y)
  }

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

  /// One step of Adam: moves the moments, and the cells uphill.
  package func adam(
    _ step: AdamStep, gradient: UnsafePointer<Float>, first: UnsafeMutablePointer<Float>,
    second: UnsafeMutablePointer<Float>, cells: UnsafeMutablePointer<Float>, count: Int
  ) {
    canvas.adam(gradient, Int64(count), step.factors, first, second, cells)
  }

  private var canvas: tono_canvas_kernels { functions.pointee.canvas }
}

/// The factors of one step of Adam (Kingma & Ba 2015, algorithm 1).
package struct AdamStep {
  fileprivate let factors: tono_adam

  /// The factors of a step.
  ///
  /// - Parameters:
  ///   - rate: the length of the step.
  ///   - slope: what the gradient is multiplied by first.
  ///   - decays: how much of the moments before is kept, β₁ and β₂.
  ///   - shares: how much of the gradient and of its square is added, 1 − β₁ and 1 − β₂.
  ///   - corrections: 1 − β₁ᵗ and 1 − β₂ᵗ at step t, counted from 1.
  ///   - epsilon: what keeps the division from zero.
  package init(
    rate: Float, slope: Float, decays: (Float, Float), shares: (Float, Float),
    corrections: (Float, Float), epsilon: Float
  ) {
    factors = tono_adam(
      slope: slope, first_decay: decays.0, first_share: shares.0, second_decay: decays.1,
      second_share: shares.1, rate: rate / corrections.0, second_correction: 1 / corrections.1,
      epsilon: epsilon)
  }
}
