import Foundation
import TonoAscent
import TonoAudio
import TonoCore
import TonoFiles
import TonoListen
import TonoModels
import TonoNetwork
import TonoRender

/// Objectives of one model, climbed, drawn and played into a run's directory.
public struct Study: Sendable {
  /// The model.
  public let model: Model
  /// The objectives asked, each once.
  public let objectives: [Objective]
  /// Everything else that decides the results.
  public let plan: RunPlan

  private let ascent: Ascent
  private let files: PatternFiles

  /// What happens while a study runs.
  public enum Event: Sendable {
    /// So many objectives were found finished by an earlier session.
    case resumed(Int)
    /// A step towards an objective.
    case step(Objective, Step)
    /// An objective is finished, its files written.
    case finished(PatternRecord)
  }

  /// A study of some objectives.
  ///
  /// - Parameters:
  ///   - model: the network and where it came from.
  ///   - objectives: what to climb; one that stands twice counts once.
  ///   - plan: everything else that decides the results.
  ///   - spectrograms: per input name what an ascent starts from, in the input's shape.
  ///   - held: per input name what it stays at while the others are climbed, in network units.
  /// - Throws: `NetworkError` if a spectrogram does not fit, `NeuronError` if a neuron does not exist,
  ///   `AscentError` if one depends on held inputs alone.
  public init(
    _ model: Model, objectives: [Objective], plan: RunPlan, spectrograms: [String: Tensor] = [:],
    held: [String: Tensor] = [:]
  ) throws {
    self.model = model
    self.plan = plan
    var seen: Set<Objective> = []
    self.objectives = objectives.filter { seen.insert($0).inserted }
    for objective in self.objectives { try objective.check(in: model.network) }
    try Self.checkFolders(self.objectives, model.network)
    files = PatternFiles(model.network)
    ascent = try Ascent(
      network: model.network, canvases: plan.canvases,
      frontEnds: plan.frontEnds, settings: plan.ascent, spectrograms: spectrograms,
      naturalSounds: plan.naturalSounds, held: held)
    for objective in self.objectives { _ = try ascent.inputs(climbedBy: objective) }
  }

  /// Checks that composed objectives and a layer do not share a folder.
  private static func checkFolders(_ objectives: [Objective], _ network: Network) throws {
    let layers = Set(objectives.compactMap { $0.neuron?.layer })
    guard layers.contains(Objective.composedFolder),
      objectives.contains(where: { $0.neuron == nil })
    else { return }
    throw InputError(
      "the layer '\(Objective.composedFolder)' has the name of the folder for sums and other composed"
        + " objectives; climb its neurons in a run of their own")
  }

  /// Opens the run's directory, and takes over what an earlier session finished.
  ///
  /// - Throws: `InputError` if the directory holds another run or cannot be written.
  public func open(_ url: URL, threads: Int) throws -> RunDirectory {
    let figure = figure
    let manifest = RunManifest(
      modelPath: model.name, plan: plan, threads: threads,
      instructionSet: KernelSet.current.name,
      units: Dictionary(
        uniqueKeysWithValues: model.network.inputs.map { ($0.name, figure.unit(of: $0.name)) }),
      patterns: [])
    return try RunDirectory(
      url, manifest: manifest, layers: model.network.nodes.map(\.name))
  }

  /// Climbs the objectives that are not finished yet, then draws a contact sheet of each layer.
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
    let waiting = objectives.filter { objective in
      finished[objective].map { isDamaged($0, in: directory) } ?? true
    }
    try observe(.resumed(objectives.count - waiting.count))
    do {
      try ascent.climb(
        waiting, threads: threads,
        step: { index, step in try observe(.step(waiting[index], step)) },
        finished: { _, pattern, duration in
          let record = try write(pattern, seconds: duration / .seconds(1), to: directory)
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
  private func isDamaged(_ record: PatternRecord, in directory: RunDirectory) -> Bool {
    !record.files.isEmpty && (try? files.read(record.objective, in: directory.url)) == nil
  }

  /// Writes a pattern's arrays, pictures and sounds; a neuron without a pattern has none.
  private func write(
    _ pattern: Pattern, seconds: Double, to directory: RunDirectory
  ) throws -> PatternRecord {
    let objective = pattern.objective
    var written: [String] = []
    func write(_ bytes: [UInt8], _ path: String) throws {
      try directory.write(bytes, to: path)
      written.append(path)
    }
    var roundTrip: RoundTrip?
    if pattern.isFound {
      let inputs = files.ordered(pattern.inputs)
      try write(try files.encode(pattern.inputs), files.arrays(objective))
      var heard: [String: Waveform] = [:]
      for sound in try sounds(of: pattern) {
        try write(sound.file.bytes, sound.file.path)
        heard[sound.input] = try AudioFile.read(
          directory.url.appending(path: sound.file.path).path)
      }
      if heard.count == inputs.count {
        roundTrip = try RoundTrip(
          of: heard, patterns: pattern.inputs, held: ascent.held, activation: pattern.activation,
          objective: objective, network: model.network, frontEnds: plan.frontEnds)
      }
      for picture in try pictures(of: objective, inputs, pattern.activation, roundTrip) {
        try write(picture.bytes, picture.path)
      }
    }
    return PatternRecord(pattern, roundTrip: roundTrip, seconds: seconds, files: written)
  }

  private typealias File = (path: String, bytes: [UInt8])

  /// A picture of each input that a neuron sees, and if there are several, of all side by side.
  private func pictures(
    of objective: Objective, _ inputs: [(name: String, tensor: Tensor)], _ activation: Float,
    _ roundTrip: RoundTrip?
  ) throws -> [File] {
    guard plan.colormap != nil else { return [] }
    func picture(_ title: String, _ inputs: [(name: String, tensor: Tensor)]) throws -> [UInt8] {
      if plan.barePictures, inputs.count == 1 {
        return try PNG.encode(try figure.bare(inputs[0]), text: provenance(objective))
      }
      let retention = roundTrip.map { Self.retentions($0, ", its sound ") } ?? ""
      let subtitle = "activation \(activation.short)\(retention)"
      return try figure.page(title: title, subtitle: subtitle, inputs)
        .png(text: provenance(objective))
    }
    let whole = (files.base(objective) + ".png", try picture(objective.description, inputs))
    if inputs.count == 1 { return [whole] }
    return try [whole]
      + inputs.map { input in
        (
          files.base(objective, input: input.name, of: inputs.map(\.name)) + ".png",
          try picture("\(objective), \(input.name)", [input])
        )
      }
  }

  /// The sound of each input that a neuron sees and whose front end is known: the canvas itself where
  /// it was one, else the pattern's inversion.
  private func sounds(of pattern: Pattern) throws -> [(input: String, file: File)] {
    guard let inversion = plan.sound else { return [] }
    let inputs = files.ordered(pattern.inputs)
    return try inputs.compactMap { input in
      guard let frontEnd = plan.frontEnds[input.name] else { return nil }
      let sound =
        try pattern.sounds[input.name].map {
          try inversion.leveled($0, frontEnd: frontEnd)
        } ?? inversion.sound(of: input.tensor.reshaped(frontEnd.inputShape), frontEnd: frontEnd)
      let path = files.sound(pattern.objective, input: input.name, of: inputs.map(\.name))
      return (
        input.name,
        (
          path,
          try AudioFile.encode(sound, as: frontEnd.encoding, comment: comment(pattern.objective))
        )
      )
    }
  }

  /// For each sheet asked, and each input that its objectives see, all their sounds one after another,
  /// and what is heard when.
  private func playContactSheets(in directory: RunDirectory) throws {
    let records = Dictionary(grouping: directory.manifest.patterns, by: \.objective.sheet)
    for sheet in Set(objectives.map(\.sheet)).sorted() {
      let heard = try (records[sheet] ?? []).map { record in
        (record, try ascent.inputs(climbedBy: record.objective).map(\.name))
      }
      let all = model.network.inputs.map(\.name).filter { input in
        heard.contains { $1.contains(input) }
      }
      for input in all {
        guard let frontEnd = plan.frontEnds[input] else { continue }
        var sound = SoundSheet(sampleRate: frontEnd.sampleRate)
        for (record, inputs) in heard {
          let path = files.sound(record.objective, input: input, of: inputs)
          guard record.files.contains(path) else { continue }
          sound.append(
            try AudioFile.read(directory.url.appending(path: path).path),
            label: record.objective.description)
        }
        guard !sound.cues.isEmpty else { continue }
        let base = files.soundSheet(sheet, input: input, of: all)
        try directory.write(
          try AudioFile.encode(
            sound.sound, comment: "\(sheet) of model \(plan.model.sha256.prefix(12))"),
          to: base + ".wav")
        try directory.write([UInt8](sound.table.utf8), to: base + ".csv")
        try directory.write([UInt8](sound.labels.utf8), to: base + ".txt")
      }
    }
  }

  /// One page for each sheet asked, with all its objectives that the run holds, in their order.
  private func drawContactSheets(in directory: RunDirectory) throws {
    let records = Dictionary(grouping: directory.manifest.patterns, by: \.objective.sheet)
    for name in Set(objectives.map(\.sheet)).sorted() {
      let entries = try (records[name] ?? []).map { record in
        PatternFigure.Entry(
          title: record.objective.name,
          subtitle: record.files.isEmpty ? "" : Self.short(record),
          inputs: record.files.isEmpty
            ? [] : files.ordered(try files.read(record.objective, in: directory.url)),
          absence: record.dead ? "dead" : "no finite value")
      }
      let sheet = try figure.contactSheet(
        title: name, subtitle: "below each number the activation reached\(soundNote)", entries,
        sharesScale: plan.sharesScale)
      try directory.write(try sheet.png(), to: files.contactSheet(name))
    }
  }

  private var figure: PatternFigure {
    PatternFigure(
      frontEnds: plan.frontEnds, normalizedInputs: plan.normalizedInputs,
      colormap: plan.colormap ?? .magma)
  }

  private func provenance(_ objective: Objective) -> [String: String] {
    ["Software": "Tonoscope \(tonoscopeVersion)", "Comment": comment(objective)]
  }

  private func comment(_ objective: Objective) -> String {
    let canvases = Set(plan.canvases.values.map(\.kind.rawValue)).sorted().joined(separator: "+")
    return "\(objective) of model \(plan.model.sha256.prefix(12)), seed \(plan.ascent.seed), "
      + "\(plan.ascent.steps) steps on \(canvases)"
  }

  private var soundNote: String { plan.sound == nil ? "" : ", and what its sound has of it" }

  /// An activation, and what its sound retains of it.
  private static func short(_ record: PatternRecord) -> String {
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
