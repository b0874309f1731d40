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
    case step(NeuronReference)
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
  ///   - held: per input name what it stays at while the others are climbed, in network units.
  /// - Throws: `NetworkError` if a spectrogram does not fit, `NeuronError` if a neuron does not exist,
  ///   `AscentError` if one depends on held inputs alone.
  public init(
    _ model: Model, neurons: [NeuronReference], plan: RunPlan, spectrograms: [String: Tensor] = [:],
    held: [String: Tensor] = [:]
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
        uniqueKeysWithValues: model.network.inputs.map { ($0.name, plan.canvas(of: $0.name)) }),
      settings: plan.ascent, spectrograms: spectrograms, held: held)
    for neuron in self.neurons { _ = try ascent.inputs(climbedBy: Objective(neuron)) }
  }

  /// Opens the run's directory, and takes over what an earlier session finished.
  ///
  /// - Throws: `StudyError` if the directory holds another run or cannot be written.
  public func open(_ url: URL, threads: Int) throws -> RunDirectory {
    let figure = figure
    let manifest = RunManifest(
      modelPath: model.weightsURL.relativePath, plan: plan, threads: threads,
      instructionSet: KernelSet.current.name,
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
  ///   - threads: how many climb; they share the neurons, or a neuron if there are fewer.
  ///   - observe: called from any thread with what happens; what it throws stops the study, which
  ///     can then be continued.
  /// - Throws: what `observe` throws, and errors of writing.
  public func run(
    in directory: RunDirectory, threads: Int, observe: @Sendable (Event) throws -> Void
  ) throws {
    let finished = directory.finished
    let waiting = neurons.filter { neuron in
      finished[neuron].map { isDamaged($0, in: directory) } ?? true
    }
    try observe(.resumed(neurons.count - waiting.count))
    do {
      try ascent.climb(
        waiting.map { Objective($0) }, threads: threads,
        step: { index in try observe(.step(waiting[index])) },
        finished: { index, pattern, duration in
          let record = try write(
            pattern, of: waiting[index], seconds: duration / .seconds(1), to: directory)
          try directory.record(record)
          try observe(.finished(record))
        })
    } catch {
      try directory.save()
      throw error
    }
    try directory.save()
    if plan.colormap != nil { try drawContactSheets(in: directory) }
  }

  // MARK: - Files

  /// Whether the arrays that a record names can no longer be read.
  private func isDamaged(_ record: NeuronRecord, in directory: RunDirectory) -> Bool {
    !record.files.isEmpty && (try? files.read(record.neuron, in: directory.url)) == nil
  }

  /// Writes a pattern's arrays, pictures and sounds; a neuron without a pattern has none.
  private func write(
    _ pattern: Pattern, of neuron: NeuronReference, seconds: Double, to directory: RunDirectory
  ) throws -> NeuronRecord {
    var written: [String] = []
    func write(_ bytes: [UInt8], _ path: String) throws {
      try directory.write(bytes, to: path)
      written.append(path)
    }
    if pattern.isFound {
      let inputs = files.ordered(pattern.inputs)
      try write(try files.encode(pattern.inputs), files.arrays(neuron))
      for picture in try pictures(of: neuron, inputs, activation: pattern.activation) {
        try write(picture.bytes, picture.path)
      }
      for sound in try sounds(of: neuron, inputs) { try write(sound.bytes, sound.path) }
    }
    return NeuronRecord(neuron: neuron, pattern: pattern, seconds: seconds, files: written)
  }

  private typealias File = (path: String, bytes: [UInt8])

  /// A picture of each input that a neuron sees, and if there are several, of all side by side.
  private func pictures(
    of neuron: NeuronReference, _ inputs: [(name: String, tensor: Tensor)], activation: Float
  ) throws -> [File] {
    guard plan.colormap != nil else { return [] }
    func picture(_ title: String, _ inputs: [(name: String, tensor: Tensor)]) throws -> [UInt8] {
      if plan.barePictures, inputs.count == 1 {
        return try PNG.encode(try figure.bare(inputs[0]), text: provenance(neuron))
      }
      let subtitle = "activation \(Self.short(activation))"
      return try figure.page(title: title, subtitle: subtitle, inputs)
        .png(text: provenance(neuron))
    }
    let whole = (files.base(neuron) + ".png", try picture(neuron.description, inputs))
    if inputs.count == 1 { return [whole] }
    return try [whole]
      + inputs.map { input in
        (
          files.base(neuron, input: input.name, of: inputs.map(\.name)) + ".png",
          try picture("\(neuron), \(input.name)", [input])
        )
      }
  }

  /// The sound of each input that a neuron sees and whose front end is known.
  private func sounds(
    of neuron: NeuronReference, _ inputs: [(name: String, tensor: Tensor)]
  ) throws -> [File] {
    guard let inversion = plan.sound else { return [] }
    return try inputs.compactMap { input in
      guard let frontEnd = plan.frontEnds[input.name] else { return nil }
      let sound = try inversion.sound(of: input.tensor, frontEnd: frontEnd)
      return (
        files.base(neuron, input: input.name, of: inputs.map(\.name)) + ".wav",
        try AudioFile.encode(sound, comment: comment(neuron))
      )
    }
  }

  /// One page for each layer asked, with all its neurons that the run holds, in their order.
  private func drawContactSheets(in directory: RunDirectory) throws {
    let records = Dictionary(grouping: directory.manifest.neurons, by: \.neuron.layer)
    for layer in Set(neurons.map(\.layer)).sorted() {
      let entries = try (records[layer] ?? []).map { record in
        PatternFigure.Entry(
          title: record.neuron.name,
          subtitle: record.files.isEmpty ? "" : Self.short(record.activation),
          inputs: record.files.isEmpty
            ? [] : files.ordered(try files.read(record.neuron, in: directory.url)),
          absence: record.dead ? "dead" : "no finite value")
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
