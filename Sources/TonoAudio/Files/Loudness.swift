import CTonoEBUR128
import Foundation
import TonoCore

/// How loud a sound is, by ITU-R BS.1770-4 as EBU R 128 uses it; measured by libebur128.
public struct Loudness: Sendable, Hashable {
  /// The integrated loudness in LUFS; nil for silence, and for sounds of less than 0.4 s.
  public let integrated: Double?
  /// The largest magnitude between samples too, in dB re full scale (dBTP); nil for silence.
  public let truePeak: Double?

  /// Measures a sound.
  ///
  /// - Throws: `InputError` for a sample rate that the measure does not know.
  public init(of sound: Waveform) throws {
    let mode = EBUR128_MODE_I.rawValue | EBUR128_MODE_TRUE_PEAK.rawValue
    var state = ebur128_init(1, UInt(sound.sampleRate), Int32(mode))
    defer { if state != nil { ebur128_destroy(&state) } }
    guard let measure = state,
      ebur128_add_frames_float(measure, sound.samples, sound.samples.count)
        == Int32(EBUR128_SUCCESS.rawValue)
    else {
      throw InputError(
        "the loudness of a sound at \(sound.sampleRate) Hz cannot be measured; resample it")
    }
    var (loudness, peak) = (-Double.infinity, 0.0)
    ebur128_loudness_global(measure, &loudness)
    ebur128_true_peak(measure, 0, &peak)
    integrated = loudness.isFinite ? loudness : nil
    truePeak = peak > 0 ? 20 * log10(peak) : nil
  }
}

extension Waveform {
  /// The sound, scaled to a loudness, or to what keeps it under a true peak where that is less.
  ///
  /// A sound too short to have a loudness is brought to the peak; silence stays silence.
  ///
  /// - Parameters:
  ///   - loudness: the integrated loudness wanted, in LUFS.
  ///   - truePeak: the level that is not exceeded, in dBTP.
  /// - Returns: the scaled sound.
  /// - Throws: As `Loudness`.
  public func normalized(toLoudness loudness: Double, truePeak: Double) throws -> Waveform {
    let measured = try Loudness(of: self)
    guard let highest = measured.truePeak else { return self }
    let gain = min(measured.integrated.map { loudness - $0 } ?? .infinity, truePeak - highest)
    let factor = Float(pow(10, gain / 20))
    return Waveform(samples: samples.map { factor * $0 }, sampleRate: sampleRate)
  }

  /// The sound as it is, or quieter where it would exceed a true peak.
  ///
  /// - Parameter truePeak: the level that is not exceeded, in dBTP.
  /// - Returns: the sound, scaled where it must be.
  /// - Throws: As `Loudness`.
  public func limited(toTruePeak truePeak: Double) throws -> Waveform {
    guard let highest = try Loudness(of: self).truePeak, highest > truePeak else { return self }
    let factor = Float(pow(10, (truePeak - highest) / 20))
    return Waveform(samples: samples.map { factor * $0 }, sampleRate: sampleRate)
  }
}
