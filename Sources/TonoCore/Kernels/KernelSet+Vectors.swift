import CTonoKernels

/// Sums and steps on `count` floats.
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

  /// One step of Adam: moves the moments, and the cells uphill.
  ///
  /// The moved cells are written to `moved`, or in place of the cells.
  package func adam(
    _ step: AdamStep, gradient: UnsafePointer<Float>, first: UnsafeMutablePointer<Float>,
    second: UnsafeMutablePointer<Float>, cells: UnsafeMutablePointer<Float>,
    into moved: UnsafeMutablePointer<Float>? = nil, count: Int
  ) {
    canvas.adam(gradient, Int64(count), step.factors, first, second, cells, moved ?? cells)
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
