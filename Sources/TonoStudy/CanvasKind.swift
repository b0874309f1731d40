import TonoCore
import TonoFiles

/// On what an input is climbed, by its name on the command line: the canvases of `TonoAscent.Canvas`.
public enum CanvasKind: String, Codable, Hashable, Sendable, CaseIterable {
  /// The samples of a sound.
  case waveform
  /// The power in each band and frame.
  case melPower = "mel-power"
  /// The free cells of a spectrogram.
  case spectrogram
  /// The waves of a free spectrogram.
  case fourier

  /// Whether it stands behind a front end.
  public var needsFrontEnd: Bool { self == .waveform || self == .melPower }
}
