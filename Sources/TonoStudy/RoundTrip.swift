import TonoAscent
import TonoAudio
import TonoCore
import TonoFiles
import TonoNetwork

/// What the neuron says to a pattern's sounds: they are read again, analysed by the front ends, and
/// shown to the same network.
///
/// Anyone can compute the same from the sound files and the arrays beside them, with librosa and the
/// model's own framework.
public struct RoundTrip: Codable, Hashable, Sendable {
  /// The objective's value on the sounds.
  public var activation: Float
  /// That value divided by the one on the pattern; nil where the latter is not positive.
  public var retention: Float?
  /// Per input name the root of the mean square between the sound's features and the pattern, in
  /// network units.
  public var logMelDistances: [String: Float]
  /// What is retained where the sounds are played elsewhere; nil where the value on the pattern is not
  /// positive.
  public var playedElsewhere: PlayedElsewhere?

  /// Measures sounds.
  ///
  /// - Parameters:
  ///   - sounds: per input name the sound, as a file gives it back.
  ///   - patterns: per input name the pattern that it was made from, in network units.
  ///   - held: what the other inputs stay at.
  ///   - activation: the objective's value on the patterns.
  ///   - objective: what is asked.
  ///   - network: of whom.
  ///   - frontEnds: per input name how its sounds are analysed.
  /// - Throws: `InputError` if a sound cannot be analysed, `NetworkError` if an input is missing.
  public init(
    of sounds: [String: Waveform], patterns: [String: Tensor], held: [String: Tensor],
    activation: Float, objective: Objective, network: Network, frontEnds: [String: FrontEnd]
  ) throws {
    var inputs = held
    logMelDistances = [:]
    for (name, sound) in sounds {
      guard let frontEnd = frontEnds[name], let pattern = patterns[name] else { continue }
      let features = try frontEnd.features(of: sound).reshaped(pattern.shape)
      inputs[name] = features
      logMelDistances[name] = features.rootMeanSquareDistance(from: pattern)
    }
    let bound = try BoundObjective(objective, in: network)
    let activations = try network.forward(
      inputs.mapValues { Tensor(batch: [$0]) }, to: bound.nodes)
    self.activation = bound.values(of: activations)[0]
    retention = activation > 0 ? self.activation / activation : nil
    playedElsewhere = try PlayedElsewhere(
      of: sounds, held: held, activation: activation, objective: objective, network: network,
      frontEnds: frontEnds)
  }
}
