/// The mean reciprocal ranks that Zhang, Pardo & Duan report (IEEE/ACM TASLP 2019, table 2) on VocalSketch 1.0:
/// imitations by people, half of each category's sounds held out.
///
/// They are the paper's, not this project's: they stand beside what is measured, to be compared.
public struct PaperNumbers {
  /// A system of the paper's table.
  public enum System: String, Codable, Sendable, CaseIterable {
    /// Two equal towers over constant-Q spectrograms, from scratch.
    case iminet
    /// TL-IMINET's towers from random weights.
    case scratch
    /// TL-IMINET's towers pretrained on languages and urban sounds.
    case pretrained

    /// What the paper calls it.
    public var title: String {
      switch self {
      case .iminet: "IMINET"
      case .scratch: "TL-IMINET without pretraining"
      case .pretrained: "TL-IMINET with pretraining"
      }
    }

    /// The system that a configuration's name speaks of, if it does.
    public init?(named name: String) {
      let name = name.lowercased()
      guard let system = Self.allCases.first(where: { name.contains($0.rawValue) }) else {
        return nil
      }
      self = system
    }
  }

  /// A mean and a standard deviation.
  public struct Number: Codable, Sendable, Equatable {
    /// The mean.
    public let mean: Double
    /// The standard deviation.
    public let deviation: Double
  }

  /// The MRR of a system in a category of VocalSketch, by the category's name in its files.
  public static func meanReciprocalRank(_ system: System, category: String) -> Number? {
    let words = category.lowercased().split { !$0.isLetter }.joined(separator: " ")
    guard let column = categories.firstIndex(of: words) else { return nil }
    let (mean, deviation) = numbers[system]?[column] ?? (0, 0)
    return Number(mean: mean, deviation: deviation)
  }

  private static let categories = [
    "acoustic instruments", "commercial synthesizers", "everyday", "single synthesizer",
  ]

  private static let numbers: [System: [(Double, Double)]] = [
    .iminet: [(0.40, 0.03), (0.33, 0.02), (0.16, 0.01), (0.38, 0.02)],
    .scratch: [(0.40, 0.03), (0.31, 0.02), (0.23, 0.02), (0.38, 0.03)],
    .pretrained: [(0.46, 0.02), (0.35, 0.02), (0.25, 0.02), (0.40, 0.03)],
  ]
}
