import TonoCore
import TonoNetwork

/// Why an ascent cannot be begun, in one sentence.
public enum AscentError: Error, Equatable, CustomStringConvertible {
  /// Something is given for an input that the network does not have.
  case unknownInput(String, inputs: [Network.Input])
  /// A held input is NaN or infinite somewhere.
  case notFinite(input: String)
  /// A blur is asked where the canvas has no spectrogram's cells.
  case blurredCanvas(String)
  /// A canvas stands behind a front end that is not given.
  case noFrontEnd(input: String)
  /// Changes in dB are asked where a front end's levels are no logarithms.
  case noDecibels(input: String, frontEnd: String)
  /// Playability is asked where a front end's bands are no sums of Fourier bins.
  case noFourierBins(input: String, frontEnd: String)
  /// What real sounds have in common was measured before another front end.
  case otherNaturalSound(input: String)
  /// Everything that the objective depends on is held.
  case nothingToClimb(Objective, held: [String])

  /// The sentence.
  public var description: String {
    switch self {
    case .unknownInput(let name, let inputs):
      """
      the network has no input '\(name)'; its inputs are \
      \(inputs.map { "\($0.name) (\($0.shape))" }.joined(separator: ", "))
      """
    case .notFinite(let input):
      "what input '\(input)' is held at has NaN or infinity; give finite numbers"
    case .blurredCanvas(let input):
      "a blur needs a spectrogram's own cells, which the canvas before '\(input)' does not have"
    case .noFrontEnd(let input):
      "a sound before '\(input)' needs a front end; give one, or climb a spectrogram"
    case .noDecibels(let input, let frontEnd):
      "gain, tilt and noise floor are in dB, but '\(input)' takes numbers of '\(frontEnd)' without a "
        + "logarithm; leave them out"
    case .noFourierBins(let input, let frontEnd):
      "playability asks what Fourier bins can make, but '\(input)' takes constant-Q bands of "
        + "'\(frontEnd)'; leave it out, or climb a waveform"
    case .otherNaturalSound(let input):
      "what real sounds have in common was not measured by the front end before '\(input)'; measure it anew"
    case .nothingToClimb(let objective, let held):
      """
      '\(objective)' depends on \(held.map { "'\($0)'" }.joined(separator: " and ")) alone, which \
      is held; hold another input, or climb another neuron
      """
    }
  }
}
