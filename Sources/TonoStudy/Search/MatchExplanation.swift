import Foundation
import TonoAudio
import TonoCore
import TonoFiles
import TonoListen
import TonoNetwork
import TonoRender
import TonoSearch

/// Why a sound was found: which stretch and bands of the query and of the hit their score rests on.
public struct MatchExplanation: Sendable {
  /// One of the two sounds, and what of it counts.
  public struct Side: Sendable {
    /// The network's input that hears it.
    public let input: String
    /// The stretch, at the file's own rate.
    public let sound: Waveform
    /// Where the stretch begins in the file, in seconds.
    public let start: Double
    /// What the network sees of it.
    public let features: Tensor
    /// Which of its cells count.
    public let relevance: Relevance

    /// What the score rests on, in seconds of the file and Hz; nil if nothing speaks for it.
    public var part: Relevance.Part? { relevance.part }
  }

  /// The score that is explained.
  public let score: Float
  /// The query.
  public let query: Side
  /// The sound that was found.
  public let hit: Side

  private let likelihood: Float

  /// The explanation of a hit.
  ///
  /// - Parameters:
  ///   - hit: what was found.
  ///   - query: the file that asked for it.
  ///   - library: the folder that it was found in.
  ///   - network: what found it.
  /// - Throws: `InputError` if a file can no longer be read, or has changed meanwhile.
  public init(
    _ hit: SearchHit, of query: String, in library: URL, by network: SiameseNetwork
  ) throws {
    let file = library.appending(path: hit.file).path
    let asked = try Self.stretch(of: query, at: hit.queryStart, by: network.imitationFrontEnd)
    let found = try Self.stretch(of: file, at: hit.start, by: network.recordingFrontEnd)
    let result = try network.gradient(
      imitation: asked.features, recording: found.features)
    score = result.score
    likelihood = network.likelihood(ofScore: result.score)
    func side(
      _ input: String, _ stretch: (stretch: Stretch, features: Tensor), _ gradient: Tensor,
      _ frontEnd: FrontEnd
    ) -> Side {
      Side(
        input: input, sound: stretch.stretch.sound, start: stretch.stretch.start,
        features: stretch.features,
        relevance: Relevance(
          input: stretch.features, gradient: gradient, frontEnd: frontEnd))
    }
    self.query = side(
      network.roles.imitation, asked, result.imitation, network.imitationFrontEnd)
    self.hit = side(network.roles.recording, found, result.recording, network.recordingFrontEnd)
  }

  /// The stretch of a file that begins at a time, and its features.
  private static func stretch(
    of path: String, at start: Double, by frontEnd: FrontEnd
  ) throws -> (stretch: Stretch, features: Tensor) {
    var reader = try StretchReader(path, frontEnd: frontEnd)
    while let stretch = try reader.next() {
      if stretch.start == start { return (stretch, try stretch.features(by: frontEnd)) }
    }
    throw InputError("has become shorter meanwhile; search again", about: path)
  }

  /// What is heard of a side if only what speaks for the score is played, at a loudness of −23 LUFS.
  ///
  /// - Throws: as `FrontEnd.applying(gains:to:)`.
  public func sound(of side: Side) throws -> Waveform {
    let frontEnd = side.relevance.frontEnd
    return try Inversion().finished(
      try frontEnd.applying(gains: side.relevance.gains, to: side.sound), frontEnd: frontEnd)
  }

  /// A page: above what the network sees of both sounds, below what of it counts, the part that the score
  /// rests on outlined in both.
  ///
  /// - Throws: `RenderError` if it cannot be drawn.
  public func page(title: String, subtitle: String, colormap: Colormap) throws -> Figure {
    let sides = [query, hit]
    let frontEnds = Dictionary(
      sides.map { ($0.input, $0.relevance.frontEnd) }, uniquingKeysWith: { first, _ in first })
    let marks = Dictionary(
      sides.compactMap { side in
        side.part.map { (side.input, [Heatmap.Mark(rows: $0.bands, columns: $0.frames)]) }
      }, uniquingKeysWith: { first, _ in first })
    func tiles(_ colormap: Colormap, _ unit: String?, _ tensor: (Side) -> Tensor) throws
      -> [Figure.Tile]
    {
      let figure = PatternFigure(
        frontEnds: frontEnds,
        normalizedInputs: Set(
          sides.filter { $0.relevance.frontEnd.normalization == .perExample }.map(\.input)),
        colormap: colormap, unit: unit)
      return try figure.page(
        title: "", subtitle: "", sides.map { (name: $0.input, tensor: tensor($0)) }, marks: marks
      ).tiles
    }
    return try Figure(
      title: title, subtitle: subtitle,
      tiles: tiles(colormap, nil) { $0.features }
        + tiles(.coolwarm, "gradient × input (logit)") {
          $0.relevance.frontEnd.input(of: $0.relevance.cells)
        }, columns: 1)
  }

  /// What counts on either side, in words: `query 0.42–1.31 s, 210–1480 Hz; sound 0.10–0.95 s, 0–4200 Hz`.
  public var summary: String {
    [("query", query), ("sound", hit)].map { name, side in
      guard let part = side.part else { return "\(name): nothing speaks for it" }
      let seconds = String(
        format: "%.2f–%.2f s", side.start + part.seconds.lowerBound,
        side.start + part.seconds.upperBound)
      let hertz = String(format: "%.0f–%.0f Hz", part.hertz.lowerBound, part.hertz.upperBound)
      return "\(name) \(seconds), \(hertz)"
    }.joined(separator: "; ")
  }

  /// Writes `NAME.png`, `NAME-query.wav` and `NAME-sound.wav`.
  ///
  /// - Parameters:
  ///   - base: the files' path without what they end in.
  ///   - title: the picture's headline.
  ///   - colormap: the colours of what the network sees.
  /// - Throws: errors of drawing and of writing.
  public func write(to base: URL, title: String, colormap: Colormap = .magma) throws {
    let comment = String(format: "%@: score %.4g, likelihood %.4g", title, score, likelihood)
    let page = try page(title: title, subtitle: summary, colormap: colormap)
    func file(_ suffix: String) -> URL {
      base.deletingLastPathComponent().appending(path: base.lastPathComponent + suffix)
    }
    try AtomicFile.write(
      try page.png(text: ["Software": "Tonoscope \(tonoscopeVersion)", "Comment": comment]),
      to: file(".png"))
    for (suffix, side) in [("-query.wav", query), ("-sound.wav", hit)] {
      try AtomicFile.write(
        try AudioFile.encode(
          try sound(of: side), as: side.relevance.frontEnd.encoding, comment: comment),
        to: file(suffix))
    }
  }
}
