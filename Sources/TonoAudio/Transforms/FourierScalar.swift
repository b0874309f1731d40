import CTonoFFTW
import Foundation

/// A precision that FFTW computes in: `Float` or `Double`.
///
/// Features are computed in `Double`: a quiet band beside a loud one is otherwise lost in the
/// rounding of the loud one. Phases are found in `Float`, which is twice as fast.
public protocol FourierScalar: BinaryFloatingPoint, SIMDScalar, Codable, Sendable {
  /// Plans the transform of `size` real samples into `size / 2 + 1` complex numbers.
  static func planForward(
    _ size: Int32, _ signal: UnsafeMutablePointer<Self>,
    _ spectrum: UnsafeMutablePointer<SIMD2<Self>>
  ) -> OpaquePointer?

  /// Plans the transform back, which overwrites the spectrum and does not divide by `size`.
  static func planInverse(
    _ size: Int32, _ spectrum: UnsafeMutablePointer<SIMD2<Self>>,
    _ signal: UnsafeMutablePointer<Self>
  ) -> OpaquePointer?

  /// Executes a forward plan on these arrays.
  static func executeForward(
    _ plan: OpaquePointer, _ signal: UnsafeMutablePointer<Self>,
    _ spectrum: UnsafeMutablePointer<SIMD2<Self>>)

  /// Executes an inverse plan on these arrays.
  static func executeInverse(
    _ plan: OpaquePointer, _ spectrum: UnsafeMutablePointer<SIMD2<Self>>,
    _ signal: UnsafeMutablePointer<Self>)

  /// Frees a plan.
  static func destroy(_ plan: OpaquePointer)
}

extension Float: FourierScalar {
  /// As `FourierScalar` says, by `fftwf_plan_dft_r2c_1d`.
  public static func planForward(
    _ size: Int32, _ signal: UnsafeMutablePointer<Float>,
    _ spectrum: UnsafeMutablePointer<SIMD2<Float>>
  ) -> OpaquePointer? {
    fftwf_plan_dft_r2c_1d(size, signal, complex(spectrum), FFTW_ESTIMATE)
  }

  /// As `FourierScalar` says, by `fftwf_plan_dft_c2r_1d`.
  public static func planInverse(
    _ size: Int32, _ spectrum: UnsafeMutablePointer<SIMD2<Float>>,
    _ signal: UnsafeMutablePointer<Float>
  ) -> OpaquePointer? {
    fftwf_plan_dft_c2r_1d(size, complex(spectrum), signal, FFTW_ESTIMATE)
  }

  /// As `FourierScalar` says, by `fftwf_execute_dft_r2c`.
  public static func executeForward(
    _ plan: OpaquePointer, _ signal: UnsafeMutablePointer<Float>,
    _ spectrum: UnsafeMutablePointer<SIMD2<Float>>
  ) {
    fftwf_execute_dft_r2c(plan, signal, complex(spectrum))
  }

  /// As `FourierScalar` says, by `fftwf_execute_dft_c2r`.
  public static func executeInverse(
    _ plan: OpaquePointer, _ spectrum: UnsafeMutablePointer<SIMD2<Float>>,
    _ signal: UnsafeMutablePointer<Float>
  ) {
    fftwf_execute_dft_c2r(plan, complex(spectrum), signal)
  }

  /// As `FourierScalar` says, by `fftwf_destroy_plan`.
  public static func destroy(_ plan: OpaquePointer) {
    fftwf_destroy_plan(plan)
  }

  /// The same memory as FFTW's complex numbers, which are laid out alike.
  private static func complex(
    _ spectrum: UnsafeMutablePointer<SIMD2<Float>>
  ) -> UnsafeMutablePointer<fftwf_complex> {
    UnsafeMutableRawPointer(spectrum).assumingMemoryBound(to: fftwf_complex.self)
  }
}

extension Double: FourierScalar {
  /// As `FourierScalar` says, by `fftw_plan_dft_r2c_1d`.
  public static func planForward(
    _ size: Int32, _ signal: UnsafeMutablePointer<Double>,
    _ spectrum: UnsafeMutablePointer<SIMD2<Double>>
  ) -> OpaquePointer? {
    fftw_plan_dft_r2c_1d(size, signal, complex(spectrum), FFTW_ESTIMATE)
  }

  /// As `FourierScalar` says, by `fftw_plan_dft_c2r_1d`.
  public static func planInverse(
    _ size: Int32, _ spectrum: UnsafeMutablePointer<SIMD2<Double>>,
    _ signal: UnsafeMutablePointer<Double>
  ) -> OpaquePointer? {
    fftw_plan_dft_c2r_1d(size, complex(spectrum), signal, FFTW_ESTIMATE)
  }

  /// As `FourierScalar` says, by `fftw_execute_dft_r2c`.
  public static func executeForward(
    _ plan: OpaquePointer, _ signal: UnsafeMutablePointer<Double>,
    _ spectrum: UnsafeMutablePointer<SIMD2<Double>>
  ) {
    fftw_execute_dft_r2c(plan, signal, complex(spectrum))
  }

  /// As `FourierScalar` says, by `fftw_execute_dft_c2r`.
  public static func executeInverse(
    _ plan: OpaquePointer, _ spectrum: UnsafeMutablePointer<SIMD2<Double>>,
    _ signal: UnsafeMutablePointer<Double>
  ) {
    fftw_execute_dft_c2r(plan, complex(spectrum), signal)
  }

  /// As `FourierScalar` says, by `fftw_destroy_plan`.
  public static func destroy(_ plan: OpaquePointer) {
    fftw_destroy_plan(plan)
  }

  /// The same memory as FFTW's complex numbers, which are laid out alike.
  private static func complex(
    _ spectrum: UnsafeMutablePointer<SIMD2<Double>>
  ) -> UnsafeMutablePointer<fftw_complex> {
    UnsafeMutableRawPointer(spectrum).assumingMemoryBound(to: fftw_complex.self)
  }
}
