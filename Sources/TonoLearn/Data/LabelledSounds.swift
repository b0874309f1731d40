import Foundation

/// Sounds of which each belongs to one class.
public struct LabelledSounds: Sendable {
  /// One sound and its class.
  public struct Item: Sendable, Hashable {
    /// The sound.
    public let source: SoundSource
    /// The index of its class.
    public let label: Int
    /// What it must not be parted from: who speaks, or the recording that it was cut from.
    public let group: String?
    /// The fold that the data set puts it into, from 1.
    public let fold: Int?
    /// What the data set's own split has it for.
    public let part: DataPart?

    /// A sound of the class `label`.
    public init(
      source: SoundSource, label: Int, group: String? = nil, fold: Int? = nil,
      part: DataPart? = nil
    ) {
      self.source = source
      self.label = label
      self.group = group
      self.fold = fold
      self.part = part
    }
  }

  /// The folder of the data set.
  public let folder: URL
  /// The layout it was read in.
  public let layout: DataSetLayout
  /// The names of the classes; a label is an index here.
  public let classes: [String]
  /// The sounds, ordered by their paths.
  public private(set) var items: [Item]
  /// What could not be used, a sentence each.
  public private(set) var problems: [String]

  /// Sounds of these classes, in any order; of a sound that is there twice, the first one counts.
  public init(
    folder: URL, layout: DataSetLayout, classes: [String], items: [Item], problems: [String]
  ) {
    self.folder = folder
    self.layout = layout
    self.classes = classes
    self.problems = problems
    var seen: Set<SoundSource> = []
    self.items = items.filter { seen.insert($0.source).inserted }
      .map { (name: $0.source.description, item: $0) }
      .sorted { $0.name < $1.name }.map(\.item)
    if seen.count < items.count {
      self.problems.append(
        "\(items.count - seen.count) sounds are there twice; each is used once")
    }
  }

  /// The sources of all items.
  public var sources: [SoundSource] { items.map(\.source) }

  /// Without the sounds that have no features, whose problems are added to these.
  public func usable(with features: FeatureSet) -> LabelledSounds {
    var kept = self
    kept.items = items.filter { features[$0.source] != nil }
    kept.problems += features.problems.filter { !problems.contains($0) }
    return kept
  }
}
