import ArgumentParser
import Foundation
import TonoCore
import TonoLearn
import TonoStudy

/// What all trainings are told: where data lie and results go, and how weights are changed.
struct TrainingArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp("The data set, as it is downloaded.", valueName: "dir"),
    completion: .directory)
  var data: String

  @Option(
    name: .customLong("out"),
    help: ArgumentHelp("Where the network goes; made if it is missing.", valueName: "dir"))
  var directory: String

  @Option(
    help: ArgumentHelp(
      "How the data's files lie, if that cannot be told from them: \(DataSetLayout.names).",
      valueName: "name"))
  var layout: DataSetLayout?

  @OptionGroup var settings: RecipeArguments

  @Option(
    help: ArgumentHelp(
      "Where features are kept between trainings.", valueName: "dir"), completion: .directory)
  var cache: String?

  @Option(
    help: ArgumentHelp(
      "How many threads train. Results do not depend on it.", valueName: "count"))
  var threads = ProcessInfo.processInfo.activeProcessorCount

  func validate() throws {
    guard threads >= 1 else { throw ValidationError("--threads is \(threads); give at least 1") }
    guard !data.isEmpty else { throw ValidationError("--data is empty; name a folder") }
    guard !directory.isEmpty else { throw ValidationError("--out is empty; name a directory") }
  }

  /// The recipe: these arguments, and where they are silent some defaults.
  func recipe(_ defaults: TrainingRecipe) throws -> TrainingRecipe { try settings.recipe(defaults) }

  /// What all chance is drawn from.
  var seed: UInt64 { settings.seed }

  /// Carries a training out while its progress is shown, and prints how it ended.
  func carryOut(
    _ run: (
      _ folder: TrainingFolder, _ cache: FeatureCache, _ threads: Int,
      _ observe: @escaping @Sendable (TrainingEvent) throws -> Void
    ) throws -> TrainingReport
  ) throws {
    let progress = TrainingProgress()
    let report = try progress.watch {
      try run(
        TrainingFolder(URL(filePath: directory)), FeatureCache(argument: cache), threads,
        progress.note)
    }
    print(report.summary)
  }
}

extension FeatureCache {
  /// The cache that `--cache` names, or else the one in the folder for caches that the system gives a person
  /// (XDG Base Directory Specification).
  init(argument: String?) {
    let given = ProcessInfo.processInfo.environment["XDG_CACHE_HOME"]
    let usual =
      given.flatMap { $0.isEmpty ? nil : URL(filePath: $0) }
      ?? FileManager.default.homeDirectoryForCurrentUser.appending(path: ".cache")
    self.init(
      folder: argument.map { URL(filePath: $0) } ?? usual.appending(path: "tonoscope/features"))
  }
}

extension DataSetLayout: ExpressibleByArgument {
  /// The names in one line.
  static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
