import Foundation

/// A scale of pitch on which equal steps sound equally wide.
public enum MelScale: String, Sendable, Codable, CaseIterable {
  /// Linear below 1 kHz, logarithmic above (Slaney's Auditory Toolbox, 1998); librosa's default.
  case slaney
  /// `2595 log₁₀(1 + f/700)` (the Hidden Markov Model Toolkit).
  case htk

  /// Slaney's scale: 200/3 Hz per mel up to 1 kHz (15 mel), then 27 mel for each factor of 6.4.
  private static let hertzPerMel = 200.0 / 3
  private static let logarithmicFrom = 1000.0
  private static let logarithmicStep = log(6.4) / 27

  /// The pitch in mel of a frequency in Hz.
  public func mel(fromHertz hertz: Double) -> Double {
    switch self {
    case .slaney:
      guard hertz >= Self.logarithmicFrom else { return hertz / Self.hertzPerMel }
      return Self.logarithmicFrom / Self.hertzPerMel
        + log(hertz / Self.logarithmicFrom) / Self.logarithmicStep
    case .htk: return 2595 * log10(1 + hertz / 700)
    }
  }

  /// The frequency in Hz of a pitch in mel.
  public func hertz(fromMel mel: Double) -> Double {
    switch self {
    case .slaney:
      let above = mel - Self.logarithmicFrom / Self.hertzPerMel
      guard above >= 0 else { return mel * Self.hertzPerMel }
      return Self.logarithmicFrom * exp(Self.logarithmicStep * above)
    case .htk: return 700 * (pow(10, mel / 2595) - 1)
    }
  }
}
