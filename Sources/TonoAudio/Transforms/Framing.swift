import Foundation
import TonoCore

/// What the samples of a frame are multiplied by; periodic, as `scipy.signal.get_window` makes them for
/// spectra.
public enum Window: String, Sendable, Codable, CaseIterable {
  /// A raised cosine: ½ − ½ cos.
  case hann
  /// 0.54 − 0.46 cos.
  case hamming
  /// 0.42 − 0.5 cos + 0.08 cos of twice the angle.
  case blackman
  /// Ones.
  case rectangular

  /// The weight of a sample of a window of `length` samples.
  func weight(_ index: Int, of length: Int) -> Double {
    let angle = 2 * Double.pi * Double(index) / Double(length)
    return switch self {
    case .hann: 0.5 - 0.5 * cos(angle)
    case .hamming: 0.54 - 0.46 * cos(angle)
    case .blackman: 0.42 - 0.5 * cos(angle) + 0.08 * cos(2 * angle)
    case .rectangular: 1
    }
  }
}

/// Where frames lie, and what stands before the first sample and after the last: librosa's `center` and
/// `pad_mode`.
public enum FramePadding: String, Sendable, Codable, CaseIterable {
  /// Frame t is centred at sample t · hop; zeros stand around the sound.
  case zeros
  /// Centred; the sound is mirrored at its first and last sample, which stand once.
  case reflect
  /// Centred; the first and the last sample go on.
  case edge
  /// Frame t begins at sample t · hop, and nothing stands around the sound.
  case none
  /// Frame t's *window* begins at sample t · hop, zeros fill the Fourier transform behind it, and nothing
  /// stands around the sound: TensorFlow's `tf.signal.stft`.
  case windows

  /// Whether frame t is centred at sample t · hop.
  var isCentred: Bool { self != .none && self != .windows }

  /// How many samples stand before the first one.
  func margin(fftSize: Int) -> Int { isCentred ? fftSize / 2 : 0 }

  /// The sample that stands at a place beyond the sound's `count` samples, or none for a zero.
  func sample(at index: Int, count: Int) -> Int? {
    switch self {
    case .zeros, .none, .windows: return nil
    case .edge: return min(max(index, 0), count - 1)
    case .reflect:
      guard count > 1 else { return 0 }
      let period = 2 * (count - 1)
      let place = ((index % period) + period) % period
      return place < count ? place : period - place
    }
  }
}
