import Foundation
import TonoCore

/// One way in which a sound is played elsewhere: what a person may do to a file before a network hears it.
///
/// The ways are fixed, so that everyone measures the same: `Benchmarks/peers/played_elsewhere.py` computes
/// them with NumPy, librosa and PyTorch. Random numbers come from SplitMix64 with the way's own seed.
public enum Playback: String, Sendable, Codable, CaseIterable {
  /// 6 dB quieter.
  case quieter
  /// A quarter of the front end's hop later.
  case quarterHop
  /// Half a hop later.
  case halfHop
  /// Three quarters of a hop later.
  case threeQuarterHop
  /// White noise 20 dB below the sound's own root mean square.
  case noise
  /// Ogg Vorbis at libsndfile's default quality.
  case vorbis
  /// MP3 at libsndfile's default rate.
  case mp3
  /// A small room: normal noise that decays by e in 50 ms, over 250 ms, behind a direct sound of 6.
  case room

  /// In words.
  public var title: String {
    switch self {
    case .quieter: "−6 dB"
    case .quarterHop: "¼ hop later"
    case .halfHop: "½ hop later"
    case .threeQuarterHop: "¾ hop later"
    case .noise: "noise 20 dB below"
    case .vorbis: "Ogg Vorbis"
    case .mp3: "MP3"
    case .room: "small room"
    }
  }

  /// A sound played this way, as long as before.
  ///
  /// - Parameters:
  ///   - sound: the sound, at the front end's rate.
  ///   - frontEnd: what hears it.
  /// - Returns: nil where libsndfile has no such codec at this rate.
  /// - Throws: As `LossyCodec`.
  /// - Complexity: that of a Fourier transform of twice the sound, at most.
  public func played(_ sound: Waveform, before frontEnd: FrontEnd) throws -> Waveform? {
    switch self {
    case .quieter:
      return Waveform(samples: sound.samples.map { $0 / 2 }, sampleRate: sound.sampleRate)
    case .quarterHop: return sound.later(by: frontEnd.hop / 4)
    case .halfHop: return sound.later(by: frontEnd.hop / 2)
    case .threeQuarterHop: return sound.later(by: 3 * frontEnd.hop / 4)
    case .noise:
      var random = RandomSource(seed: 1, text: rawValue)
      let level = sound.rootMeanSquare / 10
      return Waveform(
        samples: sound.samples.map { $0 + level * random.normal() }, sampleRate: sound.sampleRate)
    case .vorbis: return try LossyCodec.vorbis.played(sound)
    case .mp3: return try LossyCodec.mp3.played(sound)
    case .room: return sound.convolved(with: Self.room(sampleRate: sound.sampleRate))
    }
  }

  /// The small room's impulse response.
  static func room(sampleRate: Int) -> [Float] {
    var random = RandomSource(seed: 1, text: Self.room.rawValue)
    let decay = 0.05 * Double(sampleRate)
    var response = (0..<sampleRate / 4).map { random.normal() * Float(exp(-Double($0) / decay)) }
    if !response.isEmpty { response[0] = 6 }
    let energy = response.reduce(0) { $0 + $1 * $1 }
    return response.map { $0 / energy.squareRoot() }
  }
}

extension Waveform {
  /// The sound with zeros before it, and its end cut off.
  func later(by count: Int) -> Waveform {
    let zeros = [Float](repeating: 0, count: min(count, samples.count))
    return Waveform(samples: zeros + samples.dropLast(zeros.count), sampleRate: sampleRate)
  }

  /// The sound through a filter, as long as before.
  func convolved(with response: [Float]) -> Waveform {
    let size = (samples.count + response.count - 1).nextPowerOfTwo
    let transform = RealFourierTransform<Double>(size: size)
    let (sound, filter) = (
      RealFourierTransform<Double>.Workspace(size: size),
      RealFourierTransform<Double>.Workspace(size: size)
    )
    for (workspace, values) in [(sound, samples), (filter, response)] {
      for i in 0..<size { workspace.signal[i] = i < values.count ? Double(values[i]) : 0 }
      transform.forward(workspace)
    }
    for bin in sound.spectrum.indices {
      let (a, b) = (sound.spectrum[bin], filter.spectrum[bin])
      sound.spectrum[bin] = SIMD2(a.x * b.x - a.y * b.y, a.x * b.y + a.y * b.x)
    }
    transform.inverse(sound)
    return Waveform(
      samples: samples.indices.map { Float(sound.signal[$0] / Double(size)) },
      sampleRate: sampleRate)
  }
}

extension Int {
  /// The smallest power of two that is not less.
  fileprivate var nextPowerOfTwo: Int {
    var power = 1
    while power < self { power *= 2 }
    return power
  }
}
