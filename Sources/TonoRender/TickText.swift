import Foundation

/// How the numbers of an axis are written.
public enum TickText {
  /// A number with a decimal prefix: `500`, `1k`, `2.5k`, `22.05k`, `1M`.
  public static func prefixed(_ value: Double) -> String {
    switch abs(value) {
    case 1e6...: shortest(value / 1e6) + "M"
    case 1e3...: shortest(value / 1e3) + "k"
    default: shortest(value)
    }
  }

  /// A number of a series whose members are `step` apart: all with the same decimals.
  ///
  /// Series far from 1 are written with an exponent, as in `2e−6`.
  static func fixed(_ value: Double, step: Double) -> String {
    let value = abs(value) < step / 2 ? 0 : value
    guard step >= 1e-4, abs(value) < 1e6 else { return shortest(value) }
    let decimals = max(0, -Int((log10(step) + 1e-9).rounded(.down)))
    return typeset(String(format: "%.\(decimals)f", value))
  }

  /// A number by itself, in as few digits as say it (six at most).
  static func shortest(_ value: Double) -> String {
    typeset(String(format: "%.6g", value == 0 ? 0 : value))
  }

  /// The same number with a true minus sign and a short exponent.
  private static func typeset(_ number: String) -> String {
    let parts = number.split(separator: "e")
    guard parts.count == 2, let exponent = Int(parts[1]) else {
      return number.replacingOccurrences(of: "-", with: "−")
    }
    return "\(parts[0])e\(exponent)".replacingOccurrences(of: "-", with: "−")
  }
}
