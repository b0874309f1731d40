import TonoAudio
import TonoCore

/// What changes an input on its way to the network in one step: its acoustics first, then its place.
struct Change {
  static let none = Change(shift: .none, acoustics: nil)

  /// How a sound is heard; it is part of what the canvas paints.
  var heard: Hearing.Way?

  let shift: Jitter.Shift
  let acoustics: Acoustics.Setting?

  /// Whether the network sees what the canvas paints.
  var isNone: Bool { shift.isNone && acoustics == nil }
}

extension AscentSettings {
  /// A change drawn from the ranges of these settings.
  func drawChange(from random: inout RandomSource) -> Change {
    Change(
      shift: jitter.draw(from: &random),
      acoustics: acoustics.isNone ? nil : acoustics.draw(from: &random))
  }
}
