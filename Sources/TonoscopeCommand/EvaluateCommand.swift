import ArgumentParser
import Foundation
import Synchronization
import TonoAudio
import TonoCore
import TonoFiles
import TonoLearn
import TonoModels
import TonoSearch
import TonoStudy

/// `tonoscope evaluate`: how well siamese networks find what was imitated.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measure how well networks find the sounds that voices imitate.",
    discussion: """
      Ranks the recordings of a data set for each imitation that training has not heard: those of \
      held-out sounds, and those of held-out people, reported apart. Every number stands beside the \
      number of candidates and what chance gets; intervals and tests draw the imitated sounds anew, \
      whose imitations belong together. Candidates of equal scores count with their mean over all \
      orders.

      A MODEL is a file, the folder of a training, or a folder of repeated trainings; NAME=MODEL \
      calls the configuration so, and models of one name are its repeated trainings. What a network \
      was trained on is told by split.json beside it, or by --split; else by the data set's own \
      split, if it has one.

        tonoscope evaluate pretrained=runs/a scratch=runs/b --data VocalSketch --out report

      --table2 trains the three configurations of the paper's table (IMINET, TL-IMINET from random \
      and from pretrained towers) and evaluates them.

      The paper's numbers (Zhang, Pardo & Duan 2019) stand beside those of configurations whose \
      names have iminet, scratch or pretrained in them. They are the paper's, on its own data.
      """)

  @Argument(help: "Siamese networks: files or folders, NAME=MODEL for a name of their own.")
  var models: [String] = []

  @OptionGroup var data: DataArguments

  @OptionGroup var network: EvaluatedNetworkArguments

  @Option(
    name: .customLong("out"),
    help: ArgumentHelp(
      "Write evaluation.md, evaluation.csv and evaluation.json there.", valueName: "dir"),
    completion: .directory)
  var directory: String?

  @Option(help: ArgumentHelp("What is printed: markdown, csv or json.", valueName: "form"))
  var format = Form.markdown

  @OptionGroup(title: "Table 2") var table2: Table2Arguments

  @Option(
    help: ArgumentHelp(
      "How many threads work. Results do not depend on it.", valueName: "count"))
  var threads = ProcessInfo.processInfo.activeProcessorCount

  enum Form: String, ExpressibleByArgument, CaseIterable {
    case markdown, csv, json
  }

  func validate() throws {
    guard threads >= 1 else { throw ValidationError("--threads is \(threads); give at least 1") }
    if table2.isAsked {
      guard models.isEmpty else {
        throw ValidationError("--table2 trains its own networks; leave the models out")
      }
      guard directory != nil else {
        throw ValidationError("--table2 keeps what it trains; name a directory with --out")
      }
    } else {
      guard !models.isEmpty else {
        throw ValidationError("there is no model to evaluate; name some, or give --table2")
      }
    }
  }

  func run() throws {
    let sounds = try data.read()
    let named =
      table2.isAsked
      ? try table2.train(
        on: sounds, in: URL(filePath: directory ?? ""), cache: data.featureCache, threads: threads)
      : models
    let configurations = try configurations(named, sounds)
    let evaluation = RetrievalEvaluation(on: sounds, cache: data.featureCache)
    let progress = EvaluationProgress()
    let interruption = Interruption()
    let report: EvaluationReport
    do {
      report = try evaluation.report(on: configurations, threads: threads) { event in
        progress.note(event)
        try interruption.check()
      }
    } catch is Interruption.Interrupted {
      ProgressBar.clear()
      throw ExitCode(130)
    }
    ProgressBar.clear()
    try write(report)
  }

  /// The configurations that arguments name, in their order.
  private func configurations(
    _ models: [String], _ sounds: ImitationSounds
  ) throws -> [RetrievalEvaluation.Configuration] {
    var names: [String] = []
    var files: [String: [URL]] = [:]
    for model in models {
      let parts = model.split(separator: "=", maxSplits: 1).map(String.init)
      let isNamed = parts.count == 2 && !FileManager.default.fileExists(atPath: model)
      let url = URL(filePath: isNamed ? parts[1] : model)
      let name = isNamed ? parts[0] : url.deletingPathExtension().lastPathComponent
      if files[name] == nil { names.append(name) }
      files[name, default: []] += try TrainedFiles.models(at: url)
    }
    return try names.map { name in
      RetrievalEvaluation.Configuration(
        name: name,
        trainings: try (files[name] ?? []).map { try network.load($0, sounds) })
    }
  }

  private func write(_ report: EvaluationReport) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let json = String(decoding: try encoder.encode(report), as: UTF8.self) + "\n"
    let forms = [Form.markdown: report.markdown, .csv: report.csv, .json: json]
    print(forms[format] ?? "", terminator: "")
    guard let directory else { return }
    for (form, suffix) in [(Form.markdown, "md"), (.csv, "csv"), (.json, "json")] {
      try AtomicFile.write(
        Data((forms[form] ?? "").utf8),
        to: URL(filePath: directory).appending(path: "evaluation.\(suffix)"))
    }
  }
}

/// How the networks are read that are evaluated.
struct EvaluatedNetworkArguments: ParsableArguments {
  @OptionGroup var reading: SiameseReadingArguments

  @Option(
    help: ArgumentHelp(
      "What the networks were trained on, where no split.json lies beside them.", valueName: "file"
    ), completion: .file(extensions: ["json"]))
  var split: String?

  @Flag(help: "Nothing of this data set was trained on: ask all imitations.")
  var untrained = false

  func validate() throws {
    guard split == nil || !untrained else {
      throw ValidationError("--split and --untrained contradict each other; give one of them")
    }
  }

  /// Reads a network, and what it was trained on.
  func load(_ file: URL, _ sounds: ImitationSounds) throws -> RetrievalEvaluation.Trained {
    RetrievalEvaluation.Trained(
      try reading.load(file.relativePath), split: try split(of: file, sounds))
  }

  private func split(of file: URL, _ sounds: ImitationSounds) throws -> RetrievalSplit? {
    if untrained { return nil }
    if let split { return try RetrievalSplit.read(URL(filePath: split)) }
    if let split = try TrainedFiles.split(beside: file) { return split }
    guard sounds.concepts.contains(where: { $0.part != nil }) else { return nil }
    return try RetrievalSplit.standard(for: sounds, seed: 0)
  }
}

/// Where a data set of imitations lies, and where its features are kept.
struct DataArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      A data set of imitations as it is downloaded: VocalSketch, the Vocal Imitation Set, \
      VimSketch, or the QVIM challenge's DEV set.
      """, valueName: "dir"), completion: .directory)
  var data: String

  @Option(
    help: ArgumentHelp(
      "How the data's files lie, if that cannot be told from them: \(DataSetLayout.names).",
      valueName: "name"))
  var layout: DataSetLayout?

  @Option(
    help: ArgumentHelp("Where features are kept between runs.", valueName: "dir"),
    completion: .directory)
  var cache: String?

  /// Reads what sounds there are.
  func read() throws -> ImitationSounds {
    try ImitationSounds.read(URL(filePath: data), layout: layout)
  }

  /// Where features are kept.
  var featureCache: FeatureCache { FeatureCache(argument: cache) }
}

/// The progress of an evaluation.
private final class EvaluationProgress: Sendable {
  private let bar = Mutex(ProgressBar())

  func note(_ event: RetrievalEvaluation.Event) {
    switch event {
    case .features(let done, let total):
      bar.withLock {
        $0.draw(share: Double(done) / Double(max(1, total)), "\(done)/\(total) sounds")
      }
    case .answered(let name):
      ProgressBar.clear()
      Terminal.note("\(oneLine(name)) has answered")
    }
  }
}
