/// How far numbers may be from what they should be, each with the reason.
public enum Tolerance {
  /// Central differences of float32 layers: rounding of the outputs (6e-8) over the step (1/128),
  /// and the third derivative of smooth activations times the step squared.
  public static let finiteDifference = 2e-3

  /// Central differences of a whole network, with a smaller step so that few kinks are crossed: the
  /// outputs' rounding (6e-8) over the step (1/1024), and the kinks.
  public static let smallStep = 2e-2

  /// Activations against another framework, relative to the largest: sums of some thousand products
  /// in another order.
  public static let activation = 1e-4

  /// What weights of half precision (11 bits) compute, relative to the largest.
  public static let halfPrecision = 2e-3

  /// What weights of bfloat16 (8 bits, cut off) compute, relative to the largest.
  public static let brainFloat = 3e-2

  /// Gradients against another framework, relative to the largest.
  public static let gradient = 1e-3

  /// Gradients on real spectrograms against a double-precision reference, Euclidean.
  ///
  /// Their flat regions make pooling windows tie exactly, which that reference broke by its own
  /// rounding; TensorFlow in single precision is as far from its gradients (1.1e-2).
  public static let brokenTies = 0.025

  /// Ascents against that reference, Euclidean: compiled networks fold normalizations into weights and
  /// filter minimally, so that their rounding decides cells that nearly tie before a max-pool in
  /// another way, and fifty steps carry that on.
  public static let nearTies = 0.05

  /// Gradients against a reference in double precision where nothing ties, relative to the largest:
  /// rounding alone (3e-7), and far less than one maximum taken for another.
  public static let untiedGradient = 1e-5

  /// Compiled networks against their layers, relative to the largest: folded normalizations, and
  /// Winograd's transforms (some 1e-5 of the map's root mean square for each convolution).
  public static let program = 2e-4

  /// Sums of a few hundred float32 products in another order.
  public static let reordered: Float = 1e-5

  /// Levels against librosa's, in dB, above the floor: what the front ends promise.
  public static let decibels: Float = 1e-3

  /// Levels computed in single precision, in network units: rounding of the Fourier transform (1e-7
  /// of the loudest bin) at the floor, 80 dB below.
  public static let singlePrecisionLevels: Float = 5e-3

  /// Gradients through a front end in single precision, Euclidean: rounding of the Fourier transform
  /// in bins that are 60 dB below the loudest, of which a logarithm's slope is the inverse.
  public static let singlePrecisionAdjoint = 1e-3

  /// A logarithm or exponential of vectors against the mathematics library's, relative to the larger of it
  /// and 1: one unit in the last place, and rounding of what follows.
  public static let elementaryFunction = 3e-7

  /// Central differences in double precision with a step of 1e-7.
  public static let doubleDifference = 1e-5

  /// Single-precision Fourier transforms of values around 1 against other arithmetic.
  public static let spectrum: Float = 2e-5

  /// Single-precision sounds that went to a spectrogram and back.
  public static let roundTrip: Float = 1e-5

  /// Sums of many single-precision products, relative.
  public static let sum: Double = 1e-5

  /// Double-precision sums of floats in another order, over the number of terms of size 1.
  public static let doubleSum: Double = 1e-14

  /// Constant-Q values against librosa's, relative to the largest: its filters and Fourier transforms
  /// are in single precision (1e-6), and the resampler may be of another build.
  public static let constantQ = 5e-6

  /// Filter weights, against the same formula in another language, relative to the largest.
  public static let filterWeight: Float = 1e-6

  /// Samples that another build of the same resampler may differ in.
  public static let resampling: Float = 2e-6

  /// Samples of a sine of amplitude 0.5 that went through Ogg Vorbis.
  public static let lossy: Float = 0.2

  /// One step of a 16-bit sample.
  public static let sample16: Float = 1 / 32_768

  /// What is computed by Winograd's filtering, relative to the largest: its rounding is some ten
  /// times that of plain sums.
  public static let filtered = 1e-4

  /// Gradients of training through a few such layers, relative to the largest.
  public static let filteredGradient = 1e-3

  /// Weights after steps of training against double precision, relative to the largest.
  public static let trainingStep = 1e-5
}
