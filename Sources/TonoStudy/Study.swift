import Foundation
import TonoAscent
import TonoAudio
import TonoCore
import TonoFiles
import TonoListen
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
    /// A neuron took a step; before it the activation was this, or that of what wakes it.
    case step(NeuronReference, activation: Float)
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
      frontEnds: plan.frontEnds, settings: plan.ascent, spectrograms: spectrograms,
      naturalSounds: plan.naturalSounds, held: held)
    for neuron in self.neurons { _ = try ascent.inputs(climbedBy: Objective(neuron)) }
  }

  /// Opens the run's directory, and takes over what an earlier session finished.
  ///
  /// - Throws: `InputError` if the directory holds another run or cannot be written.
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
        step: { index, value in try observe(.step(waiting[index], activation: value)) },
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
    if plan.sound != nil { try playContactSheets(in: directory) }
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
    var roundTrip: RoundTrip?
    if pattern.isFound {
      let inputs = files.ordered(pattern.inputs)
      try write(try files.encode(pattern.inputs), files.arrays(neuron))
      var heard: [String: Waveform] = [:]
      for sound in try sounds(of: neuron, pattern) {
        try write(sound.file.bytes, sound.file.path)
        heard[sound.input] = try AudioFile.read(
          directory.url.appending(path: sound.file.path).path)
      }
      if heard.count == inputs.count {
        roundTrip = try RoundTrip(
          of: heard, patterns: pattern.inputs, held: ascent.held, activation: pattern.activation,
          objective: pattern.objective, network: model.network, frontEnds: plan.frontEnds)
      }
      for picture in try pictures(of: neuron, inputs, pattern.activation, roundTrip) {
        try write(picture.bytes, picture.path)
      }
    }
    return NeuronRecord(
      neuron: neuron, pattern: pattern, roundTrip: roundTrip, seconds: seconds, files: written)
  }

  private typealias File = (path: String, bytes: [UInt8])

  /// A picture of each input that a neuron sees, and if there are several, of all side by side.
  private func pictures(
    of neuron: NeuronReference, _ inputs: [(name: String, tensor: Tensor)], _ activation: Float,
    _ roundTrip: RoundTrip?
  ) throws -> [File] {
    guard plan.colormap != nil else { return [] }
    func picture(_ title: String, _ inputs: [(name: String, tensor: Tensor)]) throws -> [UInt8] {
      if plan.barePictures, inputs.count == 1 {
        return try PNG.encode(try figure.bare(inputs[0]), text: provenance(neuron))
      }
      let retention = roundTrip.map { Self.retentions($0, ", its sound ") } ?? ""
      let subtitle = "activation \(activation.short)\(retention)"
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

  /// The sound of each input that a neuron sees and whose front end is known: the canvas itself where
  /// it was one, else the pattern's inversion.
  private func sounds(
    of neuron: NeuronReference, _ pattern: Pattern
  ) throws -> [(input: String, file: File)] {
    guard let inversion = plan.sound else { return [] }
    let inputs = files.ordered(pattern.inputs)
    return try inputs.compactMap { input in
      guard let frontEnd = plan.frontEnds[input.name] else { return nil }
      let sound =
        try pattern.sounds[input.name].map {
          try inversion.leveled($0, frontEnd: frontEnd)
        } ?? inversion.sound(of: input.tensor.reshaped(frontEnd.inputShape), frontEnd: frontEnd)
      let path = files.sound(neuron, input: input.name, of: inputs.map(\.name))
      return (
        input.name,
        (path, try AudioFile.encode(sound, as: frontEnd.encoding, comment: comment(neuron)))
      )
    }
  }

  /// For each layer asked, and each input that its neurons see, all their sounds one after another,
  /// and what is heard when.
  private func playContactSheets(in directory: RunDirectory) throws {
    let records = Dictionary(grouping: directory.manifest.neurons, by: \.neuron.layer)
    // The neurons of a layer all see the same inputs.
    let representatives = Dictionary(neurons.map { ($0.layer, $0) }) { first, _ in first }
    for (layer, neuron) in representatives.sorted(by: { $0.key < $1.key }) {
      let inputs = try ascent.inputs(climbedBy: Objective(neuron)).map(\.name)
      for input in inputs {
        guard let frontEnd = plan.frontEnds[input] else { continue }
        var sheet = SoundSheet(sampleRate: frontEnd.sampleRate)
        for record in records[layer] ?? [] {
          let path = files.sound(record.neuron, input: input, of: inputs)
          guard record.files.contains(path) else { continue }
          sheet.append(
            try AudioFile.read(directory.url.appending(path: path).path),
            label: record.neuron.description)
        }
        guard !sheet.cues.isEmpty else { continue }
        let base = files.soundSheet(layer, input: input, of: inputs)
        try directory.write(
          try AudioFile.encode(
            sheet.sound, comment: "\(layer) of model \(plan.model.sha256.prefix(12))"),
          to: base + ".wav")
        try directory.write([UInt8](sheet.table.utf8), to: base + ".csv")
        try directory.write([UInt8](sheet.labels.utf8), to: base + ".txt")
      }
    }
  }

  /// One page for each layer asked, with all its neurons that the run holds, in their order.
  private func drawContactSheets(in directory: RunDirectory) throws {
    let records = Dictionary(grouping: directory.manifest.neurons, by: \.neuron.layer)
    for layer in Set(neurons.map(\.layer)).sorted() {
      let entries = try (records[layer] ?? []).map { record in
        PatternFigure.Entry(
          title: record.neuron.name,
          subtitle: record.files.isEmpty ? "" : Self.short(record),
          inputs: record.files.isEmpty
            ? [] : files.ordered(try files.read(record.neuron, in: directory.url)),
          absence: record.dead ? "dead" : "no finite value")
      }
      let sheet = try figure.contactSheet(
        title: layer, subtitle: "below each number the activation reached\(soundNote)", entries,
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
    let canvases = Set(plan.canvases.values.map(\.rawValue)).sorted().joined(separator: "+")
    return "\(neuron) of model \(plan.model.sha256.prefix(12)), seed \(plan.ascent.seed), "
      + "\(plan.ascent.steps) steps on \(canvases)"
  }

  private var soundNote: String { plan.sound == nil ? "" : ", and what its sound has of it" }

  /// An activation, and what its sound retains of it.
  private static func short(_ record: NeuronRecord) -> String {
    record.activation.short + (record.roundTrip.map { retentions($0, ", ") } ?? "")
  }

  /// What sounds retain as they are, and played elsewhere.
  private static func retentions(_ roundTrip: RoundTrip, _ words: String) -> String {
    guard let retention = roundTrip.retention else { return "" }
    let elsewhere = roundTrip.playedElsewhere.map { " (elsewhere \(share($0.least)))" } ?? ""
    return words + share(retention) + elsewhere
  }

  /// A share in per cent.
  private static func share(_ share: Float) -> String { String(format: "%.0f %%", 100 * share) }
}
