import TonoAudio
import TonoCore
import TonoNetwork

/// What is really optimized, and how it becomes the network's input.
///
/// A free spectrogram can be anything, also what no sound has; the canvases that stand behind the input's
/// front end keep to what can be heard, each in its own way.
public enum Canvas: Hashable, Sendable {
  /// The spectrogram's own cells.
  case spectrogram(SpectrogramCanvas)
  /// A spectrogram's waves along time and frequency: see `FourierCanvas`.
  case fourier(FourierCanvas)
  /// Power in every band and frame, never negative; the front end's logarithm, dynamic range and
  /// normalization lie between it and the network.
  case melPower
  /// The samples of a sound, seen through the front end: the pattern can be played as it is.
  case waveform

  /// The canvases by their names.
  public enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
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

  /// Which canvas this is.
  public var kind: Kind {
    switch self {
    case .spectrogram: .spectrogram
    case .fourier: .fourier
    case .melPower: .melPower
    case .waveform: .waveform
    }
  }

  /// The cells of the spectrogram, where it has any.
  public var cells: SpectrogramCanvas? {
    switch self {
    case .spectrogram(let cells): cells
    case .fourier(let waves): waves.spectrogram
    case .melPower, .waveform: nil
    }
  }

  /// Whether it paints inputs of zero mean and unit variance, behind this front end if it stands behind one.
  public func normalizes(behind frontEnd: FrontEnd?) -> Bool {
    cells?.normalizes ?? (frontEnd?.normalization == .perExample)
  }

  /// The canvas at work before an input that lies as these maps, and has the front end's shape where there is
  /// one.
  ///
  /// - Precondition: there is a front end where the canvas needs one, which `Ascent` checks.
  func painter(before input: Network.Input, _ maps: Maps, frontEnd: FrontEnd?) -> any Painter {
    switch (self, frontEnd) {
    case (.spectrogram(let canvas), _): SpectrogramPainter(canvas, count: input.shape.count)
    case (.fourier(let canvas), _): FourierPainter(canvas, maps: maps)
    case (.melPower, let frontEnd?): MelPowerPainter(frontEnd)
    case (.waveform, let frontEnd?): WaveformPainter(frontEnd)
    case (_, nil): preconditionFailure("\(kind.rawValue) before '\(input.name)' has no front end")
    }
  }
}

// MARK: - JSON

/// `{"kind": "spectrogram", "cells": {"normalizes": true, …}}`: the kind, and what belongs to it.
extension Canvas: Codable {
  private enum Keys: String, CodingKey {
    case kind, cells, timeDecay, bandDecay
  }

  /// Reads a canvas.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Keys.self)
    switch try values.decode(Kind.self, forKey: .kind) {
    case .waveform: self = .waveform
    case .melPower: self = .melPower
    case .spectrogram:
      self = .spectrogram(try values.decode(SpectrogramCanvas.self, forKey: .cells))
    case .fourier:
      self = .fourier(
        FourierCanvas(
          try values.decode(SpectrogramCanvas.self, forKey: .cells),
          timeDecay: try values.decode(Float.self, forKey: .timeDecay),
          bandDecay: try values.decode(Float.self, forKey: .bandDecay)))
    }
  }

  /// Writes a canvas.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Keys.self)
    try values.encode(kind, forKey: .kind)
    try values.encodeIfPresent(cells, forKey: .cells)
    if case .fourier(let waves) = self {
      try values.encode(waves.timeDecay, forKey: .timeDecay)
      try values.encode(waves.bandDecay, forKey: .bandDecay)
    }
  }
}
