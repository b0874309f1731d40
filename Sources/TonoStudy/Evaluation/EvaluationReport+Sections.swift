import TonoCore
import TonoSearch

/// From answered queries to a report's numbers.
extension EvaluationReport.Section {
  /// A configuration's answers: a list for each of its trainings.
  struct Answers {
    let name: String
    let models: [String]
    let trainings: [[AnsweredQuery]]
  }

  /// The section of some queries and candidates; nil if nothing was asked.
  init?(_ queries: QuerySet, _ candidates: CandidateSet, _ answers: [Answers]) {
    let asked = answers.filter { $0.trainings.contains { !$0.isEmpty } }
    guard !asked.isEmpty else { return nil }
    self.init(
      queries: queries, candidates: candidates,
      configurations: asked.map { EvaluationReport.Configuration($0) },
      comparisons: asked.indices.flatMap { first in
        asked.indices.dropFirst(first + 1).map { second in
          EvaluationReport.Comparison(asked[first], asked[second])
        }
      })
  }
}

extension EvaluationReport.Configuration {
  fileprivate init(_ answers: EvaluationReport.Section.Answers) {
    let all = answers.trainings.flatMap(\.self)
    let counts = all.map(\.ranking.candidates)
    let categories = Set(all.map(\.category)).sorted()
    let groups: [String?] = categories + (categories.count > 1 ? [nil] : [])
    self.init(
      name: answers.name, models: answers.models, queries: Set(all.map(\.query)).count,
      sounds: Set(all.map(\.sound)).count, candidates: (counts.min() ?? 0)...(counts.max() ?? 0),
      categories: groups.map { category in
        EvaluationReport.Category(
          category, of: answers.name,
          answers.trainings.map { $0.filter { category == nil || $0.category == category } })
      },
      measures: RetrievalMeasure.all.reduce(into: [:]) { measures, measure in
        measures[measure.description] = RetrievalEstimate(measure, of: answers.trainings)
      })
  }
}

extension EvaluationReport.Category {
  fileprivate init(_ name: String?, of configuration: String, _ trainings: [[AnsweredQuery]]) {
    let trainings = trainings.filter { !$0.isEmpty }
    let all = trainings.flatMap(\.self)
    let values = trainings.map { $0.map(\.ranking.reciprocalRank).mean }
    let chance = all.map(\.ranking.atChance.reciprocalRank).mean
    self.init(
      name: name, queries: Double(all.count) / Double(max(1, trainings.count)),
      candidates: all.map { Double($0.ranking.candidates) }.mean, trainings: values,
      mean: values.mean, deviation: values.deviation, chance: chance,
      corrected: chance < 1 ? (values.mean - chance) / (1 - chance) : nil,
      paper: name.flatMap { category in
        PaperNumbers.System(named: configuration).flatMap {
          PaperNumbers.meanReciprocalRank($0, category: category)
        }
      })
  }
}

extension EvaluationReport.Comparison {
  fileprivate init(
    _ first: EvaluationReport.Section.Answers, _ second: EvaluationReport.Section.Answers
  ) {
    func means(_ answers: EvaluationReport.Section.Answers) -> [String: (String, Double)] {
      Dictionary(grouping: answers.trainings.flatMap(\.self), by: \.query).mapValues {
        ($0[0].sound, $0.map(\.ranking.reciprocalRank).mean)
      }
    }
    let (one, other) = (means(first), means(second))
    var groups: [String: [Double]] = [:]
    for (query, value) in one.sorted(by: { $0.key < $1.key }) {
      guard let counterpart = other[query] else { continue }
      groups[value.0, default: []].append(value.1 - counterpart.1)
    }
    let differences = groups.sorted { $0.key < $1.key }.map(\.value)
    let all = differences.flatMap(\.self)
    self.init(
      first: first.name, second: second.name, queries: all.count, difference: all.mean,
      interval: differences.isEmpty ? nil : Resampling.interval(ofMean: differences),
      p: Resampling.permutationTest(differences: differences))
  }
}

extension Collection<Double> {
  /// The mean; 0 of nothing.
  var mean: Double { isEmpty ? 0 : reduce(0, +) / Double(count) }

  /// The standard deviation with n − 1; nil for fewer than two.
  var deviation: Double? {
    guard count > 1 else { return nil }
    let mean = mean
    return (reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count - 1)).squareRoot()
  }
}
