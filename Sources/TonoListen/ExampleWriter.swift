import Foundation
import TonoAscent
import TonoAudio
import TonoCore
import TonoFiles
import TonoNetwork
import TonoRender

/// Cuts examples out of their files, draws them, and writes both.
struct ExampleWriter: Sendable {
  /// Which end of a ranking an example is from; also how files are named.
  enum End: String, Sendable {
    case most, least
  }

  let network: Network
  let input: String
  let frontEnd: FrontEnd
  let inversion: Inversion
  let colormap: Colormap
  /// The model, in short.
  let model: String
  let directory: URL

  /// Writes one example of an objective.
  ///
  /// - Parameters:
  ///   - example: what was found.
  ///   - objective: by what.
  ///   - end: whether it is among its most or its least exciting.
  ///   - rank: its place there, from 1.
  ///   - stretch: the example itself.
  /// - Returns: its entry in `examples.json`.
  /// - Throws: `InputError`, or what `AtomicFile` throws.
  func write(
    _ example: RankedExample, of objective: Objective, _ end: End, rank: Int, _ stretch: Stretch
  ) throws -> ExampleManifest.Example {
    let field = try ExampleField(
      of: objective, peak: example.peak, in: network, input: input, frontEnd: frontEnd,
      stretch: stretch)
    let base = "\(objective.path)/\(end.rawValue)-\(rank)"
    let comment = "\(objective) of model \(model), \(example.path) at \(Self.span(field.seconds))"
    let sound = try cutOut(field.seconds, of: stretch)
    try write(try AudioFile.encode(sound, comment: comment), to: base + ".wav")
    let page = try figure.page(
      title: "\(objective), \(end.rawValue) \(rank): \(example.value.short)",
      subtitle: "\(example.path), \(Self.span(field.seconds))\(Self.note(on: stretch))",
      [(input, try frontEnd.features(of: stretch.sound))], marks: [input: marks(field)])
    try write(
      try page.png(text: ["Software": "Tonoscope \(tonoscopeVersion)", "Comment": comment]),
      to: base + ".png")
    return ExampleManifest.Example(
      rank: rank, value: example.value, file: example.path, start: stretch.start,
      length: stretch.sound.seconds, field: field,
      playedElsewhere: try PlayedElsewhere(
        of: [input: stretch.sound], activation: example.value, objective: objective,
        network: network, frontEnds: [input: frontEnd]), sound: base + ".wav",
      picture: base + ".png")
  }

  private func write(_ bytes: [UInt8], to path: String) throws {
    try AtomicFile.write(bytes, to: directory.appending(path: path))
  }

  /// A part of a stretch as the front end hears it, at its rate; silence if it is behind its end.
  private func cutOut(_ seconds: ClosedRange<Double>, of stretch: Stretch) throws -> Waveform {
    let heard = try stretch.sound.resampled(to: frontEnd.sampleRate)
    let places = [seconds.lowerBound, seconds.upperBound].map {
      Int((($0 - stretch.start) * Double(frontEnd.sampleRate)).rounded())
    }
    let (first, last) = (places[0], max(places[0] + 1, places[1]))
    guard first < heard.samples.count else {
      return Waveform(
        samples: Array(repeating: 0, count: last - first), sampleRate: frontEnd.sampleRate)
    }
    return try inversion.finished(
      Waveform(
        samples: Array(heard.samples[first..<min(last, heard.samples.count)]),
        sampleRate: frontEnd.sampleRate), frontEnd: frontEnd)
  }

  private var figure: PatternFigure {
    PatternFigure(
      frontEnds: [input: frontEnd],
      normalizedInputs: frontEnd.normalization == .perExample ? [input] : [], colormap: colormap)
  }

  /// The field; nothing where it is the whole input.
  private func marks(_ field: ExampleField) -> [Heatmap.Mark] {
    let isWhole = field.bands.count == frontEnd.bands && field.frames.count == frontEnd.frames
    return isWhole ? [] : [Heatmap.Mark(rows: field.bands, columns: field.frames)]
  }

  /// Where the picture's time begins, if not with the file.
  private static func note(on stretch: Stretch) -> String {
    stretch.index == 0 ? "" : String(format: "; drawn from %.2f s on", stretch.start)
  }

  /// A span of time as in `1.02–1.67 s`.
  static func span(_ seconds: ClosedRange<Double>) -> String {
    String(format: "%.2f–%.2f s", seconds.lowerBound, seconds.upperBound)
  }
}
