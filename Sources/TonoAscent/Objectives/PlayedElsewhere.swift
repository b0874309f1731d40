import TonoAudio
import TonoCore
import TonoNetwork

/// What an objective still answers to its sounds where they are played elsewhere: quieter, later, with noise,
/// in a room, through lossy codecs (`Playback`).
///
/// Every way is computed through the real front end from the sound as its file holds it.
/// `Benchmarks/peers/played_elsewhere.py` does the same with librosa and PyTorch.
public struct PlayedElsewhere: Codable, Hashable, Sendable {
  /// Per way, by its name, the objective's value on the sounds played so, divided by its value on the pattern
  /// or example that they are of.
  ///
  /// Ways that libsndfile has no codec for are left out.
  public var retentions: [String: Float]
  /// The least of them.
  public var least: Float

  /// The way of the least, in words.
  public var leastWay: String {
    let name = retentions.sorted { $0.key < $1.key }.min { $0.value < $1.value }?.key
    return name.flatMap { Playback(rawValue: $0)?.title } ?? ""
  }

  /// Plays sounds in all ways, and asks; nil where the activation is not positive.
  ///
  /// - Parameters:
  ///   - sounds: per input name the sound, as a file gives it back.
  ///   - held: what the other inputs stay at.
  ///   - activation: the objective's value on what the sounds are of.
  ///   - objective: what is asked.
  ///   - network: of whom.
  ///   - frontEnds: per input name how its sounds are analysed.
  /// - Throws: `InputError` if a sound cannot be analysed, `NetworkError` if an input is missing.
  public init?(
    of sounds: [String: Waveform], held: [String: Tensor] = [:], activation: Float,
    objective: Objective, network: Network, frontEnds: [String: FrontEnd]
  ) throws {
    guard activation > 0, !sounds.isEmpty else { return nil }
    let bound = try BoundObjective(objective, in: network)
    let program = try Program(
      network,
      targets: Dictionary(uniqueKeysWithValues: bound.targets.map { ($0.node, $0.region) }))
    let workspace = program.makeWorkspace()
    let seen = Set(try network.inputs(of: bound.nodes).map(\.name))
    for (name, tensor) in held where seen.contains(name) {
      _ = workspace.input(name).update(from: tensor.values)
    }
    let cells = bound.nodes.compactMap { workspace.output($0).baseAddress }
    let atRate = try sounds.reduce(into: [String: Waveform]()) { result, entry in
      guard let frontEnd = frontEnds[entry.key], seen.contains(entry.key) else { return }
      result[entry.key] = try entry.value.resampled(to: frontEnd.sampleRate)
    }
    retentions = [:]
    ways: for way in Playback.allCases {
      for (name, sound) in atRate {
        guard let frontEnd = frontEnds[name] else { continue }
        guard let played = try way.played(sound, before: frontEnd) else { continue ways }
        _ = workspace.input(name).update(from: try frontEnd.features(of: played).values)
      }
      program.forward(workspace)
      retentions[way.rawValue] = bound.value(of: cells) / activation
    }
    guard let least = retentions.values.min() else { return nil }
    self.least = least
  }
}
