import CTonoFFTW

/// The Fourier transform of two real signals at once: of a + i·b, by FFTW in single precision.
///
/// FFTW's complex transforms run on vectors where its real ones do not: two together take a third of the
/// time of two alone. Plans are estimated, so that the same length gives the same bits on every run. One
/// transform serves any number of threads.
final class PairFourierTransform: Sendable {
  /// The length of the signals; any positive number.
  let size: Int
  /// Floats of a signal or a spectrum: `size` complex numbers, one more, and whole cache lines.
  let stride: Int

  private nonisolated(unsafe) let forwardPlan: OpaquePointer
  private nonisolated(unsafe) let inversePlan: OpaquePointer

  init(size: Int) {
    precondition(size > 0, "a Fourier transform of \(size) samples")
    self.size = size
    stride = (2 * (size + 1) + 15) / 16 * 16
    // Aligned as `AlignedBuffer` is.
    let (signal, spectrum): (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>) = (
      FFTWPlanner.allocate(stride), FFTWPlanner.allocate(stride)
    )
    defer {
      fftwf_free(signal)
      fftwf_free(spectrum)
    }
    var plans: (forward: OpaquePointer?, inverse: OpaquePointer?)
    FFTWPlanner.locked {
      plans.forward = fftwf_plan_dft_1d(
        Int32(size), Self.complex(signal), Self.complex(spectrum), FFTW_FORWARD, FFTW_ESTIMATE)
      plans.inverse = fftwf_plan_dft_1d(
        Int32(size), Self.complex(spectrum), Self.complex(signal), FFTW_BACKWARD, FFTW_ESTIMATE)
    }
    guard let forward = plans.forward, let inverse = plans.inverse else {
      preconditionFailure("FFTW has no plan for \(size) complex samples")
    }
    (forwardPlan, inversePlan) = (forward, inverse)
  }

  deinit {
    FFTWPlanner.locked {
      fftwf_destroy_plan(forwardPlan)
      fftwf_destroy_plan(inversePlan)
    }
  }

  /// Writes the transform of a signal of `size` complex numbers, with its first number again behind the last.
  ///
  /// Both begin at cache lines. The signal stays.
  func forward(_ signal: UnsafeMutablePointer<Float>, into spectrum: UnsafeMutablePointer<Float>) {
    fftwf_execute_dft(forwardPlan, Self.complex(signal), Self.complex(spectrum))
    spectrum[2 * size] = spectrum[0]
    spectrum[2 * size + 1] = spectrum[1]
  }

  /// Writes the signal of a spectrum, `size` times too large.
  func inverse(_ spectrum: UnsafeMutablePointer<Float>, into signal: UnsafeMutablePointer<Float>) {
    fftwf_execute_dft(inversePlan, Self.complex(spectrum), Self.complex(signal))
  }

  /// The same memory as FFTW's complex numbers.
  private static func complex(_ floats: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<
    fftwf_complex
  > {
    UnsafeMutableRawPointer(floats).assumingMemoryBound(to: fftwf_complex.self)
  }
}
