import CTonoFFTW
import TonoCore

/// The discrete Fourier transform of real signals of one length, by FFTW.
///
/// Plans are estimated, never measured, so that the same length gives the same algorithm and the
/// same bits on every run. One transform serves any number of threads; each brings its own
/// `Workspace`.
final class RealFourierTransform<Scalar: FourierScalar>: Sendable {
  /// The length of the signal; any positive number, odd ones too.
  let size: Int

  private nonisolated(unsafe) let forwardPlan: OpaquePointer
  private nonisolated(unsafe) let inversePlan: OpaquePointer

  init(size: Int) {
    precondition(size > 0, "a Fourier transform of \(size) samples")
    self.size = size
    let workspace = Workspace(size: size)
    let (signal, spectrum) = (workspace.signalAddress, workspace.spectrumAddress)
    var plans: (forward: OpaquePointer?, inverse: OpaquePointer?)
    FFTWPlanner.locked {
      plans.forward = Scalar.planForward(Int32(size), signal, spectrum)
      plans.inverse = Scalar.planInverse(Int32(size), spectrum, signal)
    }
    guard let forward = plans.forward, let inverse = plans.inverse else {
      preconditionFailure("FFTW has no plan for \(size) samples")
    }
    (forwardPlan, inversePlan) = (forward, inverse)
  }

  deinit {
    FFTWPlanner.locked {
      Scalar.destroy(forwardPlan)
      Scalar.destroy(inversePlan)
    }
  }

  /// Transforms the workspace's signal into its spectrum.
  func forward(_ workspace: Workspace) {
    Scalar.executeForward(forwardPlan, workspace.signalAddress, workspace.spectrumAddress)
  }

  /// Transforms the workspace's spectrum into its signal, `size` times too large.
  ///
  /// The spectrum is overwritten.
  func inverse(_ workspace: Workspace) {
    Scalar.executeInverse(inversePlan, workspace.spectrumAddress, workspace.signalAddress)
  }

  /// One signal and its spectrum, aligned as FFTW's fastest code wants them; used by one thread.
  final class Workspace {
    /// The samples.
    let signal: UnsafeMutableBufferPointer<Scalar>
    /// The frequencies from zero up: `size / 2 + 1`, without a Nyquist bin when `size` is odd.
    let spectrum: UnsafeMutableBufferPointer<SIMD2<Scalar>>

    fileprivate let signalAddress: UnsafeMutablePointer<Scalar>
    fileprivate let spectrumAddress: UnsafeMutablePointer<SIMD2<Scalar>>

    init(size: Int) {
      signalAddress = FFTWPlanner.allocate(size)
      spectrumAddress = FFTWPlanner.allocate(size / 2 + 1)
      signal = UnsafeMutableBufferPointer(start: signalAddress, count: size)
      spectrum = UnsafeMutableBufferPointer(start: spectrumAddress, count: size / 2 + 1)
    }

    deinit {
      fftw_free(signalAddress)
      fftw_free(spectrumAddress)
    }
  }
}
