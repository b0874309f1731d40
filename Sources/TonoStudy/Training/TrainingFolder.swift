import Foundation
import TonoAudio
import TonoCore
import TonoFiles
import TonoLearn
import TonoModels
import TonoNetwork
import TonoRender

/// Where a training puts what it makes.
///
///     model.safetensors       the trained network with its front ends
///     training.json           what it was trained on, how, and how well it does
///     split.json              which sounds served for what
///     curve.csv, curve.png    what each epoch came to
///     snapshots/step-….safetensors
///     checkpoint.safetensors  while the training is under way
public struct TrainingFolder: Sendable {
  /// The folder.
  public let url: URL

  /// A folder, which is made when something is written.
  public init(_ url: URL) { self.url = url }

  /// The trained network.
  public var model: URL { url.appending(path: "model.safetensors") }
  /// What was trained.
  var report: URL { url.appending(path: "training.json") }
  /// Where the training can go on.
  var checkpoint: URL { url.appending(path: "checkpoint.safetensors") }

  /// The report of a training that was finished here before.
  ///
  /// - Throws: `InputError` if the folder holds another training.
  func finished(_ identity: String) throws -> TrainingReport? {
    guard let data = try? Data(contentsOf: report) else { return nil }
    guard let report = try? JSONDecoder().decode(TrainingReport.self, from: data) else {
      throw InputError(
        report,
        "this is no report of a training that this version reads; remove it or write to another folder"
      )
    }
    guard report.identity == identity else {
      throw InputError(
        url,
        "the folder holds another training (\(report.summary)); write to another folder, or remove that one"
      )
    }
    return FileManager.default.fileExists(atPath: model.path) ? report : nil
  }

  /// Writes the network of a moment.
  func write(
    snapshot network: Network, step: Int, frontEnds: [String: FrontEnd]
  ) throws {
    let name = "snapshots/step-\(String(format: "%06d", step)).safetensors"
    try write(network, to: url.appending(path: name), frontEnds)
  }

  /// Writes all that a finished training leaves; the report last, which says that all is there.
  func write(
    _ network: Network, frontEnds: [String: FrontEnd], split: some SavedSplit, curve: TrainingCurve,
    report: TrainingReport
  ) throws {
    try write(network, to: model, frontEnds)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try split.write(to: url.appending(path: "split.json"))
    try write(curve)
    try AtomicFile.write(try encoder.encode(report), to: self.report)
    try? FileManager.default.removeItem(at: checkpoint)
  }

  /// Writes the course of a training so far.
  func write(_ curve: TrainingCurve) throws {
    try AtomicFile.write(Data(curve.csv.utf8), to: url.appending(path: "curve.csv"))
    guard let plot = try curve.plot else { return }
    try AtomicFile.write(Data(try plot.png()), to: url.appending(path: "curve.png"))
  }

  private func write(
    _ network: Network, to file: URL, _ frontEnds: [String: FrontEnd]
  ) throws {
    let frontEnds = try frontEnds.mapValues(JSONEncoder().encode)
    let model = Model(network, name: file.lastPathComponent, frontEnds: frontEnds)
    try AtomicFile.write(try ModelFile.encode(model, frontEnds: frontEnds), to: file)
  }
}

extension TrainingCurve {
  /// Loss and accuracy over the epochs; nothing before the first has ended.
  var plot: LinePlot? {
    get throws {
      guard !epochs.isEmpty else { return nil }
      func line(_ name: String, _ value: (Epoch) -> Double?) -> LinePlot.Line {
        LinePlot.Line(
          name: name,
          points: epochs.compactMap { epoch in value(epoch).map { (Double(epoch.epoch), $0) } })
      }
      func lines(_ value: (Measure) -> Double) -> [LinePlot.Line] {
        [
          line("training") { value($0.training) },
          line("validation") { $0.validation.map(value) },
        ].filter { !$0.points.isEmpty }
      }
      let highest = lines(\.loss).flatMap(\.points).map(\.y).max() ?? 1
      return try LinePlot(
        title: "Training", label: "epoch",
        panels: [
          LinePlot.Panel(label: "loss", lines: lines(\.loss), range: 0...max(highest, 1e-6)),
          LinePlot.Panel(label: "accuracy", lines: lines(\.accuracy), range: 0...1),
        ])
    }
  }
}
