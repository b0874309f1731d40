import Foundation
import TonoAscent
import TonoAudio
import TonoCore
import TonoNetwork

/// A way from a neuron to a sound: on what it is climbed, and how the pattern is played.
enum SoundMethod: String, CaseIterable, Encodable {
  case analysisHop = "free, NNLS + Griffin–Lim at the analysis hop"
  case denseHop = "free, dense hop"
  case refined = "free, dense hop, refined"
  case melPower = "mel power, dense hop, refined"
  case fourier = "Fourier, dense hop, refined"
  case waveform = "waveform"
  case robust = "waveform, heard robustly"

  /// Whether it plays the pattern of a free spectrogram, as the peers do.
  var isFree: Bool { self == .analysisHop || self == .denseHop || self == .refined }

  /// On what a neuron is climbed.
  func canvas(_ frontEnd: FrontEnd) -> Canvas {
    let cells = SpectrogramCanvas(normalizes: frontEnd.normalization == .perExample)
    return switch self {
    case .analysisHop, .denseHop, .refined: .spectrogram(cells)
    case .melPower: .melPower
    case .fourier: .fourier(FourierCanvas(cells))
    case .waveform, .robust: .waveform
    }
  }

  /// How a climbed sound reaches the network.
  var hearing: Hearing? { self == .robust ? Hearing() : nil }

  /// How its pattern is played where the canvas is no sound.
  var inversion: Inversion {
    switch self {
    case .analysisHop: Inversion(refinement: 0, hopDivisor: 0)
    case .denseHop: Inversion(refinement: 0)
    default: Inversion()
    }
  }
}
