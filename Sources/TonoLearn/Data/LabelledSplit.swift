import Foundation
import TonoCore

/// Which sounds of a labelled data set serve for what.
///
/// A plain value that is saved beside the model: sounds are named by `SoundSource.description`, in their order.
public struct LabelledSplit: Codable, Equatable, Sendable {
  /// How it was made, in words and with its seed.
  public let rule: String
  /// The sounds that weights are learned from.
  public let training: [String]
  /// The sounds that tell when to stop; may be none.
  public let validation: [String]
  /// The sounds that are counted at the end.
  public let test: [String]

  /// The sounds of a part, of those that a data set has.
  public func items(_ part: DataPart, of sounds: LabelledSounds) -> [LabelledSounds.Item] {
    let names = Set(self[part])
    return sounds.items.filter { names.contains($0.source.description) }
  }

  /// The names of a part's sounds.
  public subscript(part: DataPart) -> [String] {
    switch part {
    case .training: training
    case .validation: validation
    case .test: test
    }
  }

  // MARK: - Making one

  /// The split that suits a data set: by fold where one is named, then its own, then by speakers or
  /// recordings, and else by chance within each class.
  ///
  /// - Parameters:
  ///   - sounds: the data set.
  ///   - testFold: the fold to test on; nil for none, or the last one of a data set that has folds.
  ///   - testShare: which share is tested where neither folds nor a split of its own decide.
  ///   - validationShare: which share of the sounds that are not tested is for validation.
  ///   - seed: what decides where chance does.
  /// - Returns: the split; its parts have no sound in common.
  /// - Throws: `InputError` where a part would be empty, or a class without sounds to train on.
  public static func standard(
    for sounds: LabelledSounds, testFold: Int? = nil, testShare: Double = 0.2,
    validationShare: Double = 0, seed: UInt64
  ) throws -> LabelledSplit {
    if let fold = testFold ?? sounds.items.compactMap(\.fold).max() {
      return try Self.fold(fold, of: sounds, validationShare: validationShare, seed: seed)
    }
    if sounds.items.contains(where: { $0.part != nil }) {
      return try own(of: sounds, validationShare: validationShare, seed: seed)
    }
    return try heldOut(
      of: sounds, testShare: testShare, validationShare: validationShare, seed: seed)
  }

  /// One of the data set's folds is tested, the others are trained on.
  ///
  /// - Throws: `InputError` if there is no such fold, or as `standard`.
  public static func fold(
    _ fold: Int, of sounds: LabelledSounds, validationShare: Double = 0, seed: UInt64
  ) throws -> LabelledSplit {
    let folds = Set(sounds.items.compactMap(\.fold)).sorted()
    guard folds.contains(fold) else {
      let known = folds.isEmpty ? "none" : folds.map(String.init).joined(separator: ", ")
      throw InputError(
        sounds.folder, "has no fold \(fold) to test on; it has \(known)")
    }
    return try LabelledSplit(
      "fold \(fold) of the data set is tested", sounds,
      test: Set(sounds.items.filter { $0.fold == fold }.map(\.source)),
      validationShare: validationShare, seed: seed)
  }

  /// As the data set itself divides its sounds.
  ///
  /// - Throws: `InputError` if it does not, or not all, or as `standard`.
  public static func own(
    of sounds: LabelledSounds, validationShare: Double = 0, seed: UInt64
  ) throws -> LabelledSplit {
    if let item = sounds.items.first(where: { $0.part == nil }) {
      throw InputError(
        sounds.folder,
        "its own split does not tell what '\(item.source)' serves for; complete it, or "
          + "remove the file \(OwnSplit.table)")
    }
    func sources(_ part: DataPart) -> Set<SoundSource> {
      Set(sounds.items.filter { $0.part == part }.map(\.source))
    }
    return try LabelledSplit(
      "as \(OwnSplit.table) or \(OwnSplit.speakers) of the data set says", sounds,
      test: sources(.test), validation: sources(.validation), validationShare: validationShare,
      seed: seed)
  }

  /// A share of each class is tested; sounds of one group, such as a speaker's, stay together.
  ///
  /// - Throws: as `standard`.
  public static func heldOut(
    of sounds: LabelledSounds, testShare: Double = 0.2, validationShare: Double = 0, seed: UInt64
  ) throws -> LabelledSplit {
    var random = RandomSource(seed: seed, text: "test")
    let grouped = sounds.items.contains { $0.group != nil }
    return try LabelledSplit(
      "\(testShare) of each class's \(grouped ? "groups (speakers)" : "sounds") are tested, by chance "
        + "with seed \(seed)", sounds,
      test: share(testShare, of: sounds.items, sounds.classes, using: &random),
      validationShare: validationShare, seed: seed)
  }

  /// Divides what is not tested, and checks that no part is wanting.
  private init(
    _ rule: String, _ sounds: LabelledSounds, test: Set<SoundSource>,
    validation: Set<SoundSource> = [], validationShare: Double, seed: UInt64
  ) throws {
    var (rule, validation) = (rule, validation)
    if validation.isEmpty, validationShare > 0 {
      var random = RandomSource(seed: seed, text: "validation")
      validation = try Self.share(
        validationShare, of: sounds.items.filter { !test.contains($0.source) }, sounds.classes,
        using: &random)
      rule += "; \(validationShare) of the others validate, by chance with seed \(seed)"
    }
    let parts = sounds.items.map { item in
      test.contains(item.source)
        ? DataPart.test : validation.contains(item.source) ? .validation : .training
    }
    func names(_ part: DataPart) -> [String] {
      zip(sounds.items, parts).filter { $0.1 == part }.map(\.0.source.description)
    }
    self.rule = rule
    training = names(.training)
    self.validation = names(.validation)
    self.test = names(.test)
    let trained = Set(zip(sounds.items, parts).filter { $0.1 == .training }.map(\.0.label))
    if let label = sounds.classes.indices.first(where: { !trained.contains($0) }) {
      throw InputError(
        sounds.folder,
        "no sound of the class '\(sounds.classes[label])' is left to train on; it "
          + "needs more sounds, or sounds of more speakers")
    }
    guard !self.test.isEmpty else {
      throw InputError(
        sounds.folder, "no sound is left to test; split it otherwise")
    }
  }

  /// About a share of each class's sounds; those of a group stay together, in whatever classes they are.
  ///
  /// At least one group of each class is taken, and at least one is left.
  private static func share(
    _ share: Double, of items: [LabelledSounds.Item], _ classes: [String],
    using random: inout some RandomNumberGenerator
  ) throws -> Set<SoundSource> {
    func group(_ item: LabelledSounds.Item) -> String { item.group ?? item.source.description }
    var taken: Set<String> = []
    for label in classes.indices {
      let members = items.filter { $0.label == label }
      let groups = Dictionary(grouping: members, by: group)
      guard groups.count >= 2 else {
        throw InputError(
          "the class '\(classes[label])' has sounds of \(groups.count) speaker or recording only; two are "
            + "needed to hold one out")
      }
      var wanted = share * Double(members.count)
      wanted -= Double(members.count { taken.contains(group($0)) })
      var left = groups.keys.filter { !taken.contains($0) }.sorted().shuffled(using: &random)
      var isFirst = left.count == groups.count
      while left.count > 1, let next = left.last {
        let size = Double(groups[next]?.count ?? 0)
        // A group is taken if that comes nearer to the share than leaving it.
        guard isFirst || wanted > size / 2 else { break }
        isFirst = false
        wanted -= size
        taken.insert(next)
        left.removeLast()
      }
    }
    return Set(items.filter { taken.contains(group($0)) }.map(\.source))
  }
}
