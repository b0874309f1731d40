import TonoCore
import TonoStudy

extension Remedy {
  /// What to do, as flags and commands.
  var inFlags: String {
    switch self {
    case .give(let expected): "give \(expected)"
    case .nameFrontEnd: "name another, or --front-end none"
    case .addFrontEnd: "name it with --front-end"
    case .describeFrontEnd(let keys):
      "name it with --front-end: a preset, or a JSON file with \(keys)"
    case .giveRightFrontEnd: "give the right one with --front-end"
    case .addFrontEndOrLeaveOut: "add --front-end, or leave it out"
    case .leaveOutOrClimbSpectrogram: "leave it out, or add --canvas spectrogram"
    case .leaveOutOrClimbSound: "leave it out, or add --canvas waveform"
    case .nameRealSounds: "name a folder of them with --natural"
    case .useL1OrLeaveSphere: "use --l1, or add --no-normalize"
    case .fixShape(let example):
      "fix its extents with 'tonoscope convert MODEL OUT.safetensors --shape \(example)' and use that file"
    case .nameImitationInput: "name the input that hears the imitation with --imitation-input"
    case .chooseIndex: "name another file with --index, or have it made anew with --rebuild"
    case .printArchitecture: "'tonoscope inspect MODEL --print-architecture' shows how one looks"
    case .giveArchitecture:
      """
      give it with --architecture FILE, in the JSON of 'tonoscope inspect MODEL --print-architecture' with \
      this file's names
      """
    case .giveKerasArchitecture:
      "give it with --architecture FILE, where FILE is the text that model.to_json() returns in Keras"
    case .nameWeights: "name the file with the weights, and give this one with --architecture"
    case .chooseDirectory: "choose another --out, or remove it"
    case .waitOrChooseDirectory: "wait for it, or choose another --out"
    case .startFromSound: "--start SOUND begins where a sound has woken them"
    case .startFromSoundOrListen:
      "--start SOUND begins where a sound has woken them; --sounds here tells whether sounds wake them"
    case .listen: "--sounds DIR shows whether front end and weights go together"
    case .report(.architecture):
      "please report it with what 'inspect --print-architecture' or 'inspect --json' prints"
    case .report(.exactConvolution):
      "use --exact-convolution, and please report this with what 'inspect --json' prints"
    }
  }
}

extension RecipeError {
  /// The sentence, with the key as a flag.
  var inFlags: String { "--\(key) \(problem); \(remedy.inFlags)" }
}

/// An error whose remedy is in flags and commands.
func inFlags(_ error: any Error) -> any Error {
  switch error {
  case let error as InputError where error.remedy != nil:
    InputError(error.sentence(\.inFlags))
  case let error as RecipeError: InputError(error.inFlags)
  default: error
  }
}
