import ArgumentParser
import Foundation
import TonoCore
import TonoLearn
import TonoModels
import TonoStudy

/// What `evaluate --table2` trains.
struct Table2Arguments: ParsableArguments {
  @Flag(
    name: .customLong("table2"),
    help: """
      Train IMINET, and TL-IMINET from random and from pretrained towers, and evaluate them. What \
      was trained before in --out is not trained again.
      """)
  var isAsked = false

  @Option(
    help: ArgumentHelp(
      """
      The models of the pretrained towers (tonoscope train imitation-tower, recording-tower); once \
      for each.
      """, valueName: "model"),
    completion: .file(extensions: ["h5", "keras", "onnx", "pt", "safetensors"]))
  var from: [String] = []

  @Option(help: ArgumentHelp("How often each configuration is trained.", valueName: "count"))
  var repeats = 5

  @OptionGroup var recipe: RecipeArguments
  @OptionGroup var pairs: PairArguments

  func validate() throws {
    guard repeats >= 1 else { throw ValidationError("--repeats is \(repeats); give at least 1") }
    guard isAsked else {
      let (plain, none) = (try RecipeArguments.parse([]), try PairArguments.parse([]))
      let isSilent =
        try recipe.recipe(.paper) == plain.recipe(.paper) && pairs.recipe == none.recipe
        && pairs.heldOut == none.heldOut && pairs.hidden == none.hidden
        && pairs.initializer == none.initializer && from.isEmpty
      guard isSilent else {
        throw ValidationError("settings of training belong to --table2; add it, or leave them out")
      }
      return
    }
    guard !from.isEmpty else {
      throw ValidationError("--table2 needs pretrained towers; name their models with --from")
    }
  }

  /// Trains all, and gives the configurations as arguments of `evaluate`.
  func train(
    on sounds: ImitationSounds, in folder: URL, cache: FeatureCache, threads: Int
  ) throws -> [String] {
    let table = PaperTable(
      sounds, recipe: try recipe.recipe(.paper), pairs: pairs.recipe, heldOut: pairs.heldOut,
      repeats: repeats, hidden: pairs.hidden, initializer: pairs.initializer,
      pretrained: try from.map { try ModelFile.load(URL(filePath: $0)).network })
    let progress = TrainingProgress()
    return try progress.watch {
      let results = try table.train(in: folder, cache: cache, threads: threads) { training, event in
        if case .data = event {
          Terminal.note("\(training.system.title), training \(training.number) of \(repeats)")
        }
        try progress.note(event)
      }
      return results.flatMap { system, folders in
        folders.map { "\(system.rawValue)=\($0.path)" }
      }
    }
  }
}
