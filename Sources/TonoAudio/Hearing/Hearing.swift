#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

import TonoCore

/// How a sound reaches a network: what an ascent draws anew at each step, so that a sound stays true wherever
/// it is played.
///
/// The start within the hop is exact to the sample. The rest works on what the front end's bands hold, as the
/// statistics of rooms, noise and codecs have it: gains from band to band, a reverberation that decays
/// exponentially and whose energy fluctuates as that of a sum of random phases does (Schroeder 1962), noise,
/// and what a codec adds or leaves out below the masking of its neighbours. It costs a small part of a step.
/// Anything at 0 is left out.
public struct Hearing: Codable, Hashable, Sendable {
  /// The largest delay, as a share of the hop.
  public var delay: Float
  /// In which share of steps the sound is heard in a room.
  public var rooms: Float
  /// The time in which a room's energy decays by e, in seconds.
  public var decay: ClosedRange<Float>
  /// The energy of reverberation over that of the direct sound, in dB.
  public var reverberation: ClosedRange<Float>
  /// The largest tilt from the lowest to the highest band, in dB either way.
  public var tilt: Float
  /// In which share of steps the highest bands are cut off.
  public var cuts: Float
  /// The lowest place of a cut, as a share of the bands.
  public var lowestCut: Float
  /// Noise, in dB re the sound's mean energy in a band: negative.
  public var noise: ClosedRange<Float>
  /// In which share of steps a codec is at work.
  public var codecs: Float
  /// The masking below which a codec adds noise or leaves sound out, in dB re what is around.
  public var masking: ClosedRange<Float>

  /// Ways of hearing; the defaults are those of the command line's `--heard robustly`.
  public init(
    delay: Float = 1, rooms: Float = 0.7, decay: ClosedRange<Float> = 0.01...0.04,
    reverberation: ClosedRange<Float> = 3...15, tilt: Float = 6, cuts: Float = 0.5,
    lowestCut: Float = 0.75, noise: ClosedRange<Float> = -60 ... -18, codecs: Float = 0.6,
    masking: ClosedRange<Float> = -24 ... -9
  ) {
    self.delay = delay
    self.rooms = rooms
    self.decay = decay
    self.reverberation = reverberation
    self.tilt = tilt
    self.cuts = cuts
    self.lowestCut = lowestCut
    self.noise = noise
    self.codecs = codecs
    self.masking = masking
  }

  /// One way, as drawn for a step.
  public struct Way: Sendable {
    /// How many samples later the sound begins.
    public let delay: Int
    let room: Room?
    let tilt: Float
    /// The first band that is cut off.
    let cut: Int?
    /// The energy of noise over the sound's mean energy in a band.
    let noise: Float?
    let codec: Codec?
    /// What fluctuations are drawn from.
    let seed: UInt64

    struct Room: Sendable {
      let decay: Float
      /// Reverberant over direct energy.
      let energy: Float
    }

    struct Codec: Sendable {
      /// The masking over what is around.
      let masking: Float
      /// Whether it leaves out what lies below; else it adds noise there.
      let leavesOut: Bool
    }
  }

  /// A way drawn from these ranges.
  package func draw(from random: inout RandomSource, before frontEnd: FrontEnd) -> Way {
    func uniform(_ range: ClosedRange<Float>) -> Float { .random(in: range, using: &random) }
    func energy(_ decibels: ClosedRange<Float>) -> Float { powf(10, uniform(decibels) / 10) }
    func happens(_ share: Float) -> Bool { uniform(0...1) < share }
    return Way(
      delay: min(frontEnd.hop - 1, Int(delay * Float(frontEnd.hop) * uniform(0...1))),
      room: happens(rooms)
        ? Way.Room(decay: uniform(decay), energy: energy(reverberation)) : nil,
      tilt: tilt > 0 ? uniform(-tilt...tilt) : 0,
      cut: happens(cuts) ? Int(Float(frontEnd.bands) * uniform(lowestCut...1)) : nil,
      noise: noise.upperBound < 0 ? energy(noise) : nil,
      codec: happens(codecs)
        ? Way.Codec(masking: energy(masking), leavesOut: happens(0.5)) : nil,
      seed: random.next())
  }
}
