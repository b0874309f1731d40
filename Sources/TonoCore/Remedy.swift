/// What a person can do about an error, where each face has words of its own for it.
public enum Remedy: Equatable, Sendable, CustomStringConvertible {
  /// Give what is expected.
  case give(String)
  /// Say which front end stands before an input, or that there is none.
  case nameFrontEnd
  /// Say which front end stands before an input.
  case addFrontEnd
  /// Say which front end stands before an input, or leave the setting out.
  case addFrontEndOrLeaveOut
  /// Leave the setting out, or climb a free spectrogram.
  case leaveOutOrClimbSpectrogram
  /// Penalize the mean of absolute values, or let the canvas leave the sphere of normalized inputs.
  case useL1OrLeaveSphere

  /// The remedy in words that suit no face in particular.
  public var description: String {
    switch self {
    case .give(let expected): "give \(expected)"
    case .nameFrontEnd: "name another front end, or none"
    case .addFrontEnd: "name its front end"
    case .addFrontEndOrLeaveOut: "name its front end, or leave it out"
    case .leaveOutOrClimbSpectrogram: "leave it out, or climb a spectrogram"
    case .useL1OrLeaveSphere: "use 'l1', or do not normalize"
    }
  }
}
