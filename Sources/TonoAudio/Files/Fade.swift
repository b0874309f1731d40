import Foundation
import TonoCore

/// Raised cosines at both ends of a sound, so that it neither begins nor ends with a click.
public struct Fade: Sendable {
  /// How long each lasts, in seconds.
  public static let seconds = 0.005

  /// What the first samples are multiplied by, and in reverse the last ones.
  public let gains: [Float]

  /// The fades of a sound of so many samples.
  public init(sampleCount: Int, sampleRate: Int) {
    let count = min(Int(Self.seconds * Double(sampleRate)), sampleCount / 2)
    gains = (0..<count).map { Float(0.5 - 0.5 * cos(Double.pi * Double($0) / Double(count))) }
  }

  /// Fades samples, or their gradient, in place.
  public func apply(to samples: UnsafeMutablePointer<Float>, count: Int) {
    for (index, gain) in gains.enumerated() {
      samples[index] *= gain
      samples[count - 1 - index] *= gain
    }
  }
}
