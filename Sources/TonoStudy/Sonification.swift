import Foundation
import TonoAscent
import TonoAudio
import TonoCore
import TonoFiles
import TonoNetwork

/// Patterns from files, made into sound files and asked back.
public struct Sonification: Sendable {
  /// How patterns become sounds.
  public let inversion: Inversion
  /// What files they become; nil for WAV as the front end needs it.
  public let encoding: AudioFile.Encoding?

  /// A way to play patterns.
  public init(_ inversion: Inversion, encoding: AudioFile.Encoding? = nil) {
    self.inversion = inversion
    self.encoding = encoding
  }

  /// What became of a pattern.
  public struct Result: Sendable {
    /// Per input name the file written.
    public let files: [String: URL]
    /// Per input name the sound, as the file gives it back.
    public let sounds: [String: Waveform]
    /// Per input name the root of the mean square between the sound's features and the pattern, in
    /// network units.
    public let logMelDistances: [String: Float]
    /// What the neuron says to the sounds, if the network is there.
    public let roundTrip: RoundTrip?
  }

  /// Writes a pattern's sounds into a folder, under the pattern's name.
  ///
  /// - Parameters:
  ///   - source: the pattern.
  ///   - folder: where its files go; made if it is missing.
  ///   - network: the network of the run that the pattern lies in, to be asked about the sounds.
  /// - Returns: the files, and what is known of their sounds.
  /// - Throws: `InputError` if the pattern has no sound, or a file cannot be written.
  public func play(_ source: PatternSource, into folder: URL, network: Network?) throws -> Result {
    var (files, sounds, distances) = ([String: URL](), [String: Waveform](), [String: Float]())
    for (input, sound) in try self.sounds(of: source) {
      guard let pattern = source.inputs[input], let frontEnd = source.frontEnds[input] else {
        continue
      }
      let url = file(of: source, input, "", folder)
      try AtomicFile.write(
        try AudioFile.encode(
          sound, as: encoding ?? frontEnd.encoding, comment: comment(source)), to: url)
      let heard = try AudioFile.read(url.path)
      files[input] = url
      sounds[input] = heard
      distances[input] = try frontEnd.features(of: heard).reshaped(pattern.shape)
        .rootMeanSquareDistance(from: pattern)
    }
    return Result(
      files: files, sounds: sounds, logMelDistances: distances,
      roundTrip: try roundTrip(of: sounds, source, network))
  }

  /// Writes, for each input that both have, one pattern's sound and another's behind it, both at the
  /// inversion's loudness, for listening tests.
  ///
  /// - Returns: the files written, `NAME.pair`.
  /// - Throws: As `play`.
  public func pairs(
    _ first: PatternSource, _ second: PatternSource, into folder: URL
  ) throws -> [URL] {
    let (a, b) = (try sounds(of: first), try sounds(of: second))
    return try a.sorted { $0.key < $1.key }.compactMap { input, sound in
      guard let other = b[input], other.sampleRate == sound.sampleRate,
        let frontEnd = first.frontEnds[input]
      else { return nil }
      var sheet = SoundSheet(sampleRate: sound.sampleRate)
      sheet.append(sound, label: first.url.relativePath)
      sheet.append(other, label: second.url.relativePath)
      let url = file(of: first, input, ".pair", folder)
      let comment = "\(self.comment(first)); then \(self.comment(second))"
      try AtomicFile.write(
        try AudioFile.encode(
          sheet.sound, as: encoding ?? frontEnd.encoding, comment: comment), to: url)
      return url
    }
  }

  private func sounds(of source: PatternSource) throws -> [String: Waveform] {
    try source.inputs.reduce(into: [:]) { sounds, entry in
      guard let frontEnd = source.frontEnds[entry.key] else { return }
      sounds[entry.key] = try inversion.sound(of: entry.value, frontEnd: frontEnd)
    }
  }

  private func file(
    of source: PatternSource, _ input: String, _ kind: String, _ folder: URL
  ) -> URL {
    let suffix = source.inputs.count == 1 ? "" : "." + fileName(input)
    return folder.appending(
      path: source.name + suffix + kind + "." + (encoding ?? .pcm16).fileExtension)
  }

  private func roundTrip(
    of sounds: [String: Waveform], _ source: PatternSource, _ network: Network?
  ) throws -> RoundTrip? {
    guard let origin = source.origin, let network, origin.run.plan.held.isEmpty else { return nil }
    return try RoundTrip(
      of: sounds, patterns: source.inputs, held: [:], activation: origin.record.activation,
      objective: origin.record.objective, network: network, frontEnds: source.frontEnds)
  }

  private func comment(_ source: PatternSource) -> String {
    var words = [
      "\(inversion.iterations) iterations", "\(inversion.refinement) steps of refinement",
      "seed \(inversion.seed)", "\(inversion.loudness) LUFS",
    ]
    if let origin = source.origin {
      words.insert(
        "\(origin.record.objective) of model \(origin.run.plan.model.sha256.prefix(12)), "
          + "\(origin.run.plan.ascent.steps) steps, seed \(origin.run.plan.ascent.seed)", at: 0)
    } else {
      words.insert(source.url.lastPathComponent, at: 0)
    }
    return "Tonoscope \(tonoscopeVersion): " + words.joined(separator: ", ")
  }
}
