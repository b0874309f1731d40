import TonoCore
import TonoStudy

extension Remedy {
  /// What to do, as flags and commands.
  var inFlags: String {
    switch self {
    case .give(let expected): "give \(expected)"
    case .nameFrontEnd: "name another, or --front-end none"
    case .addFrontEnd: "add --front-end"
    case .addFrontEndOrLeaveOut: "add --front-end, or leave it out"
    case .leaveOutOrClimbSpectrogram: "leave it out, or add --canvas spectrogram"
    case .useL1OrLeaveSphere: "use --l1, or add --no-normalize"
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
