import Foundation
import TonoNetwork

extension FrontEnd {
  /// The nearest pattern that power in Fourier bins can make, frame by frame.
  ///
  /// Low mel bands are narrower than bins and share them, so that a free pattern is usually none. The
  /// levels are taken for band powers, those explained by bins in the non-negative least squares of
  /// `Inversion`, and analysed again.
  ///
  /// - Parameters:
  ///   - pattern: in network units, of `inputShape`.
  ///   - iterations: steps of the least squares.
  /// - Returns: a pattern of the same shape.
  /// - Complexity: O(iterations · frames · non-zero weights).
  public func producible(nearestTo pattern: Tensor, iterations: Int = 10) -> Tensor {
    let level = decibels(of: pattern).reshaped([bands, frames])
    let power = Tensor(shape: level.shape, values: level.values.map { pow(10, $0 / 10) })
    let bank = filterBank
    let bins = bank.binPower(ofBandPower: power, iterations: iterations)
    let bandPower = Tensor(
      shape: level.shape, values: bank.bands(summing: bins.values, frames: frames))
    return normalized(logMel(ofMelPower: bandPower)).reshaped(pattern.shape)
  }
}
