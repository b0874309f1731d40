import TonoAscent
import TonoAudio
import TonoCore

extension Recipe {
  /// What a sound is climbed for.
  public enum Heard: String, Hashable, Sendable, CaseIterable {
    /// What the network hears of it, sample by sample.
    case exactly
    /// What it hears on average wherever the sound is played: see `Hearing`.
    case robustly
  }

  /// The weight of naturalness where none is given and sounds are heard robustly.
  private static let usualNaturalness: Float = 0.01

  /// Per input whose canvas is a sound what real sounds have in common, as far as it counts and is known.
  func naturalSounds(
    behind canvases: [String: Canvas], _ frontEnds: [String: FrontEnd],
    given: [String: NaturalSound]
  ) throws -> [String: NaturalSound] {
    let inputs = canvases.filter { $0.value.kind == .waveform }.keys.sorted()
    guard !inputs.isEmpty else {
      if let key = [(heard != nil, "heard"), (naturalness != nil, "naturalness")]
        .first(where: \.0)?.1
      {
        throw RecipeError(key, "is about sounds that are climbed", .leaveOutOrClimbSound)
      }
      return [:]
    }
    guard naturalness != 0, heard != .exactly || naturalness != nil || !given.isEmpty else {
      return [:]
    }
    let sounds = inputs.reduce(into: [String: NaturalSound]()) { sounds, input in
      sounds[input] = given[input] ?? frontEnds[input].flatMap(NaturalSound.typical(of:))
    }
    if naturalness != nil, sounds.isEmpty {
      throw RecipeError("naturalness", "needs real sounds to compare with", .nameRealSounds)
    }
    return sounds
  }

  /// The ascent's settings with what `heard` and `naturalness` mean on these canvases.
  func heardAscent(
    on canvases: [String: Canvas], _ naturalSounds: [String: NaturalSound]
  ) throws -> AscentSettings {
    var ascent = ascent
    let climbsSounds = canvases.values.contains { $0.kind == .waveform }
    if !climbsSounds || heard == .exactly {
      ascent.hearing = nil
    } else if ascent.hearing == nil {
      ascent.hearing = Hearing()
    }
    ascent.regularizer.naturalness =
      naturalSounds.isEmpty ? 0 : naturalness ?? Self.usualNaturalness
    return ascent
  }
}
