import Foundation
import TonoCore

extension FrontEnd {
  /// Whether how loud a sound was can still be told from its features.
  ///
  /// Those measured from an example's own maximum, or brought to zero mean and unit variance, have forgotten
  /// it.
  public var remembersLoudness: Bool { reference != .maximum && normalization != .perExample }

  /// The features of the same sound, so many decibels louder.
  ///
  /// Exact but for cells at the front end's floor: what was cut off there stays cut off.
  ///
  /// - Parameters:
  ///   - features: of `inputShape`, in network units.
  ///   - decibels: how much the sound's samples grow; 6.02 doubles them.
  /// - Returns: features of `inputShape`; unchanged where they do not remember loudness.
  /// - Complexity: O(cells).
  public func louder(_ features: Tensor, by decibels: Float) -> Tensor {
    guard remembersLoudness, decibels != 0 else { return features }
    let growth = pow(10, decibels / 20 * spectrum.exponent)
    var values = bandValues(ofLevels: levels(ofPattern: features))
    for i in values.values.indices { values.values[i] *= growth }
    return input(ofBandValues: values)
  }
}
