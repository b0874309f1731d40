import CTonoFFTW
import Synchronization

/// FFTW's planner: one per process, and the only part of FFTW that is not thread-safe.
private let planner = Mutex(())

/// The discrete Fourier transform of real signals of one length, in single precision, by FFTW.
///
/// Plans are estimated, never measured, so that the same length gives the same algorithm and the
/// same bits on every run. One transform serves any number of threads; each brings its own
/// `Workspace`.
final class RealFourierTransform: Sendable {
  /// One complex number: `x` the real and `y` the imaginary part; laid out as `fftwf_complex`.
  typealias Complex = SIMD2<Float>

  /// The length of the signal; any positive number, odd ones too.
  let size: Int

  /// The number of frequencies from zero up: `size / 2 + 1`, without a Nyquist bin when odd.
  var bins: Int { size / 2 + 1 }

  private nonisolated(unsafe) let forwardPlan: OpaquePointer
  private nonisolated(unsafe) let inversePlan: OpaquePointer

  init(size: Int) {
    precondition(size > 0, "a Fourier transform of \(size) samples")
    self.size = size
    let workspace = Workspace(size: size)
    let real = workspace.signal.baseAddress
    let complex = workspace.complexAddress
    var plans: (forward: OpaquePointer?, inverse: OpaquePointer?)
    planner.withLock { _ in
      plans.forward = fftwf_plan_dft_r2c_1d(Int32(size), real, complex, FFTW_ESTIMATE)
      plans.inverse = fftwf_plan_dft_c2r_1d(Int32(size), complex, real, FFTW_ESTIMATE)
    }
    guard let forward = plans.forward, let inverse = plans.inverse else {
      preconditionFailure("FFTW has no plan for \(size) samples")
    }
    (forwardPlan, inversePlan) = (forward, inverse)
  }

  deinit {
    planner.withLock { _ in
      fftwf_destroy_plan(forwardPlan)
      fftwf_destroy_plan(inversePlan)
    }
  }

  /// Transforms the workspace's signal into its spectrum.
  func forward(_ workspace: Workspace) {
    fftwf_execute_dft_r2c(forwardPlan, workspace.signal.baseAddress, workspace.complexAddress)
  }

  /// Transforms the workspace's spectrum into its signal, `size` times too large.
  ///
  /// The spectrum is overwritten.
  func inverse(_ workspace: Workspace) {
    fftwf_execute_dft_c2r(inversePlan, workspace.complexAddress, workspace.signal.baseAddress)
  }

  /// One signal and its spectrum, aligned as FFTW's fastest code wants them; used by one thread.
  final class Workspace {
    /// The samples.
    let signal: UnsafeMutableBufferPointer<Float>
    /// The frequencies from zero up.
    let spectrum: UnsafeMutableBufferPointer<Complex>

    init(size: Int) {
      signal = Self.allocate(size)
      spectrum = Self.allocate(size / 2 + 1)
    }

    deinit {
      fftwf_free(signal.baseAddress)
      fftwf_free(spectrum.baseAddress)
    }

    fileprivate var complexAddress: UnsafeMutablePointer<fftwf_complex>? {
      UnsafeMutableRawPointer(spectrum.baseAddress)?.assumingMemoryBound(to: fftwf_complex.self)
    }

    private static func allocate<T: BitwiseCopyable>(
      _ count: Int
    ) -> UnsafeMutableBufferPointer<T> {
      guard let memory = fftwf_malloc(count * MemoryLayout<T>.stride) else {
        preconditionFailure("no memory for \(count) samples")
      }
      return UnsafeMutableBufferPointer(
        start: memory.bindMemory(to: T.self, capacity: count), count: count)
    }
  }
}
