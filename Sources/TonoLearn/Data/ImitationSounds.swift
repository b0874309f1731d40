import Foundation

/// Sounds and people's vocal imitations of them.
public struct ImitationSounds: Sendable {
  /// An imitation of a concept's sound.
  public struct Imitation: Sendable, Hashable {
    /// The sound.
    public let source: SoundSource
    /// Who imitates; nil where the data set does not tell.
    public let person: String?

    /// An imitation by `person`.
    public init(source: SoundSource, person: String? = nil) {
      self.source = source
      self.person = person
    }
  }

  /// A sound that was imitated, the answer to search for, and its imitations.
  public struct Concept: Sendable, Hashable {
    /// Its name, unique in its category.
    public let name: String
    /// The kind of sound, such as `acoustic_instruments`; what splits are even in.
    public let category: String
    /// The recordings that were imitated: one, in most data sets.
    public let references: [SoundSource]
    /// The imitations, ordered by their paths.
    public let imitations: [Imitation]
    /// What the data set's own split has it for.
    public let part: DataPart?

    /// A concept of a category; its imitations in any order.
    public init(
      name: String, category: String, references: [SoundSource], imitations: [Imitation],
      part: DataPart? = nil
    ) {
      self.name = name
      self.category = category
      self.references = references
      self.imitations = imitations.map { (name: $0.source.description, imitation: $0) }
        .sorted { $0.name < $1.name }.map(\.imitation)
      self.part = part
    }

    /// What splits know it by: `category/name`.
    public var id: String { "\(category)/\(name)" }
  }

  /// The folder of the data set.
  public let folder: URL
  /// The layout it was read in.
  public let layout: DataSetLayout
  /// The concepts, ordered by category and name.
  public private(set) var concepts: [Concept]
  /// What could not be used, a sentence each.
  public private(set) var problems: [String]

  /// These concepts, in any order; several of one name are told apart by their recordings' names.
  public init(
    folder: URL, layout: DataSetLayout, concepts: [Concept], problems: [String]
  ) {
    self.folder = folder
    self.layout = layout
    self.problems = problems
    let counts = Dictionary(concepts.map { ($0.id, 1) }, uniquingKeysWith: +)
    self.concepts = concepts.map { concept in
      guard counts[concept.id] != 1, let recording = concept.references.first else {
        return concept
      }
      return Concept(
        name: "\(concept.name) (\((recording.description as NSString).lastPathComponent))",
        category: concept.category, references: concept.references,
        imitations: concept.imitations, part: concept.part)
    }.sorted { $0.id < $1.id }
  }

  /// The sources of all recordings, each once, in order.
  public var referenceSources: [SoundSource] { concepts.flatMap(\.references) }

  /// The sources of all imitations, in order.
  public var imitationSources: [SoundSource] {
    concepts.flatMap { $0.imitations.map(\.source) }
  }

  /// The categories, in order.
  public var categories: [String] { Set(concepts.map(\.category)).sorted() }

  /// Without the sounds that have no features, whose problems are added to these, and without the
  /// concepts that are left with no recording or no imitation.
  public func usable(references: FeatureSet, imitations: FeatureSet) -> ImitationSounds {
    var kept = self
    kept.concepts = concepts.compactMap { concept in
      let recordings = concept.references.filter { references[$0] != nil }
      let voices = concept.imitations.filter { imitations[$0.source] != nil }
      guard !recordings.isEmpty, !voices.isEmpty else { return nil }
      return Concept(
        name: concept.name, category: concept.category, references: recordings,
        imitations: voices, part: concept.part)
    }
    for problem in references.problems + imitations.problems
    where !kept.problems.contains(problem) {
      kept.problems.append(problem)
    }
    return kept
  }
}
