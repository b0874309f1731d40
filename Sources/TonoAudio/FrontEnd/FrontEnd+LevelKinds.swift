import Foundation
import TonoCore

extension FrontEnd {
  /// How what a band holds becomes a level.
  public enum Logarithm: String, Sendable, Codable, CaseIterable {
    /// 10 log₁₀ (librosa's `power_to_db`).
    case decibels
    /// 20 log₁₀ (librosa's `amplitude_to_db` of amplitudes).
    case amplitudeDecibels
    /// ln.
    case natural
    /// log₁₀.
    case log10
    /// The number itself.
    case none

    /// k of level = k · ln(s); nil for the number itself.
    var factor: Double? {
      switch self {
      case .decibels: 10 / log(10)
      case .amplitudeDecibels: 20 / log(10)
      case .natural: 1
      case .log10: 1 / log(10)
      case .none: nil
      }
    }
  }

  /// What levels are measured from.
  public enum Reference: Hashable, Sendable {
    /// The largest number of the example: its level is 0.
    case maximum
    /// A fixed number: its level is 0.
    case value(Float)
  }

  /// How levels become network units.
  public enum Normalization: Hashable, Sendable {
    /// Each example is brought to zero mean and unit variance; a constant one to zeros.
    case perExample
    /// The network takes levels as they are.
    case none
    /// (level − mean) / deviation, with one number for all bands or one for each.
    case fixed(mean: [Float], deviation: [Float])
  }
}

extension FrontEnd.Reference: Codable {
  /// Reads a number, or `"maximum"`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Float.self) {
      self = .value(number)
    } else if try container.decode(String.self) == "maximum" {
      self = .maximum
    } else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "expected \"maximum\" or a number")
    }
  }

  /// Writes a number, or `"maximum"`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .maximum: try container.encode("maximum")
    case .value(let number): try container.encode(number)
    }
  }
}
