import Foundation
import TonoAudio
import TonoLearn
import TonoModels

/// The whole way of TL-IMINET on a corpus that is synthesized: both towers pretrained, then the siamese
/// network from them.
///
///     corpus/                 three data sets, labelled as synthesized
///     features/               their features
///     imitation-tower/, recording-tower/, siamese/
public struct TrainingDemo: Sendable {
  /// What is synthesized.
  public var corpus = DemoCorpus()
  /// How often the towers learn from all sounds.
  public var towerEpochs: Int
  /// How often the siamese network learns from all pairs.
  public var siameseEpochs: Int
  /// How many examples make a step.
  public var batch = 32

  /// A demo of some minutes, or with so many epochs of all networks.
  public init(epochs: Int? = nil) {
    towerEpochs = epochs ?? 12
    siameseEpochs = epochs ?? 20
  }

  /// Goes the whole way; what was finished in the folder before is told at once.
  ///
  /// - Parameters:
  ///   - folder: where all goes.
  ///   - threads: how many threads work; no result depends on it.
  ///   - observe: hears what happens.
  /// - Returns: what each training came to, by the name of its folder.
  /// - Throws: `InputError` if a file cannot be written, and what `observe` throws.
  public func run(
    in folder: URL, threads: Int, _ observe: @escaping @Sendable (TrainingEvent) throws -> Void
  ) throws -> [(name: String, report: TrainingReport)] {
    let data = folder.appending(path: "corpus")
    let cache = FeatureCache(folder: folder.appending(path: "features"))
    try corpus.write(to: data, threads: threads)
    func place(_ part: DemoCorpus.Part) -> URL { data.appending(path: part.rawValue) }
    func output(_ name: String) -> TrainingFolder { TrainingFolder(folder.appending(path: name)) }

    var pretraining = TrainingRecipe.pretraining
    pretraining.settings.epochs = towerEpochs
    pretraining.settings.batch = batch
    // Few sounds make few steps: the running statistics must follow faster than in the papers.
    pretraining.settings.statisticsMomentum = 0.9
    let languages = try LabelledSounds.read(place(.speech))
    let imitation = try ClassifierTraining(
      Architectures.imitationTower(languages: languages.classes.count, seed: 1),
      frontEnd: .named("tl-iminet/imitation"), sounds: languages, recipe: pretraining
    ).run(in: output("imitation-tower"), cache: cache, threads: threads, observe)
    let urban = try LabelledSounds.read(place(.recordings))
    let recording = try ClassifierTraining(
      Architectures.recordingTower(classes: urban.classes.count, seed: 1),
      frontEnd: .named("tl-iminet/recording"), sounds: urban, recipe: pretraining
    ).run(in: output("recording-tower"), cache: cache, threads: threads, observe)

    var recipe = TrainingRecipe.paper
    recipe.settings.epochs = siameseEpochs
    recipe.settings.batch = batch
    recipe.settings.statisticsMomentum = 0.9
    var network = try Architectures.siamese(seed: 1)
    for (tower, name) in [
      (TowerArchitecture.imitation, "imitation-tower"), (.recording, "recording-tower"),
    ] {
      network = try network.taking(tower, from: ModelFile.load(output(name).model).network)
    }
    let siamese = try PairTraining(
      network, imitationFrontEnd: .named("tl-iminet/imitation"),
      recordingFrontEnd: .named("tl-iminet/recording"),
      sounds: ImitationSounds.read(place(.imitations)), recipe: recipe
    ).run(in: output("siamese"), cache: cache, threads: threads, observe)
    return [("imitation-tower", imitation), ("recording-tower", recording), ("siamese", siamese)]
  }
}
