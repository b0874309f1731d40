/// How far numbers may be from what they should be, each with its reason.
public enum Tolerance {
  /// Levels against librosa's, in dB, above the floor: what the front ends promise.
  public static let decibels: Float = 1e-3
  /// Single-precision Fourier transforms of values around 1 against other arithmetic.
  public static let spectrum: Float = 2e-5
  /// Single-precision sounds that went to a spectrogram and back.
  public static let roundTrip: Float = 1e-5
  /// Sums of many single-precision products, relative.
  public static let sum: Double = 1e-5
  /// Filter weights, against the same formula in another language, relative to the largest.
  public static let filterWeight: Float = 1e-6
  /// Samples that another build of the same resampler may differ in.
  public static let resampling: Float = 2e-6
  /// One step of a 16-bit sample.
  public static let sample16: Float = 1 / 32_768
}
