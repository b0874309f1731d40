import CTonoFFTW
import TonoCore

/// The discrete Fourier transform of real planes of one size, by FFTW; one thread at a time.
///
/// The waves are `[rows, columns / 2 + 1]` complex numbers, real part first: along columns only the
/// non-negative frequencies, of which the others are conjugates.
public final class PlaneFourierTransform {
  /// The rows of the planes.
  public let rows: Int
  /// Their columns.
  public let columns: Int
  /// How many complex numbers there are.
  public var waves: Int { rows * halfColumns }

  private var halfColumns: Int { columns / 2 + 1 }
  private let plane: UnsafeMutablePointer<Float>
  private let spectrum: UnsafeMutablePointer<Float>
  private let forwardPlan: OpaquePointer
  private let inversePlan: OpaquePointer

  /// The transform of planes of this size.
  public init(rows: Int, columns: Int) {
    precondition(rows > 0 && columns > 0, "a plane of \(rows)×\(columns)")
    self.rows = rows
    self.columns = columns
    plane = FFTWPlanner.allocate(rows * columns)
    spectrum = FFTWPlanner.allocate(2 * rows * (columns / 2 + 1))
    let complex = UnsafeMutableRawPointer(spectrum).assumingMemoryBound(to: fftwf_complex.self)
    let (height, width) = (Int32(rows), Int32(columns))
    let cells = plane
    var plans: (OpaquePointer?, OpaquePointer?)
    FFTWPlanner.locked {
      plans.0 = fftwf_plan_dft_r2c_2d(height, width, cells, complex, FFTW_ESTIMATE)
      plans.1 = fftwf_plan_dft_c2r_2d(height, width, complex, cells, FFTW_ESTIMATE)
    }
    guard let forward = plans.0, let inverse = plans.1 else {
      preconditionFailure("FFTW has no plan for a plane of \(rows)×\(columns)")
    }
    (forwardPlan, inversePlan) = (forward, inverse)
  }

  deinit {
    let (forward, inverse) = (forwardPlan, inversePlan)
    FFTWPlanner.locked {
      fftwf_destroy_plan(forward)
      fftwf_destroy_plan(inverse)
    }
    fftwf_free(plane)
    fftwf_free(spectrum)
  }

  /// Whether a wave stands for itself alone, not for its conjugate too.
  public func isSingle(_ wave: Int) -> Bool {
    let column = wave % halfColumns
    return column == 0 || (columns % 2 == 0 && column == halfColumns - 1)
  }

  /// Writes the waves of a plane: sums of its cells times e^(−2πi·…), divided by nothing.
  public func waves(of plane: UnsafePointer<Float>, into waves: UnsafeMutablePointer<Float>) {
    self.plane.update(from: plane, count: rows * columns)
    fftwf_execute(forwardPlan)
    waves.update(from: spectrum, count: 2 * self.waves)
  }

  /// Writes the plane that waves add up to, divided by nothing: `rows · columns` times the one that
  /// they came from.
  public func plane(of waves: UnsafePointer<Float>, into plane: UnsafeMutablePointer<Float>) {
    spectrum.update(from: waves, count: 2 * self.waves)
    fftwf_execute(inversePlan)
    plane.update(from: self.plane, count: rows * columns)
  }
}
