import Foundation
import TonoAudio
import TonoCore
import TonoLearn
import TonoModels
import TonoNetwork

/// The three configurations of the paper's table, trained again and again: IMINET, TL-IMINET from random
/// towers, and TL-IMINET from pretrained ones.
///
/// All are trained by one recipe on one split; trainings of a configuration differ by their seed alone. What
/// was trained before is not trained again.
public struct PaperTable: Sendable {
  /// The data set.
  public let sounds: ImitationSounds
  /// How siamese networks are trained; its seed is that of the first training.
  public let recipe: TrainingRecipe
  /// Which pairs they learn from.
  public let pairs: PairRecipe
  /// What the test holds out.
  public let heldOut: HeldOut
  /// How often each configuration is trained.
  public let repeats: Int
  /// How many neurons compare the towers.
  public let hidden: Int
  /// How weights are drawn.
  public let initializer: WeightInitializer
  /// The networks with the pretrained towers, one or two.
  public let pretrained: [Network]

  /// The table on a data set.
  ///
  /// - Parameters:
  ///   - sounds: the data set.
  ///   - recipe: how siamese networks are trained.
  ///   - pairs: which pairs they learn from.
  ///   - heldOut: what the test holds out.
  ///   - repeats: how often each configuration is trained, at least once.
  ///   - hidden: how many neurons compare the towers.
  ///   - initializer: how weights are drawn.
  ///   - pretrained: networks that have the towers' layers by their names.
  public init(
    _ sounds: ImitationSounds, recipe: TrainingRecipe = .paper, pairs: PairRecipe = PairRecipe(),
    heldOut: HeldOut = .sounds, repeats: Int = 5, hidden: Int = 108,
    initializer: WeightInitializer = .glorotUniform, pretrained: [Network]
  ) {
    precondition(repeats > 0, "trainings")
    self.sounds = sounds
    self.recipe = recipe
    self.pairs = pairs
    self.heldOut = heldOut
    self.repeats = repeats
    self.hidden = hidden
    self.initializer = initializer
    self.pretrained = pretrained
  }

  /// A configuration and one of its trainings, from 1.
  public struct Training: Sendable {
    /// The configuration.
    public let system: PaperNumbers.System
    /// Which one it is, from 1.
    public let number: Int
  }

  /// Trains all, one after another.
  ///
  /// - Parameters:
  ///   - folder: in it a folder for each configuration, in that one for each training.
  ///   - cache: where features are kept.
  ///   - threads: how many work; networks do not depend on it.
  ///   - observe: hears which training is under way and what happens; what it throws stops the table, which
  ///     can be continued.
  /// - Returns: per configuration the folders of its trainings.
  /// - Throws: `InputError` if a tower is missing, and as `PairTraining`.
  public func train(
    in folder: URL, cache: FeatureCache, threads: Int,
    _ observe: @escaping @Sendable (Training, TrainingEvent) throws -> Void
  ) throws -> [(system: PaperNumbers.System, folders: [URL])] {
    // A tower that is missing is told before hours of training.
    _ = try start(.pretrained, seed: recipe.settings.seed)
    return try PaperNumbers.System.allCases.map { system in
      let folders = try (1...repeats).map { number in
        var recipe = recipe
        recipe.settings.seed += UInt64(number - 1)
        let frontEnds = try Self.frontEnds(of: system)
        let place = folder.appending(path: "\(system.rawValue)/\(number)")
        let training = Training(system: system, number: number)
        _ = try PairTraining(
          try start(system, seed: recipe.settings.seed), imitationFrontEnd: frontEnds.imitation,
          recordingFrontEnd: frontEnds.recording, sounds: sounds, recipe: recipe, pairs: pairs,
          heldOut: heldOut
        ).run(in: TrainingFolder(place), cache: cache, threads: threads) {
          try observe(training, $0)
        }
        return place
      }
      return (system, folders)
    }
  }

  /// The network that a training begins with.
  private func start(_ system: PaperNumbers.System, seed: UInt64) throws -> Network {
    switch system {
    case .iminet:
      return try Architectures.iminet(
        inputShape: try Self.frontEnds(of: system).imitation.inputShape, hidden: hidden,
        initializer: initializer, seed: seed)
    case .scratch:
      return try Architectures.siamese(hidden: hidden, initializer: initializer, seed: seed)
    case .pretrained:
      var network = try Architectures.siamese(
        hidden: hidden, initializer: initializer, seed: seed)
      for tower in [TowerArchitecture.imitation, .recording] {
        let source = pretrained.first { other in
          other.nodes.contains { $0.name == tower.prefix + "_conv_1" }
        }
        guard let source else {
          throw InputError(
            "no pretrained network has the layers \(tower.prefix)_conv_1, …; pretrain both towers and "
              + "name their models")
        }
        network = try network.taking(tower, from: source)
      }
      return network
    }
  }

  private static func frontEnds(
    of system: PaperNumbers.System
  ) throws -> (imitation: FrontEnd, recording: FrontEnd) {
    system == .iminet
      ? (try .named("iminet"), try .named("iminet"))
      : (try .named("tl-iminet/imitation"), try .named("tl-iminet/recording"))
  }
}
