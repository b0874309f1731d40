/// What a person can do about an error or a finding, where each face has words of its own for it.
public enum Remedy: Equatable, Sendable, CustomStringConvertible {
  /// Give what is expected.
  case give(String)

  /// Name another front end, or none.
  case nameFrontEnd
  /// Say which front end stands before an input.
  case addFrontEnd
  /// Say which front end stands before an input: a preset, or a description with these keys.
  case describeFrontEnd(String)
  /// Name the front end of the training.
  case giveRightFrontEnd
  /// Say which front end stands before an input, or leave the setting out.
  case addFrontEndOrLeaveOut

  /// Leave the setting out, or climb a free spectrogram.
  case leaveOutOrClimbSpectrogram
  /// Leave the setting out, or climb a sound.
  case leaveOutOrClimbSound
  /// Name a folder of real sounds.
  case nameRealSounds
  /// Penalize the mean of absolute values, or let the canvas leave the sphere of normalized inputs.
  case useL1OrLeaveSphere

  /// Fix the extents of an input, as in this example.
  case fixShape(String)
  /// See how an architecture of this project looks.
  case printArchitecture
  /// Give the architecture of a file of weights, in this project's JSON.
  case giveArchitecture
  /// Give the architecture of a file of weights, in Keras' JSON.
  case giveKerasArchitecture
  /// Name the file with the weights, and this one as its architecture.
  case nameWeights

  /// Choose another directory, or remove this one.
  case chooseDirectory
  /// Wait for the other process, or choose another directory.
  case waitOrChooseDirectory

  /// Begin the ascent where a sound has woken the neuron.
  case startFromSound
  /// The same, or look at what sounds do.
  case startFromSoundOrListen
  /// Look at what sounds do.
  case listen

  /// What to report a fault of the toolkit with.
  public enum Report: Equatable, Sendable {
    /// The network's architecture.
    case architecture
    /// The same; meanwhile exact convolutions do without the fault.
    case exactConvolution
  }
  /// Report a fault of the toolkit.
  case report(Report)
  /// Say which input hears the imitation.
  case nameImitationInput
  /// Name another index file, or have the one that is there made anew.
  case chooseIndex

  /// The remedy in words that suit no face in particular.
  public var description: String {
    switch self {
    case .give(let expected): "give \(expected)"
    case .nameFrontEnd: "name another front end, or none"
    case .addFrontEnd: "name its front end"
    case .describeFrontEnd(let keys): "name its front end: a preset, or JSON with \(keys)"
    case .giveRightFrontEnd: "give the right front end"
    case .addFrontEndOrLeaveOut: "name its front end, or leave it out"
    case .leaveOutOrClimbSpectrogram: "leave it out, or climb a spectrogram"
    case .leaveOutOrClimbSound: "leave it out, or climb a waveform"
    case .nameRealSounds: "name a folder of them"
    case .useL1OrLeaveSphere: "use 'l1', or do not normalize"
    case .fixShape(let example): "fix its extents, as in \(example)"
    case .printArchitecture: "print that of a known model to see how one looks"
    case .giveArchitecture: "give it, in this project's JSON with this file's names"
    case .giveKerasArchitecture: "give it: the text that model.to_json() returns in Keras"
    case .nameWeights: "name the file with the weights, and give this one as its architecture"
    case .chooseDirectory: "choose another directory, or remove it"
    case .waitOrChooseDirectory: "wait for it, or choose another directory"
    case .startFromSound: "a start from a sound begins where that has woken them"
    case .startFromSoundOrListen:
      "a start from a sound begins where that has woken them; a check on sounds tells whether it does"
    case .listen: "a check on sounds shows whether front end and weights go together"
    case .report(.architecture): "please report it with the network's architecture"
    case .report(.exactConvolution):
      "sum convolutions exactly, and please report it with the network's architecture"
    case .nameImitationInput: "name the input that hears the imitation"
    case .chooseIndex: "name another index file, or have this one made anew"
    }
  }
}
