import Foundation
import TonoSearch

/// The report as text.
extension EvaluationReport {
  /// Tables in Markdown: for each way to ask the MRR of every category beside the paper's, all measures with
  /// their intervals, and the comparisons.
  public var markdown: String {
    var lines = ["# Retrieval by vocal imitation", "", summary, ""]
    lines += splits.map { "- \($0)" } + missing.map { "- \($0)" }
    if !problems.isEmpty {
      lines.append("- \(problems.count) sounds could not be used, such as \(problems[0])")
    }
    for section in sections { lines += [""] + section.lines }
    if layout == .qvim { lines += [""] + challenge }
    return lines.joined(separator: "\n") + "\n"
  }

  /// What others have reached on the challenge's set, as they publish it.
  private var challenge: [String] {
    [
      "The challenge's own numbers on this set (all imitations, among all sounds):", "",
      "| system | MRR | class-wise nDCG |", "| --- | ---: | ---: |",
    ]
      + ChallengeNumbers.systems.map { system in
        let gain = system.normalizedGain.map { String(format: "%.3f", $0) } ?? ""
        return String(format: "| %@ | %.3f | ", system.name, system.meanReciprocalRank) + gain
          + " |"
      }
  }

  private var summary: String {
    let persons = people.map { " by \($0) people" } ?? ""
    return "\(data) (\(layout.rawValue)): \(imitations) imitations\(persons) of \(sounds) sounds."
  }
}

extension EvaluationReport.Section {
  fileprivate var lines: [String] {
    var lines = ["## \(queries.rawValue), among \(candidates.rawValue)", ""]
    let hasPaper = configurations.contains { $0.categories.contains { $0.paper != nil } }
    lines += Self.table(
      [
        "configuration", "trainings", "category", "queries", "candidates", "MRR", "chance",
        "corrected",
      ]
        + (hasPaper ? ["the paper's MRR, on VocalSketch"] : []),
      configurations.flatMap { configuration in
        configuration.categories.map { category in
          [
            configuration.name, "\(category.trainings.count)", category.name ?? "all",
            Self.short(category.queries), Self.short(category.candidates),
            Self.spread(category.mean, category.deviation), Self.three(category.chance),
            category.corrected.map(Self.three) ?? "",
          ]
            + (hasPaper
              ? [category.paper.map { Self.spread($0.mean, $0.deviation, digits: 2) } ?? ""] : [])
        }
      })
    let names = RetrievalMeasure.all.map(\.description).filter { name in
      configurations.contains { $0.measures[name] != nil }
    }
    lines += ["", "Means over queries, with 95 % intervals over sounds, and what chance gets:", ""]
    lines += Self.table(
      ["measure"] + configurations.map(\.name) + ["chance"],
      names.map { name in
        [name]
          + configurations.map { configuration in
            configuration.measures[name].map { Self.interval($0.mean, $0.interval) } ?? ""
          } + [
            configurations.lazy.compactMap { $0.measures[name]?.chance }.first.map(Self.three) ?? ""
          ]
      })
    guard !comparisons.isEmpty else { return lines }
    lines += ["", "Reciprocal ranks, query by query (paired permutation test over sounds):", ""]
    lines += Self.table(
      ["", "difference", "queries", "p"],
      comparisons.map { comparison in
        [
          "\(comparison.first) − \(comparison.second)",
          Self.interval(comparison.difference, comparison.interval), "\(comparison.queries)",
          comparison.p < 0.001 ? "< 0.001" : Self.three(comparison.p),
        ]
      })
    return lines
  }

  private static func table(_ header: [String], _ rows: [[String]]) -> [String] {
    func line(_ cells: [String]) -> String {
      "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
    }
    let alignment = header.indices.map { $0 == 0 ? "---" : "---:" }
    return [line(header), line(alignment)] + rows.map(line)
  }

  private static func three(_ number: Double) -> String { String(format: "%.3f", number) }

  private static func short(_ number: Double) -> String { String(format: "%.4g", number) }

  private static func spread(_ mean: Double, _ deviation: Double?, digits: Int = 3) -> String {
    String(format: "%.*f", digits, mean)
      + (deviation.map { String(format: " ± %.*f", digits, $0) } ?? "")
  }

  private static func interval(_ mean: Double, _ interval: ClosedRange<Double>?) -> String {
    three(mean)
      + (interval.map { String(format: " [%.3f, %.3f]", $0.lowerBound, $0.upperBound) } ?? "")
  }
}

extension EvaluationReport {
  /// All measures as a table of comma-separated values, a row for each: first the MRR of every training and
  /// category, then the estimates.
  public var csv: String {
    var rows = [
      [
        "queries", "candidates", "configuration", "category", "measure", "training", "value",
        "deviation", "low", "high", "chance", "corrected", "query_count", "candidate_count",
      ]
    ]
    func number(_ value: Double?) -> String { value.map { String(format: "%.9g", $0) } ?? "" }
    for section in sections {
      for configuration in section.configurations {
        let start = [section.queries.rawValue, section.candidates.rawValue, configuration.name]
        for category in configuration.categories {
          let end = [number(category.queries), number(category.candidates)]
          let name = category.name ?? "all"
          for (index, value) in category.trainings.enumerated() {
            rows.append(
              start + [name, "MRR", "\(index + 1)", number(value), "", "", "", "", ""] + end)
          }
          rows.append(
            start + [
              name, "MRR", "mean", number(category.mean), number(category.deviation), "", "",
              number(category.chance), number(category.corrected),
            ] + end)
        }
        for measure in RetrievalMeasure.all.map(\.description) {
          guard let estimate = configuration.measures[measure] else { continue }
          rows.append(
            start + [
              "all", measure, "pooled", number(estimate.mean), "",
              number(estimate.interval?.lowerBound), number(estimate.interval?.upperBound),
              number(estimate.chance), number(estimate.corrected), "\(configuration.queries)",
              "\(configuration.candidates.lowerBound)–\(configuration.candidates.upperBound)",
            ])
        }
      }
    }
    return rows.map { $0.map(Self.field).joined(separator: ",") }.joined(separator: "\n") + "\n"
  }

  /// A field by RFC 4180.
  private static func field(_ text: String) -> String {
    text.contains { ",\"\n\r".contains($0) } ? "\"\(text.replacing("\"", with: "\"\""))\"" : text
  }
}
