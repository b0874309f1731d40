import Foundation
import TonoCore

extension FrontEnd {
  /// The nearest pattern that Fourier bins can make, frame by frame.
  ///
  /// Low mel bands are narrower than bins and share them, so that a free pattern is usually none. What the
  /// pattern's bands hold is explained by bins in the non-negative least squares of `Inversion`, and
  /// analysed again.
  ///
  /// - Precondition: the bands are not constant-Q filters.
  /// - Parameters:
  ///   - pattern: in network units, of `inputShape`.
  ///   - iterations: steps of the least squares.
  /// - Returns: a pattern of the same shape.
  /// - Complexity: O(iterations · frames · non-zero weights).
  public func producible(nearestTo pattern: Tensor, iterations: Int = 10) -> Tensor {
    let values = bandValues(ofLevels: levels(ofPattern: pattern))
    let bank = filterBank
    let bins = bank.binPower(ofBandPower: values, iterations: iterations)
    return input(
      ofBandValues: Tensor(
        shape: values.shape, values: bank.bands(summing: bins.values, frames: frames)))
  }
}
