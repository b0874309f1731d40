import Foundation

extension Float {
  /// An activation with the digits that a reader compares.
  package var short: String { String(format: abs(self) >= 100 ? "%.0f" : "%.3g", self) }
}
