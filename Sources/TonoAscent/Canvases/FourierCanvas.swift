import TonoAudio
import TonoCore
import TonoNetwork

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A spectrogram as a sum of waves along time and frequency, long waves first.
///
/// Cells are the real and imaginary parts of the plane's Fourier transform, each multiplied by
/// |cycles along time|^−`timeDecay` · |cycles along frequency|^−`bandDecay` (at least one cycle counts).
/// Steps of one size then move long waves more than short ones, which decorrelates the cells (Olah,
/// Mordvintsev & Schubert, "Feature Visualization", 2017, for pictures with one decay); time and
/// frequency are no directions of one plane, so each has its own.
public struct FourierCanvas: Hashable, Sendable {
  /// What stands behind the waves.
  public let spectrogram: SpectrogramCanvas
  /// How much less short waves along time count.
  public let timeDecay: Float
  /// How much less short waves along frequency count.
  public let bandDecay: Float

  /// Waves before a spectrogram canvas.
  public init(_ spectrogram: SpectrogramCanvas, timeDecay: Float = 0.5, bandDecay: Float = 0.5) {
    self.spectrogram = spectrogram
    self.timeDecay = timeDecay
    self.bandDecay = bandDecay
  }
}

/// Waves at work.
final class FourierPainter: Painter {
  let count: Int

  private let maps: Maps
  private let planes: PlaneFourierTransform
  private let inner: SpectrogramPainter
  /// What each complex number is multiplied by.
  private let scales: [Float]
  private let waves: AlignedFloats
  private let plane: AlignedFloats
  private let gradients: AlignedFloats

  init(_ canvas: FourierCanvas, maps: Maps) {
    self.maps = maps
    let planes = PlaneFourierTransform(rows: maps.rows, columns: maps.columns)
    self.planes = planes
    count = maps.count * 2 * planes.waves
    inner = SpectrogramPainter(canvas.spectrogram, count: maps.count * maps.rows * maps.columns)
    waves = AlignedFloats(count: 2 * planes.waves)
    plane = AlignedFloats(count: inner.count)
    gradients = AlignedFloats(count: count)
    // Noise of unit variance in every cell gives a plane of unit variance.
    let halfColumns = maps.columns / 2 + 1
    let raw = (0..<planes.waves).map { wave in
      let (row, column) = (wave / halfColumns, wave % halfColumns)
      let cycles = (down: Float(min(row, maps.rows - row)), across: Float(column))
      let decays =
        maps.isTransposed
        ? (down: canvas.timeDecay, across: canvas.bandDecay)
        : (down: canvas.bandDecay, across: canvas.timeDecay)
      return powf(max(1, cycles.down), -decays.down) * powf(max(1, cycles.across), -decays.across)
    }
    let energy = raw.indices.reduce(Float(0)) { sum, wave in
      let multiplicity: Float = planes.isSingle(wave) ? 1 : 4
      return sum + multiplicity * raw[wave] * raw[wave]
    }
    scales = raw.map { $0 / energy.squareRoot() }
  }

  func paint(_ cells: UnsafePointer<Float>, into input: UnsafeMutablePointer<Float>) -> Bool {
    let size = maps.rows * maps.columns
    for map in 0..<maps.count {
      let cells = cells + map * 2 * planes.waves
      for wave in scales.indices {
        waves.start[2 * wave] = scales[wave] * cells[2 * wave]
        waves.start[2 * wave + 1] = scales[wave] * cells[2 * wave + 1]
      }
      planes.plane(of: waves.start, into: plane.start + map * size)
    }
    return inner.paint(plane.start, into: input)
  }

  func adjoint(
    _ gradient: UnsafeMutablePointer<Float>, input: UnsafePointer<Float>
  ) -> PaintedGradient {
    let dPlane = inner.adjoint(gradient, input: input).start
    let size = maps.rows * maps.columns
    for map in 0..<maps.count {
      planes.waves(of: dPlane + map * size, into: waves.start)
      let target = gradients.start + map * 2 * planes.waves
      for wave in scales.indices {
        let factor = (planes.isSingle(wave) ? 1 : 2) * scales[wave]
        target[2 * wave] = factor * waves.start[2 * wave]
        target[2 * wave + 1] = factor * waves.start[2 * wave + 1]
      }
    }
    return PaintedGradient(gradients.start, count: count)
  }

  func cells(of input: Tensor) -> [Float] {
    let size = maps.rows * maps.columns
    let values = inner.cells(of: input)
    var cells = [Float](repeating: 0, count: count)
    for map in 0..<maps.count {
      values.withUnsafeBufferPointer { values in
        guard let start = values.baseAddress else { return }
        planes.waves(of: start + map * size, into: waves.start)
      }
      for wave in scales.indices {
        let factor = 1 / (scales[wave] * Float(size))
        let cell = map * 2 * planes.waves + 2 * wave
        cells[cell] = factor * waves.start[2 * wave]
        cells[cell + 1] = factor * waves.start[2 * wave + 1]
      }
    }
    return cells
  }
}
