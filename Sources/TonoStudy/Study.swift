import Foundation
import TonoAscent
import TonoAudio
import TonoModels
import TonoNetwork
import TonoRender

/// Neurons of one model, climbed, drawn and played into a run's directory.
public struct Study: Sendable {
  /// The model.
  public let model: Model
  /// The neurons asked, each once.
  public let neurons: [NeuronReference]
  /// Everything else that decides the results.
  public let plan: RunPlan

  private let ascent: Ascent
  private let files: PatternFiles

  /// What happens while a study runs.
  public enum Event: Sendable {
    /// So many neurons were found finished by an earlier session.
    case resumed(Int)
    /// A neuron took a step.
    case step
    /// A neuron is finished, its files written.
    case finished(NeuronRecord)
  }

  /// A study of some neurons.
  ///
  /// - Parameters:
  ///   - model: the network and where it came from.
  ///   - neurons: what to climb; one that stands twice counts once.
  ///   - plan: everything else that decides the results.
  ///   - spectrograms: per input name what an ascent starts from, in the input's shape.
  /// - Throws: `NetworkError` if a spectrogram does not fit, `NeuronError` if a neuron does not exist.
  public init(
    _ model: Model, neurons: [NeuronReference], plan: RunPlan, spectrograms: [String: Tensor] = [:]
  ) throws {
    self.model = model
    self.plan = plan
    var seen: Set<NeuronReference> = []
    self.neurons = neurons.filter { seen.insert($0).inserted }
    for neuron in self.neurons { _ = try neuron.region(in: model.network) }
    files = PatternFiles(model.network)
    ascent = try Ascent(
      network: model.network,
      canvases: Dictionary(
        uniqueKeysWithValues: Set(plan.normalizedInputs).map {
          ($0, SpectrogramCanvas(normalizes: true))
        }), settings: plan.ascent, spectrograms: spectrograms)
  }

  /// Opens the run's directory, and takes over what an earlier session finished.
  ///
  /// - Throws: `StudyError` if the directory holds another run or cannot be written.
  public func open(_ url: URL, threads: Int) throws -> RunDirectory {
    let figure = figure
    let manifest = RunManifest(
      modelPath: model.weightsURL.relativePath, plan: plan, threads: threads,
      units: Dictionary(
        uniqueKeysWithValues: model.network.inputs.map { ($0.name, figure.unit(of: $0.name)) }),
      neurons: [])
    return try RunDirectory(
      url, manifest: manifest, layers: model.network.nodes.map(\.name))
  }

  /// Climbs the neurons that are not finished yet, then draws a contact sheet of each layer.
  ///
  /// - Parameters:
  ///   - directory: where the files go, and what tells which neurons are finished.
  ///   - threads: how many neurons are climbed at once.
  ///   - observe: called from any thread with what happens; what it throws stops the study, which
  ///     can then be continued.
  /// - Throws: what `observe` throws, and errors of writing.
  public func run(
    in directory: RunDirectory, threads: Int, observe: @Sendable (Event) throws -> Void
  ) throws {
    let finished = directory.finished
    let waiting = neurons.filter { finished[$0] == nil }
    try observe(.resumed(neurons.count - waiting.count))
    do {
      try concurrently(waiting.count, threads: threads) { index, checkForFailure in
        let clock = ContinuousClock()
        let start = clock.now
        let pattern = try ascent.climb(Objective(waiting[index])) {
          try checkForFailure()
          try observe(.step)
        }
        let seconds = (clock.now - start) / .seconds(1)
        let record = try write(pattern, of: waiting[index], seconds: seconds, to: directory)
        try directory.record(record)
        try observe(.finished(record))
      }
    } catch {
      try directory.save()
      throw error
    }
    try directory.save()
    if plan.colormap != nil { try drawContactSheets(in: directory) }
  }

  // MARK: - Files

  /// Writes a pattern's arrays, pictures and sounds; a dead neuron has none.
  private func write(
    _ pattern: Pattern, of neuron: NeuronReference, seconds: Double, to directory: RunDirectory
  ) throws -> NeuronRecord {
    var written: [String] = []
    func write(_ bytes: [UInt8], _ path: String) throws {
      try directory.write(bytes, to: path)
      written.append(path)
    }
    if !pattern.isDead {
      let inputs = files.ordered(pattern.inputs)
      let names = inputs.map(\.name)
      try write(try files.encode(pattern.inputs), files.arrays(neuron))
      if plan.colormap != nil {
        let subtitle = "activation \(Self.short(pattern.activation))"
        if inputs.count > 1 {
          try write(
            try figure.page(title: neuron.description, subtitle: subtitle, inputs)
              .png(text: provenance(neuron)), files.base(neuron) + ".png")
        }
        for input in inputs {
          let title = inputs.count == 1 ? neuron.description : "\(neuron), \(input.name)"
          try write(
            try figure.page(title: title, subtitle: subtitle, [input]).png(
              text: provenance(neuron)),
            files.base(neuron, input: input.name, of: names) + ".png")
        }
      }
      if let inversion = plan.sound {
        for input in inputs {
          guard let frontEnd = plan.frontEnds[input.name] else { continue }
          let sound = try inversion.sound(of: input.tensor, frontEnd: frontEnd)
          try write(
            try AudioFile.encode(sound, comment: comment(neuron)),
            files.base(neuron, input: input.name, of: names) + ".wav")
        }
      }
    }
    return NeuronRecord(neuron: neuron, pattern: pattern, seconds: seconds, files: written)
  }

  /// One page for each layer asked, with all its neurons that the run holds, in their order.
  private func drawContactSheets(in directory: RunDirectory) throws {
    let records = Dictionary(grouping: directory.manifest.neurons, by: \.neuron.layer)
    for layer in Set(neurons.map(\.layer)).sorted() {
      let entries = try (records[layer] ?? []).map { record in
        PatternFigure.Entry(
          title: record.neuron.name,
          subtitle: record.dead ? "" : Self.short(record.activation),
          inputs: record.dead ? [] : files.ordered(try files.read(record.neuron, in: directory.url))
        )
      }
      let sheet = try figure.contactSheet(
        title: layer, subtitle: "below each number the activation reached", entries,
        sharesScale: plan.sharesScale)
      try directory.write(try sheet.png(), to: files.contactSheet(layer))
    }
  }

  private var figure: PatternFigure {
    PatternFigure(
      frontEnds: plan.frontEnds, normalizedInputs: Set(plan.normalizedInputs),
      colormap: plan.colormap ?? .magma)
  }

  private func provenance(_ neuron: NeuronReference) -> [String: String] {
    ["Software": "Tonoscope \(tonoscopeVersion)", "Comment": comment(neuron)]
  }

  private func comment(_ neuron: NeuronReference) -> String {
    "\(neuron) of model \(plan.model.sha256.prefix(12)), seed \(plan.ascent.seed)"
  }

  /// An activation with the digits that a reader compares.
  static func short(_ activation: Float) -> String {
    String(format: abs(activation) >= 100 ? "%.0f" : "%.3g", activation)
  }
}
